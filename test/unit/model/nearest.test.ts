import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearest } from '../../../src/model/nearest.ts';

describe('nearest', () => {
  it.each([
    ['epochBloks', 'epochBlocks', 'a letter left out'],
    ['lagLimmit', 'lagLimit', 'a letter too many'],
    ['haed', 'head', 'two letters swapped'],
    ['finalyty', 'finality', 'a letter replaced'],
    ['SAFEDEPTH', 'safeDepth', 'the wrong case'],
  ])('finds %s to mean %s: %s', (word, meant) => {
    expect(nearest(word, ['epochBlocks', 'lagLimit', 'head', 'finality', 'safeDepth'])).toBe(meant);
  });

  it('says nothing where no candidate is close', () => {
    expect(nearest('colour', ['head', 'finality'])).toBeUndefined();
    expect(nearest('ab', ['cd'])).toBeUndefined();
    expect(nearest('head', [])).toBeUndefined();
  });

  it('takes the first of equally close candidates, and the closest of all', () => {
    expect(nearest('bass', ['base', 'bash'])).toBe('base');
    expect(nearest('polygon', ['polygons', 'polygon'])).toBe('polygon');
  });

  it('does not compare words of unreasonable length', () => {
    expect(nearest('x'.repeat(65), ['x'.repeat(65)])).toBeUndefined();
  });

  it('answers as a full table of edits would, whatever the words', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 7 });
    fc.assert(
      fc.property(word, fc.array(word, { maxLength: 6 }), (wanted, candidates) => {
        const bound = Math.min(4, Math.max(1, Math.floor(wanted.length / 3)));
        const ranked = candidates.map((candidate) => ({ candidate, edits: edits(wanted, candidate) }));
        const best = Math.min(...ranked.map((each) => each.edits));
        const expected = best > bound ? undefined : ranked.find((each) => each.edits === best)?.candidate;
        expect(nearest(wanted, candidates)).toBe(expected);
      }),
    );
  });
});

/** Optimal string alignment, by its definition. */
function edits(left: string, right: string): number {
  if (left === '' || right === '') return left.length + right.length;
  const [a, b] = [left.slice(0, -1), right.slice(0, -1)];
  const same = left.at(-1) === right.at(-1) ? 0 : 1;
  const ways = [edits(a, right) + 1, edits(left, b) + 1, edits(a, b) + same];
  const isSwap = left.length > 1 && left.at(-1) === right.at(-2) && left.at(-2) === right.at(-1);
  return Math.min(...ways, isSwap ? edits(left.slice(0, -2), right.slice(0, -2)) + 1 : Number.POSITIVE_INFINITY);
}
