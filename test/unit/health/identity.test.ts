import { describe, expect, test } from 'vitest';
import { judgeIdentity, questionKey } from '../../../src/health/identity.ts';
import type { IdentityCheck, IdentityFact } from '../../../src/model/chain-spec.ts';
import type { Reply } from '../../../src/ports/ask.ts';
import { buildVerdict, limitedVerdict } from '../../support/build-health.ts';

function fact(traits: Partial<IdentityFact> = {}): IdentityFact {
  return { method: 'chain', params: '[]', path: [], expect: '1', compare: 'quantity', ...traits };
}

function checks(...alternatives: readonly (readonly IdentityFact[])[]): readonly IdentityCheck[] {
  return alternatives.map((all) => ({ all }));
}

function result(value: unknown): Reply {
  return { kind: 'result', value, sentAt: 0, at: 1 };
}

const timedOut: Reply = {
  kind: 'failed',
  verdict: buildVerdict('timeout'),
  detail: 'timed out',
  connection: 1,
  sentAt: 0,
  at: 5,
};

function judged(alternatives: readonly IdentityCheck[], replies: Readonly<Record<string, Reply>>) {
  const known = new Map(
    Object.entries(replies).map(([method, reply]) => [questionKey({ method, params: '[]' }), reply]),
  );
  return judgeIdentity(alternatives, known);
}

describe('an identity check', () => {
  test('asks first', () => {
    expect(judged(checks([fact()]), {})).toEqual({ kind: 'ask', question: { method: 'chain', params: '[]' } });
  });

  test.each([
    ['quantity', '1', '0x1', true],
    ['quantity', '1', 1, true],
    ['quantity', '0x2105', '8453', true],
    ['quantity', '1', '0x5', false],
    [
      'quantity',
      '115792089237316195423570985008687907853269984665640564039457584007913129639935',
      `0x${'f'.repeat(64)}`,
      true,
    ],
    ['text', 'cosmoshub-4', 'cosmoshub-4', true],
    ['text', 'cosmoshub-4', 'COSMOSHUB-4', false],
    ['text-ignore-case', '0xabcd', '0xABCD', true],
    ['text-ignore-case', '0xabcd', '0xABCE', false],
  ] as const)('compares as %s: expecting %s, answered %s', (compare, expect_, value, holds) => {
    const finding = judged(checks([fact({ compare, expect: expect_ })]), { chain: result(value) });
    expect(finding.kind).toBe(holds ? 'confirmed' : 'wrong');
  });

  test('reads the value at its path', () => {
    const alternatives = checks([fact({ path: ['node_info', 'network'], compare: 'text', expect: 'x-1' })]);
    expect(judged(alternatives, { chain: result({ node_info: { network: 'x-1' } }) }).kind).toBe('confirmed');
  });

  test('F-177: says what was answered and what is expected', () => {
    expect(judged(checks([fact()]), { chain: result('0x5') })).toEqual({
      kind: 'wrong',
      detail: "chain says 0x5, this chain's is 1",
    });
  });

  test('a timeout, a 429 and an unreadable value say nothing', () => {
    const limited: Reply = { ...timedOut, verdict: limitedVerdict() };
    for (const reply of [timedOut, limited, result(null), result({}), result('one'), result(-1), result('')])
      expect(judged(checks([fact()]), { chain: reply }).kind).toBe('unclear');
  });

  test('all facts of an alternative must hold', () => {
    const both = checks([fact(), fact({ method: 'genesis', compare: 'text', expect: 'g' })]);
    expect(judged(both, { chain: result('0x1') })).toEqual({
      kind: 'ask',
      question: { method: 'genesis', params: '[]' },
    });
    expect(judged(both, { chain: result('0x1'), genesis: result('g') }).kind).toBe('confirmed');
    expect(judged(both, { chain: result('0x1'), genesis: result('h') }).kind).toBe('wrong');
  });

  test('one alternative that holds is enough, and a question is asked once for all of them', () => {
    const either = checks([fact({ expect: '2' })], [fact()], [fact({ method: 'other' })]);
    expect(judged(either, { chain: result('0x1') }).kind).toBe('confirmed');
  });

  test('it is wrong only if every alternative is contradicted', () => {
    const either = checks([fact()], [fact({ method: 'genesis', compare: 'text', expect: 'g' })]);
    expect(judged(either, { chain: result('0x5') }).kind).toBe('ask');
    expect(judged(either, { chain: result('0x5'), genesis: timedOut }).kind).toBe('unclear');
    expect(judged(either, { chain: result('0x5'), genesis: result('h') }).kind).toBe('wrong');
  });

  test('a chain without marks confirms anyone', () => {
    expect(judgeIdentity([], new Map()).kind).toBe('confirmed');
  });
});
