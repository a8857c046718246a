import fc from 'fast-check';
import type { AssignmentField } from '../../src/audit/assign-targets.ts';
import type { Draw } from '../../src/audit/assignment-hash.ts';
import { lep6 } from '../../src/audit/convention.ts';
import { type PlainText, readPlainText } from '../../src/audit/plain-text.ts';
import { hash } from '../../src/system/hash.ts';

/** Characters of all kinds, those above U+FFFF and just below it often. */
const anyText = fc.string({
  unit: fc.oneof(fc.string({ maxLength: 1 }), fc.constantFrom('\u{1F600}', '\uFF5E', 'ü', '节')),
});

/** Ids of every length and script, among them the empty one. */
export const anyId = anyText.map(readPlainText).filter((id): id is PlainText => id !== undefined);
/** Ids that are not empty. */
export const someId = anyId.filter((id) => id !== '');
/** Lists of ids, some of them empty or repeated. */
export const anyIds = fc.array(anyId, { maxLength: 12 });
/** Lists of different ids that are not empty. */
export const differentIds = fc.uniqueArray(someId, { maxLength: 20 });

/** The rules of LEP-6 with a seed of any length. */
export const anyDraw: fc.Arbitrary<Draw> = fc
  .uint8Array({ maxLength: 40 })
  .map((seed) => ({ hash, convention: lep6, seed }));

/** Whole numbers of 64 bits. */
export const anyU64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
/** Whole numbers of 32 bits. */
export const anyU32 = fc.nat({ max: 2 ** 32 - 1 });

/** A list beside the same list in another order. */
export function shuffled<T>(list: fc.Arbitrary<readonly T[]>): fc.Arbitrary<readonly [readonly T[], readonly T[]]> {
  return list.chain((items) =>
    fc.shuffledSubarray([...items], { minLength: items.length }).map((other) => [items, other] as const),
  );
}

/** Lists that have little to do with each other. */
const looseField: fc.Arbitrary<AssignmentField> = fc.record({
  activeIds: anyIds,
  selectedTargets: anyIds,
  targetCandidates: anyIds,
});

/** Challengers that are often targets too, so that they meet themselves. */
const closeField: fc.Arbitrary<AssignmentField> = fc
  .uniqueArray(someId, { minLength: 1, maxLength: 6 })
  .chain((ids) => fc.tuple(fc.subarray(ids), fc.subarray(ids), fc.subarray(ids)))
  .map(([activeIds, selectedTargets, targetCandidates]) => ({ activeIds, selectedTargets, targetCandidates }));

/** Who challenges whom, of all kinds. */
export const anyField = fc.oneof(looseField, closeField);
