import { describe, expect, test } from 'vitest';
import { nextReconcile, type Reconcile, type StoredBlock, startReconcile } from '../../../src/track/reconcile.ts';

const stored = (from: number, to: number, branch = 'main'): readonly StoredBlock[] =>
  Array.from({ length: to - from + 1 }, (_, index) => ({ height: from + index, hash: `${branch}-${from + index}` }));

/** Answers every question from `canonical` and counts them. */
function settle(
  state: Reconcile,
  canonical: (height: number) => string,
): { readonly end: Reconcile; readonly asked: number } {
  let end = state;
  let asked = 0;
  while (end.kind === 'asking') {
    asked += 1;
    end = nextReconcile(end, canonical(end.height));
  }
  return { end, asked };
}

const main = (height: number) => `main-${height}`;
const forkedAt = (fork: number) => (height: number) => (height <= fork ? `main-${height}` : `fork-${height}`);

describe('the tail of the ring after a restart', () => {
  test('nothing stored: nothing to compare', () => {
    expect(startReconcile([], 100)).toEqual({ kind: 'clear', because: 'nothing-stored' });
  });

  test('the tip is canonical: all is kept, with one question', () => {
    expect(settle(startReconcile(stored(1, 128), 500), main)).toEqual({ end: { kind: 'keep' }, asked: 1 });
  });

  test('the tip is canonical and the newest block of the chain: kept', () => {
    expect(settle(startReconcile(stored(1, 128), 128), main).end).toEqual({ kind: 'keep' });
  });

  test.each([1, 2, 63, 64, 100, 127])('a fork above %i is found by bisection and rewound to', (fork) => {
    const { end, asked } = settle(startReconcile(stored(1, 128), 500), forkedAt(fork));
    expect(end).toEqual({ kind: 'rewind', to: fork });
    expect(asked).toBeLessThanOrEqual(9);
  });

  test('nothing matches: cleared', () => {
    const { end } = settle(startReconcile(stored(1, 128), 500), forkedAt(0));
    expect(end).toEqual({ kind: 'clear', because: 'nothing-matches' });
  });

  test('the chain is shorter than the stored tip: it starts from the smaller', () => {
    expect(settle(startReconcile(stored(1, 128), 100), main).end).toEqual({ kind: 'rewind', to: 100 });
    expect(settle(startReconcile(stored(1, 128), 100), forkedAt(90)).end).toEqual({ kind: 'rewind', to: 90 });
  });

  test('the chain is shorter than everything stored: cleared without a question', () => {
    expect(startReconcile(stored(300, 428), 5)).toEqual({ kind: 'clear', because: 'chain-shorter' });
  });

  test('heights may be missing', () => {
    const sparse = stored(1, 128).filter((block) => block.height % 7 === 0);
    expect(settle(startReconcile(sparse, 500), forkedAt(60)).end).toEqual({ kind: 'rewind', to: 56 });
  });
});
