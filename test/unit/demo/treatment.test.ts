import { describe, expect, test } from 'vitest';
import type { Fault } from '../../../src/demo/fault.ts';
import { refuseExchange, type Treatment, treatAnswer } from '../../../src/demo/treatment.ts';
import { jsonAnswer } from '../../../src/demo/wire-answer.ts';
import { readRequest } from '../../../src/demo/wire-request.ts';

const request = readRequest(Buffer.from('{"jsonrpc":"2.0","id":3,"method":"eth_chainId","params":[]}'));
const good = jsonAnswer({ jsonrpc: '2.0', id: 3, result: '0x7a69' });

function treated(fault: Fault): Treatment {
  return treatAnswer(fault, request, good);
}

function bodyOf(treatment: Treatment | undefined): string {
  if (treatment?.kind !== 'answer') throw new Error(`not answered but ${treatment?.kind}`);
  return treatment.answer.body.toString();
}

describe('before a call is carried out', () => {
  const goOn: readonly Fault[] = [
    { kind: 'up' },
    { kind: 'slow', delayMs: 5 },
    { kind: 'lagging', blocks: 5 },
    { kind: 'stuck' },
    { kind: 'wrong-id' },
    { kind: 'truncated' },
    { kind: 'cut' },
    { kind: 'far-ahead' },
    { kind: 'wrong-chain', chainId: 1 },
    { kind: 'wrong-data' },
  ];

  test.each(goOn)('$kind lets it go its way: a write is carried out, whatever becomes of its answer', (fault) => {
    expect(refuseExchange(fault, request)).toBe(undefined);
  });

  test.each([
    ['black-hole', { kind: 'silence' }],
    ['down', { kind: 'reset' }],
    ['killed', { kind: 'reset' }],
  ] as const)('%s ends it without an answer', (kind, treatment) => {
    expect(refuseExchange({ kind }, request)).toEqual(treatment);
  });

  test('429 answers at once, with the seconds in Retry-After', () => {
    expect(refuseExchange({ kind: '429', retryAfterSeconds: 4 }, request)).toMatchObject({
      kind: 'answer',
      delayMs: 0,
      answer: { status: 429, headers: { 'retry-after': '4' } },
    });
  });

  test.each([
    ['{"id":"x","method":"a"}', '{"jsonrpc":"2.0","id":"x","error":{"code":-32603,"message":"internal error"}}'],
    ['[{"method":"a"}]', '[{"jsonrpc":"2.0","id":null,"error":{"code":-32603,"message":"internal error"}}]'],
    ['no json', '{"jsonrpc":"2.0","id":null,"error":{"code":-32603,"message":"internal error"}}'],
  ])('errors answers %s with errors', (body, said) => {
    expect(bodyOf(refuseExchange({ kind: 'errors' }, readRequest(Buffer.from(body))))).toBe(said);
  });
});

describe('after a call was carried out', () => {
  test.each(['up', 'lagging', 'stuck'] as const)('%s passes the answer on untouched', (kind) => {
    const fault: Fault = kind === 'lagging' ? { kind, blocks: 3 } : { kind };
    const treatment = treated(fault);
    expect(treatment).toEqual({ kind: 'answer', answer: good, delayMs: 0 });
    expect(treatment.kind === 'answer' && treatment.answer.body).toBe(good.body);
  });

  test('slow passes it on later', () => {
    expect(treated({ kind: 'slow', delayMs: 250 })).toEqual({ kind: 'answer', answer: good, delayMs: 250 });
  });

  test('truncated passes half of the body on', () => {
    expect(bodyOf(treated({ kind: 'truncated' }))).toBe('{"jsonrpc":"2.0","id"');
  });

  test('cut leaves the whole answer to the door, which cuts it', () => {
    expect(treated({ kind: 'cut' })).toEqual({ kind: 'cut', answer: good });
  });

  test.each([
    ['wrong-id', '{"jsonrpc":"2.0","id":7922,"result":"0x7a69"}'],
    ['far-ahead', '{"jsonrpc":"2.0","id":3,"result":"0x7a69"}'],
    ['wrong-data', '{"jsonrpc":"2.0","id":3,"result":"0x7a69"}'],
  ] as const)('%s rewrites the answer', (kind, body) => {
    expect(bodyOf(treated({ kind }))).toBe(body);
  });

  test('wrong-chain rewrites the chain id', () => {
    expect(bodyOf(treated({ kind: 'wrong-chain', chainId: 255 }))).toBe('{"jsonrpc":"2.0","id":3,"result":"0xff"}');
  });
});
