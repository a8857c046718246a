import { describe, expect, test } from 'vitest';
import type { Head } from '../../../src/model/head.ts';
import { type FoldedHead, foldHead, type HeadState, unknownHead } from '../../../src/track/head.ts';
import { head } from './builders.ts';

const single = { stepBack: 0 };
const pool = { stepBack: 4 };

function fold(reports: readonly Head[], tolerance = single): FoldedHead {
  let last: FoldedHead = { state: unknownHead, reception: 'taken' };
  for (const report of reports) last = foldHead(last.state, report, tolerance);
  return last;
}

function heightOf({ state }: { readonly state: HeadState }): number | undefined {
  return state.head?.height;
}

describe('what an upstream reports', () => {
  test('the first report is taken, block 0 too: a devnet begins there', () => {
    expect(fold([head(0, { at: 5 })])).toMatchObject({
      reception: 'taken',
      state: { head: { height: 0 }, movedAt: 5 },
    });
  });

  test('a head may fall: a reorg, a rollback', () => {
    expect(heightOf(fold([head(100, { at: 1 }), head(97, { at: 2 })]))).toBe(97);
  });

  test('the report with the later time wins, whatever comes in last (F-180)', () => {
    const folded = fold([head(101, { at: 20 }), head(100, { at: 10 })]);
    expect(folded).toMatchObject({ reception: 'late', state: { head: { height: 101 } } });
  });

  test('the same height again does not move the head', () => {
    expect(fold([head(100, { at: 1 }), head(100, { at: 9 })]).state).toMatchObject({ head: { at: 9 }, movedAt: 1 });
  });

  test('a report without a hash does not erase the hash of the same height', () => {
    expect(fold([head(100, { at: 1, hash: 'x' }), head(100, { at: 2 })]).state.head?.hash).toBe('x');
    expect(fold([head(100, { at: 1, hash: 'x' }), head(101, { at: 2 })]).state.head?.hash).toBeUndefined();
  });

  test('another hash at the same height takes its place', () => {
    expect(fold([head(100, { at: 1, hash: 'x' }), head(100, { at: 2, hash: 'y' })]).state.head?.hash).toBe('y');
  });

  test('a higher block without a time is as young as the one before', () => {
    expect(fold([head(100, { at: 1, timeMs: 7 }), head(101, { at: 2 })]).state.head?.timeMs).toBe(7);
    expect(fold([head(100, { at: 1, timeMs: 7 }), head(99, { at: 2 })]).state.head?.timeMs).toBeUndefined();
  });
});

describe('absurd reports (F-072)', () => {
  test.each([
    ['block 0 after others', 0],
    ['a jump of a billion', 1_000_000_100],
  ])('%s changes nothing', (_, height) => {
    const folded = fold([head(100, { at: 1 }), head(height, { at: 2 })]);
    expect(folded).toMatchObject({ reception: 'absurd', state: { head: { height: 100, at: 1 } } });
  });

  test('what is insisted on three times in a row is believed: a reset devnet', () => {
    const reports = [head(100, { at: 1 }), head(0, { at: 2 }), head(0, { at: 3 })];
    expect(heightOf(fold(reports))).toBe(100);
    expect(fold([...reports, head(0, { at: 4 })])).toMatchObject({
      reception: 'taken',
      state: { head: { height: 0 } },
    });
  });

  test('a sane report in between begins the count anew', () => {
    const reports = [head(100, { at: 1 }), head(0, { at: 2 }), head(0, { at: 3 }), head(101, { at: 4 })];
    expect(heightOf(fold([...reports, head(0, { at: 5 }), head(0, { at: 6 })]))).toBe(101);
  });
});

describe('a pool', () => {
  test('a step back within its tolerance is no fall', () => {
    const folded = fold([head(100, { at: 1 }), head(97, { at: 2 })], pool);
    expect(folded).toMatchObject({ reception: 'step-back', state: { head: { height: 100, at: 2 }, movedAt: 1 } });
  });

  test('a deeper fall is one', () => {
    expect(heightOf(fold([head(100, { at: 1 }), head(95, { at: 2 })], pool))).toBe(95);
  });

  test('three steps back in a row are believed', () => {
    const back = [2, 3, 4].map((at) => head(98, { at }));
    expect(heightOf(fold([head(100, { at: 1 }), ...back.slice(0, 2)], pool))).toBe(100);
    expect(heightOf(fold([head(100, { at: 1 }), ...back], pool))).toBe(98);
  });
});
