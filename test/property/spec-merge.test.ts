import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ChainDocument,
  type InterfaceDocument,
  type MethodDocument,
  ownKeys,
} from '../../src/model/chain-document.ts';
import { mergeDocuments } from '../../src/spec/merge-documents.ts';

const name: fc.Arbitrary<string> = fc.constantFrom('a', 'b', 'c', '__proto__');
const method: fc.Arbitrary<MethodDocument> = fc.record(
  {
    class: fc.constantFrom('light' as const, 'heavy' as const),
    cost: fc.nat(9),
    block: fc.oneof(fc.constant('tip' as const), fc.record({ at: fc.constant('/1') })),
  },
  { requiredKeys: [] },
);
const methods = fc
  .uniqueArray(fc.tuple(name, method), { selector: ([key]) => key, maxLength: 3 })
  .map(Object.fromEntries);
const readings: fc.Arbitrary<InterfaceDocument> = fc.record({
  identity: fc.constant([]),
  head: fc.record({ method: name, height: fc.constant(''), quantity: fc.constant('number' as const) }),
});
const document: fc.Arbitrary<ChainDocument> = fc.record(
  {
    display: fc.constantFrom('A', 'B'),
    aliases: fc.array(fc.constantFrom('x', 'y'), { maxLength: 2 }),
    chainId: fc.constantFrom('1', '2'),
    blockTimeMs: fc.nat(9),
    deniedPrefixes: fc.array(fc.constantFrom('p_', 'q_'), { maxLength: 2 }),
    finality: fc.oneof(fc.constant('instant' as const), fc.record({ depth: fc.nat(9) })),
    perInterface: fc.record({ rest: readings, grpc: readings }, { requiredKeys: [] }),
    methods,
  },
  { requiredKeys: [] },
);

describe('merging documents', () => {
  it('is associative, so a lineage may be folded from either end', () => {
    fc.assert(
      fc.property(document, document, document, (first, second, third) => {
        const left = mergeDocuments(mergeDocuments(first, second), third);
        const right = mergeDocuments(first, mergeDocuments(second, third));
        expect(sorted(left)).toEqual(sorted(right));
      }),
      { numRuns: 1000 },
    );
  });

  it('changes neither document', () => {
    fc.assert(
      fc.property(document, document, fc.array(name, { maxLength: 2 }), (parent, child, remove) => {
        const removing = { ...child, remove };
        const before = JSON.stringify([parent, removing]);
        mergeDocuments(deepFreeze(parent), deepFreeze(removing));
        expect(JSON.stringify([parent, removing])).toBe(before);
      }),
      { numRuns: 1000 },
    );
  });

  it('lets every key of the child win, and inherits every other but the own ones', () => {
    fc.assert(
      fc.property(document, document, (parent, child) => {
        const merged = mergeDocuments(parent, child);
        const { methods: _, perInterface: __, ...said } = child;
        expect(merged).toMatchObject(said);
        for (const key of ownKeys) expect(merged[key]).toEqual(child[key]);
        expect(merged.blockTimeMs).toBe(child.blockTimeMs ?? parent.blockTimeMs);
      }),
      { numRuns: 1000 },
    );
  });

  it('keeps of the methods what was not removed and not said anew', () => {
    fc.assert(
      fc.property(document, document, fc.array(name, { maxLength: 3 }), (parent, child, remove) => {
        const merged = new Map(Object.entries(mergeDocuments(parent, { ...child, remove }).methods ?? {}));
        const inherited = Object.entries(parent.methods ?? {}).filter(([key]) => !remove.includes(key));
        const said = Object.entries(child.methods ?? {});
        expect([...merged.keys()].sort()).toEqual([...new Set([...inherited, ...said].map(([key]) => key))].sort());
        for (const [key, fields] of said) expect(merged.get(key)).toMatchObject(fields);
      }),
      { numRuns: 1000 },
    );
  });
});

/** The same document with its method names in one order: order means nothing in a document. */
function sorted(merged: ChainDocument): unknown {
  const entries = Object.entries(merged.methods ?? {}).sort(([left], [right]) => (left < right ? -1 : 1));
  return { ...merged, methods: entries };
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}
