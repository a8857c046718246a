import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type BlockRange,
  type PiecesState,
  type PiecesStep,
  startPieces,
  stepPieces,
  widthOf,
} from '../../src/relay/log-pieces.ts';

/** An upstream that takes so many blocks at once, and may say so. */
interface Refuser {
  readonly limit: number;
  readonly says: 'its limit' | 'nothing' | 'nonsense';
}

const refusers: fc.Arbitrary<Refuser> = fc.record({
  limit: fc.integer({ min: 0, max: 5000 }),
  says: fc.constantFrom('its limit', 'nothing', 'nonsense'),
});

const ranges: fc.Arbitrary<BlockRange> = fc
  .record({ from: fc.nat({ max: 20_000_000 }), blocks: fc.integer({ min: 2, max: 10_000 }) })
  .map(({ from, blocks }) => ({ from, to: from + blocks - 1 }));

function stated({ limit, says }: Refuser): number | undefined {
  if (says === 'nothing') return undefined;
  return says === 'its limit' && limit > 0 ? limit : 50_000;
}

/** Whatever has happened, every block of the range is in one piece, in order. */
function expectWhole({ pieces }: PiecesState, range: BlockRange): void {
  let next = range.from;
  for (const { from, to } of pieces) {
    expect(from).toBe(next);
    expect(to).toBeGreaterThanOrEqual(from);
    next = to + 1;
  }
  expect(next).toBe(range.to + 1);
}

interface Walk {
  readonly end: 'join' | 'stand' | 'never begun';
  readonly asked: readonly BlockRange[];
  readonly answered: readonly BlockRange[];
}

/** Plays all of it, the pieces answered in any order. */
function walk(range: BlockRange, refuser: Refuser, order: readonly number[]): Walk {
  const asked: BlockRange[] = [];
  const answered: BlockRange[] = [];
  const running: BlockRange[] = [];
  let step: PiecesStep | undefined = startPieces(range, stated(refuser));
  if (step === undefined) return { end: 'never begun', asked, answered };
  for (let turn = 0; ; turn += 1) {
    expectWhole(step.state, range);
    if (step.effect.kind !== 'ask') return { end: step.effect.kind, asked, answered };
    asked.push(...step.effect.pieces);
    running.push(...step.effect.pieces);
    expect(running.length).toBeGreaterThan(0);
    expect(running.length).toBeLessThanOrEqual(4);
    expect(asked.length).toBeLessThanOrEqual(32);
    const [piece] = running.splice((order[turn % order.length] ?? 0) % running.length, 1);
    if (piece === undefined) throw new Error('nothing runs');
    if (widthOf(piece) <= refuser.limit) {
      answered.push(piece);
      step = stepPieces(step.state, { kind: 'answered', piece });
    } else step = stepPieces(step.state, { kind: 'refused', piece, width: stated(refuser) });
  }
}

const orders = fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 40 });

test('whatever the order, at most 4 pieces run and 32 are asked, and what is joined is every block once', () => {
  const ends = new Set<string>();
  fc.assert(
    fc.property(ranges, refusers, orders, (range, refuser, order) => {
      const { end, answered } = walk(range, refuser, order);
      ends.add(end);
      if (end !== 'join') return;
      const sorted = [...answered].sort((one, other) => one.from - other.from);
      expectWhole({ pieces: sorted.map((piece) => ({ ...piece, state: 'answered' })), asked: 0 }, range);
    }),
    { numRuns: 1000 },
  );
  expect([...ends].sort()).toEqual(['join', 'never begun', 'stand']);
});

test('a limit that was said is kept to from the first piece on, and reached wherever 32 pieces suffice', () => {
  fc.assert(
    fc.property(ranges, fc.integer({ min: 1, max: 5000 }), orders, (range, limit, order) => {
      fc.pre(limit < widthOf(range));
      const { end, asked } = walk(range, { limit, says: 'its limit' }, order);
      expect(end).toBe(Math.ceil(widthOf(range) / limit) <= 32 ? 'join' : 'never begun');
      for (const piece of asked) expect(widthOf(piece)).toBeLessThanOrEqual(limit);
    }),
    { numRuns: 2000 },
  );
});
