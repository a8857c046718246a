import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { Value } from 'typebox/value';
import { beforeAll, describe, expect, it } from 'vitest';
import { ChainDocumentSchema } from '../../src/config/chain-document-schema.ts';
import { documentProblems } from '../../src/config/document-problems.ts';
import { packagedChains } from '../../src/config/read-chain-documents.ts';
import { compileChain } from '../../src/spec/compile-chain.ts';
import { documentsOf, tinyFamily } from '../support/chain-documents.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Words a document is likely to hold in the wrong place, beside any other value. */
const planted: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(
    null,
    true,
    -1,
    0,
    1,
    2.5,
    '',
    '/0',
    '/x/~1',
    'tip',
    'once',
    'read',
    'write',
    'instant',
    '$genesis',
  ),
  fc.constantFrom<Json>(
    [],
    {},
    { at: '/0' },
    { hash: '/0' },
    { from: '/0' },
    { depth: 3 },
    { raw: '/0', encoding: 'hex' },
  ),
  fc.jsonValue({ maxDepth: 2 }).map((value): Json => JSON.parse(JSON.stringify(value))),
);
const mutation = fc.record({
  turns: fc.array(fc.nat(1000), { minLength: 1, maxLength: 5 }),
  key: fc.constantFrom('class', 'block', 'methods', 'colour'),
  value: planted,
});

let shipped: readonly Json[];
beforeAll(async () => {
  const files = ['arbitrum', 'bitcoin', 'family/cosmos'].map((name) => join(packagedChains(), `${name}.json`));
  shipped = await Promise.all(files.map(async (file): Promise<Json> => JSON.parse(await readFile(file, 'utf8'))));
});

describe('documents that somebody broke', () => {
  it('are refused with at least one problem, and sound ones with none', () => {
    fc.assert(
      fc.property(fc.nat(2), fc.array(mutation, { maxLength: 3 }), (which, mutations) => {
        const document = mutations.reduce(mutate, shipped[which] ?? null);
        const problems = documentProblems(ChainDocumentSchema, 'f', document);
        expect(problems.length === 0).toBe(Value.Check(ChainDocumentSchema, document));
      }),
      { numRuns: 500 },
    );
  });

  it('compile to a spec or to problems, and never throw', () => {
    fc.assert(
      fc.property(fc.nat(2), fc.array(mutation, { minLength: 1, maxLength: 3 }), (which, mutations) => {
        const document = mutations.reduce(mutate, shipped[which] ?? null);
        if (!Value.Check(ChainDocumentSchema, document)) return;
        const all = documentsOf({ 'family/evm': tinyFamily, 'family/utxo': tinyFamily, broken: document });
        const outcome = compileChain(all, 'broken');
        if (outcome.kind === 'failed') expect(outcome.problems).not.toEqual([]);
        else expect(outcome.value.methods.size).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });
});

/** Walks into the document by turns and puts a value there, under a key that is there or under another. */
function mutate(
  here: Json,
  { turns: [turn = 0, ...rest], key, value }: { turns: readonly number[]; key: string; value: Json },
): Json {
  if (typeof here !== 'object' || here === null) return value;
  const names = [...Object.keys(here), key];
  const name = names[turn % names.length] ?? key;
  const there = new Map<string, Json>(Object.entries(here));
  const next = rest.length === 0 ? value : mutate(there.get(name) ?? null, { turns: rest, key, value });
  if (Array.isArray(here)) return here.map((item, at) => (String(at) === name ? next : item));
  return Object.fromEntries(there.set(name, next));
}
