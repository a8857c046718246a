import { describe, expect, test } from 'vitest';
import { type PiecesState, type PiecesStep, startPieces, stepPieces, widthOf } from '../../../src/relay/log-pieces.ts';

const range = { from: 1000, to: 1999 };

/** Pieces as `1000-1249 running`. */
function shown({ pieces }: PiecesState): readonly string[] {
  return pieces.map(({ from, to, state }) => `${from}-${to} ${state}`);
}

function begun(width?: number): PiecesStep {
  const step = startPieces(range, width);
  if (step === undefined) throw new Error('not begun');
  return step;
}

describe('a range that is taken apart', () => {
  test('is halved where nobody said how wide a piece may be', () => {
    const { state, effect } = begun();
    expect(shown(state)).toEqual(['1000-1499 running', '1500-1999 running']);
    expect(effect).toEqual({
      kind: 'ask',
      pieces: [
        { from: 1000, to: 1499 },
        { from: 1500, to: 1999 },
      ],
    });
  });

  test('is as wide as was said, and four are asked at a time', () => {
    const { state, effect } = begun(150);
    expect(state.pieces.map(widthOf)).toEqual([143, 143, 143, 143, 143, 143, 142]);
    expect(effect).toMatchObject({ kind: 'ask', pieces: { length: 4 } });
  });

  test.each([1000, 5000])('is halved where what was said (%i blocks) would change nothing', (width) => {
    expect(begun(width).state.pieces).toHaveLength(2);
  });

  test('of one block is left as it is', () => {
    expect(startPieces({ from: 7, to: 7 }, undefined)).toBeUndefined();
  });

  test('is left as it is where it would take more than 32 pieces', () => {
    expect(startPieces(range, 32)?.state.pieces).toHaveLength(32);
    expect(startPieces(range, 31)).toBeUndefined();
  });
});

describe('a piece', () => {
  test('that is refused is halved in its place', () => {
    const { state } = stepPieces(begun().state, { kind: 'refused', piece: { from: 1500, to: 1999 }, width: undefined });
    expect(shown(state)).toEqual(['1000-1499 running', '1500-1749 running', '1750-1999 running']);
  });

  test('that is refused with a width narrows those that still wait', () => {
    const { state } = stepPieces(begun(200).state, { kind: 'refused', piece: { from: 1000, to: 1199 }, width: 100 });
    expect(shown(state)).toEqual([
      '1000-1099 running',
      '1100-1199 waiting',
      '1200-1399 running',
      '1400-1599 running',
      '1600-1799 running',
      '1800-1899 waiting',
      '1900-1999 waiting',
    ]);
  });

  test('of one block that is refused ends it: the refusal stands', () => {
    const first = startPieces({ from: 1, to: 2 }, undefined);
    const { effect } = stepPieces(first?.state ?? begun().state, {
      kind: 'refused',
      piece: { from: 1, to: 1 },
      width: undefined,
    });
    expect(effect).toEqual({ kind: 'stand' });
  });

  test('that was not asked changes nothing', () => {
    const { state } = begun();
    expect(stepPieces(state, { kind: 'answered', piece: { from: 1, to: 2 } })).toEqual({
      state,
      effect: { kind: 'ask', pieces: [] },
    });
  });

  test('answered last lets all be joined', () => {
    const { state } = stepPieces(begun().state, { kind: 'answered', piece: { from: 1500, to: 1999 } });
    expect(stepPieces(state, { kind: 'answered', piece: { from: 1000, to: 1499 } }).effect).toEqual({ kind: 'join' });
  });
});
