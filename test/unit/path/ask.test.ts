import { describe, expect, test } from 'vitest';
import { createJudge } from '../../../src/classify/judge.ts';
import type { SendResult } from '../../../src/model/answer.ts';
import type { AnswerRule } from '../../../src/model/answer-rule.ts';
import type { Purpose } from '../../../src/model/names.ts';
import { createAsk } from '../../../src/path/ask.ts';
import type { Question, Reply } from '../../../src/ports/ask.ts';
import type { Send } from '../../../src/ports/transport.ts';
import { buildSpec } from '../../support/build-health.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

const question: Question = {
  upstream: 'testnet/p0/json-rpc',
  method: 'head',
  params: '["latest"]',
  timeoutMs: 1500,
  purpose: 'poll',
  connection: 'fresh',
};

/** What `chains/answers` says of this status. */
const tooMany: AnswerRule = {
  id: 'too-many',
  when: { httpStatus: [429] },
  meaning: 'rate-limited',
  blame: 'none',
  retry: 'other',
  holdOff: true,
  cache: false,
};

/** Asks once, with the network in the test's hands. */
function ask(answer: SendResult | 'later', own: Partial<Question> = {}) {
  const clock = createVirtualClock();
  const sends: Send[] = [];
  const purposes: Purpose[] = [];
  const spec = buildSpec({ answerRules: [tooMany] });
  const asked = createAsk({
    clock,
    spec,
    judge: createJudge(spec),
    meter: {
      upstream: () => ({ sent: (purpose) => void purposes.push(purpose), answered: () => undefined }),
      chain: () => ({
        settled: () => undefined,
        settledFor: () => undefined,
        cached: () => undefined,
        overhead: () => undefined,
      }),
    },
    transport: {
      send(send, done) {
        sends.push(send);
        if (answer !== 'later') clock.after(40, () => done(answer));
        return () => undefined;
      },
    },
  });
  const reply = asked({ ...question, ...own });
  clock.advance(40);
  return { reply, sends, purposes };
}

function answered(body: string, status = 200): SendResult {
  return { kind: 'answered', status, body: Buffer.from(body), connection: 7 };
}

async function replyTo(answer: SendResult): Promise<Reply> {
  return ask(answer).reply;
}

describe('a question of our own', () => {
  test('goes out as it is written, in its time, on the connection it wants, and is counted by its purpose', async () => {
    const { sends, purposes, reply } = ask(answered('{"jsonrpc":"2.0","id":1,"result":null}'));
    await reply;
    expect(sends[0]).toMatchObject({
      upstream: question.upstream,
      timeoutMs: 1500,
      connection: 'fresh',
      resend: 'reads',
    });
    expect(JSON.parse(sends[0]?.body.toString() ?? '')).toEqual({
      jsonrpc: '2.0',
      id: 1,
      method: 'head',
      params: ['latest'],
    });
    expect(purposes).toEqual(['poll']);
  });

  test('is answered by a value, with the times it was sent and answered at', async () => {
    expect(await replyTo(answered('{"jsonrpc":"2.0","id":1,"result":{"height":7}}'))).toEqual({
      kind: 'result',
      value: { height: 7 },
      sentAt: 1000,
      at: 1040,
    });
  });

  test('fails in words without a host where nothing came of it', async () => {
    expect(await replyTo({ kind: 'failed', failure: 'refused', sent: 'nothing', connection: 3 })).toMatchObject({
      kind: 'failed',
      failure: 'refused',
      detail: 'connection refused',
      connection: 3,
      verdict: { meaning: 'connect-failed', blame: 'upstream' },
    });
  });

  test('fails where the answer is none of the protocol', async () => {
    expect(await replyTo(answered('<html>', 502))).toMatchObject({
      kind: 'failed',
      detail: expect.stringMatching(/^HTTP 502: /),
    });
    expect(await replyTo(answered('{"jsonrpc":"2.0","id":9,"result":1}'))).toMatchObject({
      kind: 'failed',
      verdict: { meaning: 'bad-response' },
    });
  });

  test('fails by the meaning of an error, which is not repeated', async () => {
    const reply = await replyTo(answered('{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"secret words"}}'));
    expect(reply).toMatchObject({ kind: 'failed', detail: 'error -32601' });
    expect(JSON.stringify(reply)).not.toContain('secret');
  });

  test('that is asked to slow down says for how long', async () => {
    const reply = await replyTo({
      kind: 'answered',
      status: 429,
      body: Buffer.from(''),
      connection: 1,
      retryAfterMs: 7000,
    });
    expect(reply).toMatchObject({ kind: 'failed', verdict: { holdOff: true, retryAfterMs: 7000 } });
  });
});
