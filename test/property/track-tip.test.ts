import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeTip, type TipState, unknownTip } from '../../src/track/tip.ts';
import { trackPolicy } from '../../src/track/track-policy.ts';
import { gatherWitnesses } from '../../src/track/witness.ts';

const policy = trackPolicy({ blockTimeMs: 1000, lagLimit: 10 });
const wall = 1_700_000_000_000;

interface Shown {
  readonly height: number;
  readonly timeMs?: number;
}

/** Judges one step with witnesses `w0`, `w1` … showing these heads. */
function judge(prev: TipState, heads: readonly Shown[], now: number): TipState {
  const testimonies = heads.map((shown, index) => ({ witness: `w${index}`, head: { ...shown, at: now } }));
  const around = { ...policy, wall: wall + now };
  const witnesses = gatherWitnesses(testimonies, around);
  return judgeTip(prev, { witnesses, configured: heads.length, now, wall: wall + now }, policy);
}

const lie = fc.oneof(
  fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  fc.integer({ min: 9000, max: 11_000 }),
  fc.constantFrom(0, 1_000_000_000, Number.MAX_SAFE_INTEGER),
);

/** A liar's head, step by step: anything, or the truth shifted by something. */
const liar = fc.array(fc.oneof(lie, fc.integer({ min: -600, max: 600 })), { minLength: 60, maxLength: 60 });

/** Steps of seconds by which each honest head is behind the truth, step by step; heads never fall. */
const honest = fc.array(fc.array(fc.nat(5), { minLength: 60, maxLength: 60 }), { minLength: 2, maxLength: 5 });

describe('one liar among at least three witnesses', () => {
  test('can neither raise the tip above what an honest one has, nor hold it below what two have', () => {
    fc.assert(
      fc.property(honest, liar, fc.integer({ min: 1, max: 3 }), (lags, lies, blocksPerStep) => {
        let state = unknownTip;
        const heads = lags.map(() => 0);
        for (let step = 0; step < 60; step += 1) {
          const truth = 10_000 + step * blocksPerStep;
          for (const [index, lag] of lags.entries()) {
            heads[index] = Math.max(heads[index] ?? 0, truth - (lag[step] ?? 0));
          }
          const said = lies[step] ?? 0;
          const shown = said >= 0 && said > 600 ? said : Math.max(0, truth + said);
          state = judge(
            state,
            [...heads.map((height) => ({ height })), { height: shown }],
            step * 1000 * blocksPerStep,
          );
          const ranked = [...heads].sort((a, b) => b - a);
          expect(state.tip).toBeLessThanOrEqual(ranked[0] ?? 0);
          expect(state.tip).toBeGreaterThanOrEqual(ranked[1] ?? 0);
        }
      }),
      { numRuns: 400 },
    );
  });
});

const heights = fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 1, maxLength: 5 });

describe('any heads at all', () => {
  test('the tip is always somebody’s head', () => {
    fc.assert(
      fc.property(fc.array(heights, { minLength: 1, maxLength: 50 }), (steps) => {
        let state = unknownTip;
        for (const [step, heads] of steps.entries()) {
          state = judge(
            state,
            heads.map((height) => ({ height })),
            step * 5000,
          );
          expect(heads).toContain(state.tip);
        }
      }),
    );
  });

  test('the order in which witnesses are seen changes nothing', () => {
    fc.assert(
      fc.property(heights, fc.infiniteStream(fc.nat(100)), (heads, dice) => {
        const named = heads.map((height, index) => ({ witness: `w${index}`, head: { height, at: 0 } }));
        const shuffled = named.map((one) => ({ one, key: dice.next().value })).sort((a, b) => a.key - b.key);
        const around = { ...policy, wall };
        expect(
          gatherWitnesses(
            shuffled.map(({ one }) => one),
            around,
          ),
        ).toEqual(gatherWitnesses(named, around));
      }),
    );
  });

  test('while the same witnesses stay and no head falls, the tip falls only from where one alone had led it', () => {
    const growing = fc.array(fc.array(fc.nat(40), { minLength: 40, maxLength: 40 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(growing, (steps) => {
        let state = unknownTip;
        const heads = steps.map(() => 1000);
        for (let step = 0; step < 40; step += 1) {
          for (const [index, growth] of steps.entries()) heads[index] = (heads[index] ?? 0) + (growth[step] ?? 0);
          const before = state;
          state = judge(
            state,
            heads.map((height) => ({ height })),
            step * 10_000,
          );
          const isLed = before.degraded === 'one-witness-ahead' || state.degraded === 'heads-disagree';
          if (!isLed) expect(state.tip).toBeGreaterThanOrEqual(before.tip ?? 0);
        }
      }),
      { numRuns: 300 },
    );
  });
});
