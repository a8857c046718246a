import { expect, test } from 'vitest';
import type { ChainSpec, IdentityCheck } from '../../../src/model/chain-spec.ts';
import type { Ask, Reply } from '../../../src/ports/ask.ts';
import { vouchFor } from '../../../src/world/vouch.ts';
import { buildSpec, buildVerdict } from '../../support/build-health.ts';

const spec: ChainSpec = buildSpec({ identity: [is('chain', '7'), is('genesis', '0xabc')] });

function is(method: string, expect: string): IdentityCheck {
  return { all: [{ method, params: '[]', path: [], expect, compare: 'text' }] };
}

/** Answers by method; what is not named fails. */
function asking(values: Readonly<Record<string, string>>): { readonly ask: Ask; readonly asked: string[] } {
  const asked: string[] = [];
  const ask: Ask = async ({ upstream, method, purpose }): Promise<Reply> => {
    asked.push(`${upstream} ${method} ${purpose}`);
    const value = values[method];
    if (value !== undefined) return { kind: 'result', value, sentAt: 1, at: 2 };
    return { kind: 'failed', verdict: buildVerdict('timeout'), detail: 'silent', connection: 0, sentAt: 1, at: 2 };
  };
  return { ask, asked };
}

test.each([
  { what: 'answers as the chain does', values: { chain: '7' }, vouched: ['a'] },
  { what: 'does so by the second mark only', values: { chain: '8', genesis: '0xabc' }, vouched: ['a'] },
  { what: 'is silent about the first mark and right about the second', values: { genesis: '0xabc' }, vouched: ['a'] },
  { what: 'is of another chain', values: { chain: '8', genesis: '0xdef' }, vouched: [] },
  { what: 'does not answer', values: {}, vouched: [] },
])('a URL that $what: $vouched', async ({ values, vouched }) => {
  const { ask } = asking(values);
  expect([...(await vouchFor([{ key: 'a', spec, ask }]))]).toEqual(vouched);
});

test('each URL is asked no more than the marks of the chain, and counted as probed', async () => {
  const { ask, asked } = asking({});
  await vouchFor([{ key: 'a', spec, ask }]);
  expect(asked).toEqual(['a chain probe', 'a genesis probe']);
});

test('one that is wrong takes nothing from the others', async () => {
  const moved = [
    { key: 'a', spec, ask: asking({ chain: '8' }).ask },
    { key: 'b', spec, ask: asking({ chain: '7' }).ask },
  ];
  expect([...(await vouchFor(moved))]).toEqual(['b']);
});
