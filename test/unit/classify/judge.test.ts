import { describe, expect, it } from 'vitest';
import type { ErrorEvidence, MalformedEvidence } from '../../../src/classify/evidence.ts';
import { createJudge } from '../../../src/classify/judge.ts';
import { isUnclassified } from '../../../src/classify/verdict-of-status.ts';
import type { TransportFailure } from '../../../src/model/answer.ts';
import { okVerdict, type Verdict } from '../../../src/model/verdict.ts';
import { essenceOf, judgeOf } from '../../support/answer-files.ts';
import { policyOf, ruleOf } from '../../support/build-policy.ts';

const evm = judgeOf('evm');
const read = { policy: policyOf(), method: 'm' };
const write = { policy: policyOf({ kind: 'write', class: 'write' }), method: 'm' };

function error(said: Partial<ErrorEvidence>): ErrorEvidence {
  return { kind: 'error', status: 200, code: -32_000, message: '', dataText: '', ...read, ...said };
}

function malformed(said: Partial<MalformedEvidence>): MalformedEvidence {
  return { kind: 'malformed', status: 200, bodyText: '', ...read, ...said };
}

describe('the order of matching', () => {
  const text = ruleOf({ id: 'text', when: { texts: ['busy'] } });
  const code = ruleOf({ id: 'code', when: { code: [7] } });
  const status = ruleOf({ id: 'status', when: { httpStatus: [503] } });
  const judge = createJudge({ family: 'evm', answerRules: [status, code, text] });

  it('asks messages before codes, whatever their order in the file', () => {
    expect(judge.judge(error({ code: 7, message: 'Busy now' })).rule).toBe('text');
    expect(judge.judge(error({ code: 7, message: 'calm' })).rule).toBe('code');
  });

  it('leaves the HTTP status out of an answer of the protocol (F-040)', () => {
    expect(judge.judge(error({ code: 8, status: 503 })).rule).toBeUndefined();
    expect(judge.judge(malformed({ status: 503 })).rule).toBe('status');
  });

  it('takes the first of two rules that both hold', () => {
    const later = ruleOf({ id: 'later', when: { texts: ['busy now'] } });
    const two = createJudge({ family: 'evm', answerRules: [text, later] });
    expect(two.judge(error({ message: 'busy now' })).rule).toBe('text');
  });

  it('asks the rules of the config before all others, codes among them', () => {
    const own = ruleOf({ id: 'own', when: { code: [7] }, meaning: 'unavailable' });
    const judged = createJudge({ family: 'evm', answerRules: [text, code] }, [own]).judge(
      error({ code: 7, message: 'busy' }),
    );
    expect(judged).toMatchObject({ rule: 'own', meaning: 'unavailable' });
  });

  it('wants every condition of a rule to hold', () => {
    const narrow = ruleOf({
      id: 'narrow',
      when: { texts: ['limited'], pattern: 'limited to [0-9]{1,5}', code: [7], methods: ['m'] },
    });
    const one = createJudge({ family: 'evm', answerRules: [narrow] });
    const whole = error({ code: 7, message: 'limited to 50' });
    expect(one.judge(whole).rule).toBe('narrow');
    expect(one.judge({ ...whole, code: 8 }).rule).toBeUndefined();
    expect(one.judge({ ...whole, method: 'n' }).rule).toBeUndefined();
    expect(one.judge({ ...whole, message: 'limited to none' }).rule).toBeUndefined();
  });

  it('lets a rule speak of methods alone', () => {
    const closed = createJudge({ family: 'evm', answerRules: [ruleOf({ id: 'closed', when: { methods: ['m'] } })] });
    expect(closed.judge(error({})).rule).toBe('closed');
    expect(closed.judge(error({ method: 'n' })).rule).toBeUndefined();
  });

  it('looks into error.data as well as into the message', () => {
    expect(judge.judge(error({ message: 'Internal error', dataText: '"the node is busy"' })).rule).toBe('text');
  });

  it('refuses a pattern that is no regular expression at once, not at the first error', () => {
    const broken = ruleOf({ id: 'broken', when: { pattern: '(' } });
    expect(() => createJudge({ family: 'evm', answerRules: [broken] })).toThrow(SyntaxError);
  });
});

describe('an answer nobody knows', () => {
  it('is tried once elsewhere for a read, blames nobody and is told apart', () => {
    const verdict = evm.judge(error({ code: -31_999, message: 'brand new words' }));
    expect(essenceOf(verdict)).toEqual({
      meaning: 'generic',
      blame: 'none',
      retry: 'once',
      holdOff: false,
      cache: false,
    });
    expect(isUnclassified(verdict)).toBe(true);
    expect(isUnclassified(okVerdict)).toBe(false);
  });

  it('is final for a write', () => {
    expect(evm.judge(error({ message: 'brand new words', ...write })).retry).toBe('no');
    expect(evm.judge(malformed({ status: 400, ...write })).retry).toBe('no');
  });

  it('is left to the status where a door in front of the upstream was shut', () => {
    expect(evm.judge(error({ status: 429, message: 'odd' })).meaning).toBe('rate-limited');
    expect(evm.judge(error({ status: 402, message: 'odd' })).meaning).toBe('quota-exhausted');
    expect(evm.judge(error({ status: 401, message: 'odd' })).meaning).toBe('auth-failed');
    expect(evm.judge(error({ status: 502, message: 'odd' })).meaning).toBe('generic');
  });
});

describe('a send that came to nothing', () => {
  const expected: Readonly<Record<TransportFailure, Pick<Verdict, 'meaning' | 'blame' | 'retry'>>> = {
    refused: { meaning: 'connect-failed', blame: 'upstream', retry: 'other' },
    unreachable: { meaning: 'connect-failed', blame: 'upstream', retry: 'other' },
    dns: { meaning: 'connect-failed', blame: 'upstream', retry: 'other' },
    tls: { meaning: 'connect-failed', blame: 'upstream', retry: 'other' },
    'connect-timeout': { meaning: 'connect-failed', blame: 'upstream', retry: 'other' },
    reset: { meaning: 'connection-lost', blame: 'upstream', retry: 'other' },
    truncated: { meaning: 'connection-lost', blame: 'upstream', retry: 'other' },
    timeout: { meaning: 'timeout', blame: 'upstream', retry: 'other' },
    'bad-http': { meaning: 'bad-response', blame: 'upstream', retry: 'other' },
    'bad-encoding': { meaning: 'bad-response', blame: 'upstream', retry: 'other' },
    'too-large': { meaning: 'result-too-large', blame: 'none', retry: 'once' },
    'over-budget': { meaning: 'cancelled', blame: 'none', retry: 'no' },
    local: { meaning: 'local-network', blame: 'none', retry: 'other' },
    aborted: { meaning: 'cancelled', blame: 'none', retry: 'no' },
  };

  it.each(Object.entries(expected) as [TransportFailure, (typeof expected)[TransportFailure]][])(
    'as %s is judged without any text, and a loser that was cancelled is blameless (B10)',
    (failure, verdict) => {
      expect(evm.judge({ kind: 'transport', failure, ...read })).toEqual({ ...verdict, holdOff: false, cache: false });
    },
  );
});

describe('a body that is no answer of the protocol', () => {
  it('is nonsense under 200, whatever the content type said: HTML, plain words, nothing (F-029, F-043)', () => {
    for (const bodyText of ['<html><body>Rate limit exceeded</body></html>', 'hello', '']) {
      expect(evm.judge(malformed({ bodyText }))).toMatchObject({
        meaning: 'bad-response',
        blame: 'upstream',
        retry: 'other',
      });
    }
  });

  it("may be a rate limit in a stranger's JSON under 200 (F-031)", () => {
    const verdict = evm.judge(malformed({ bodyText: '{"code":429,"message":"compute units"}' }));
    expect(verdict).toMatchObject({ meaning: 'rate-limited', blame: 'none', holdOff: true });
  });

  it('is a closed door under 401 and 403, counted against the upstream (F-038)', () => {
    for (const status of [401, 403]) {
      expect(evm.judge(malformed({ status }))).toMatchObject({
        meaning: 'auth-failed',
        blame: 'upstream',
        retry: 'other',
      });
    }
  });

  it('is an empty purse under 402 and where the words say so (F-039)', () => {
    expect(evm.judge(malformed({ status: 402 })).meaning).toBe('quota-exhausted');
    const words = malformed({ status: 403, bodyText: '{"error":"daily request count exceeded"}' });
    expect(evm.judge(words)).toMatchObject({ meaning: 'quota-exhausted', holdOff: true, blame: 'none' });
  });

  it('under 404 is a wrong path, unlike the same status with an answer (F-041)', () => {
    expect(evm.judge(malformed({ status: 404, bodyText: '<h1>Not Found</h1>' })).meaning).toBe('wrong-path');
    expect(evm.judge(error({ status: 404, code: -32_601, message: 'x' })).meaning).toBe('method-unsupported');
  });

  it('is never followed when it redirects (F-042)', () => {
    for (const status of [301, 302, 303, 307, 308]) {
      expect(evm.judge(malformed({ status })).meaning).toBe('bad-response');
    }
  });

  it('never gives a final verdict by its words: there is no answer to hand on', () => {
    expect(evm.judge(malformed({ status: 500, bodyText: 'execution reverted' }))).toMatchObject({
      meaning: 'server-error',
      retry: 'other',
    });
  });

  it('knows nothing of the chain: its "not found" is about a path', () => {
    const body = '{"error":"transaction not found"}';
    expect(evm.judge(malformed({ status: 404, bodyText: body })).meaning).toBe('wrong-path');
  });

  it('leaves it to the status where its words would change nothing but the name', () => {
    expect(evm.judge(malformed({ status: 503, bodyText: 'upstream connect error' })).meaning).toBe('unavailable');
  });

  it('under 429 is a rate limit, whatever a plan is praised with', () => {
    const praise = malformed({ status: 429, bodyText: '{"message":"Please upgrade your plan."}' });
    expect(evm.judge(praise).meaning).toBe('rate-limited');
  });

  it('has its words looked at no further than 2048 characters', () => {
    const late = malformed({ status: 500, bodyText: `${'x'.repeat(2048)} rate limit exceeded` });
    expect(evm.judge(late).meaning).toBe('server-error');
  });

  it('under a status no rule names is judged by its class', () => {
    expect(evm.judge(malformed({ status: 299 })).meaning).toBe('bad-response');
    expect(evm.judge(malformed({ status: 477 })).meaning).toBe('generic');
    expect(evm.judge(malformed({ status: 577 })).meaning).toBe('server-error');
  });
});

describe('what the upstream says of when to come back (B28)', () => {
  it('is kept with a 429, clamped to one hour (F-032, F-033)', () => {
    const ask = (retryAfterMs: number) => evm.judge(malformed({ status: 429, retryAfterMs }));
    expect(ask(7000)).toMatchObject({ holdOff: true, blame: 'none', retryAfterMs: 7000 });
    expect(ask(1e9).retryAfterMs).toBe(3_600_000);
    expect(ask(-5).retryAfterMs).toBe(0);
  });

  it('is ignored beside any other status (F-035)', () => {
    expect(evm.judge(malformed({ status: 404, retryAfterMs: 7000 })).retryAfterMs).toBeUndefined();
    expect(evm.judge(error({ status: 200, code: 429, retryAfterMs: 7000 })).retryAfterMs).toBeUndefined();
  });

  it('makes a 503 a request to slow down instead of a failure (F-036)', () => {
    expect(evm.judge(malformed({ status: 503 }))).toMatchObject({ blame: 'upstream', holdOff: false });
    expect(evm.judge(malformed({ status: 503, retryAfterMs: 5000 }))).toMatchObject({
      meaning: 'unavailable',
      blame: 'none',
      holdOff: true,
      retryAfterMs: 5000,
    });
  });
});

describe('words that the client or a contract wrote', () => {
  it.each(['rate limit exceeded', 'unauthorized', 'connection refused', 'monthly capacity limit', 'node is syncing'])(
    'are not taken for the upstream\'s: "%s"',
    (words) => {
      expect(evm.judge(error({ code: 3, message: `execution reverted: ${words}` })).meaning).toBe('reverted');
      expect(evm.judge(error({ code: -32_602, message: `invalid argument 0: ${words}` })).blame).toBe('client');
      expect(
        evm.judge(error({ code: -32_601, message: `the method ${words} does not exist/is not available` })),
      ).toMatchObject({ meaning: 'method-unsupported' });
      const logs = JSON.stringify({ err: { InstructionError: [0, { Custom: 1 }] }, logs: [`Program log: ${words}`] });
      const simulated = error({ code: -32_002, message: 'Transaction simulation failed: Error', dataText: logs });
      expect(judgeOf('solana').judge(simulated).meaning).toBe('simulation-failed');
    },
  );

  it('cannot pass a failed simulation off as a success (F-150)', () => {
    const logs = JSON.stringify({ err: 'AccountInUse', logs: ['Program log: "err":"AlreadyProcessed"'] });
    const verdict = judgeOf('solana').judge(
      error({ code: -32_002, message: 'Transaction simulation failed', dataText: logs, ...write }),
    );
    expect(verdict.meaning).toBe('simulation-failed');
  });
});

describe('a result that hides a refusal', () => {
  const cosmos = judgeOf('cosmos');
  const result = (value: unknown) => ({ kind: 'result', result: Buffer.from(JSON.stringify(value)) }) as const;

  it('is asked for only where the family hides them, or tracing does', () => {
    expect(cosmos.readsResults(policyOf())).toBe(true);
    expect(evm.readsResults(policyOf())).toBe(false);
    expect(evm.readsResults(policyOf({ addon: 'trace' }))).toBe(true);
  });

  it('is a success where the transaction is in the pool already (F-152)', () => {
    expect(cosmos.judge({ ...result({ code: 19, codespace: 'sdk' }), ...write }).meaning).toBe('tx-already-known');
  });

  it('means nothing known in another codespace, and is final there', () => {
    expect(cosmos.judge({ ...result({ code: 19, codespace: 'wasm' }), ...write })).toMatchObject({
      meaning: 'tx-rejected',
      retry: 'no',
    });
    expect(cosmos.judge({ ...result({ response: { code: 19, codespace: 'wasm' } }), ...read })).toMatchObject({
      meaning: 'reverted',
      blame: 'none',
      retry: 'no',
    });
  });

  it('is judged by its number, never by what its log quotes', () => {
    const quoted = { code: 4, codespace: 'sdk', log: 'memo "rate limit exceeded": unauthorized' };
    expect(cosmos.judge({ ...result(quoted), ...write }).meaning).toBe('signature-invalid');
  });

  it('is good otherwise: a failed transaction that is looked up, no code, broken JSON', () => {
    expect(cosmos.judge({ ...result({ tx_result: { code: 5 } }), ...read })).toBe(okVerdict);
    expect(cosmos.judge({ ...result({ code: 0 }), ...read })).toBe(okVerdict);
    expect(cosmos.judge({ kind: 'result', result: Buffer.from('{'), ...read })).toBe(okVerdict);
    expect(evm.judge({ ...result({ code: 5 }), ...read })).toBe(okVerdict);
  });
});

describe('a gRPC status', () => {
  it('NOT_FOUND speaks against nobody (B12)', () => {
    expect(evm.judge({ kind: 'grpc', code: 5, message: 'x', ...read })).toMatchObject({ blame: 'none', retry: 'once' });
  });

  it('RESOURCE_EXHAUSTED asks to slow down, for as long as it says', () => {
    const verdict = evm.judge({ kind: 'grpc', code: 8, message: 'x', retryAfterMs: 3000, ...read });
    expect(verdict).toMatchObject({ meaning: 'rate-limited', holdOff: true, retryAfterMs: 3000 });
  });

  it('no rule knows is unclassified', () => {
    expect(evm.judge({ kind: 'grpc', code: 99, message: 'x', ...read }).meaning).toBe('generic');
  });
});

it("an upstream's -32603 in an HTTP 200 counts against it (B11)", () => {
  expect(evm.judge(error({ code: -32_603, message: 'Internal error' }))).toMatchObject({
    blame: 'upstream',
    retry: 'other',
  });
});

it('a replacement that is underpriced is not taken for a success (F-145)', () => {
  const verdict = evm.judge(error({ message: 'replacement transaction underpriced', ...write }));
  expect(verdict).toMatchObject({ meaning: 'replacement-underpriced', retry: 'no' });
});

it('a nonce too low is left to a look-up by hash, not called a success (F-143, F-144)', () => {
  expect(evm.judge(error({ message: 'nonce too low', ...write })).meaning).toBe('nonce-too-low');
});

it('-27 of Bitcoin means that the chain has it (F-151)', () => {
  expect(judgeOf('utxo').judge(error({ code: -27, status: 500, message: 'x', ...write })).meaning).toBe('tx-in-chain');
});

it('a commit that timed out is never sent again (F-153)', () => {
  const late = error({
    code: -32_603,
    message: 'Internal error',
    dataText: '"timed out waiting for tx to be included in a block"',
  });
  expect(judgeOf('cosmos').judge({ ...late, ...write })).toMatchObject({ meaning: 'timeout', retry: 'no' });
});
