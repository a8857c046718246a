import { describe, expect, test } from 'vitest';
import {
  type HeadsInputs,
  type HeadsState,
  judgeHeads,
  type TrackerSight,
  unknownHeads,
} from '../../../src/track/chain-heads.ts';
import { ethereumPolicy, head } from './builders.ts';

const wall = 1_700_000_000_000;

/** A head whose block was made so many milliseconds ago. */
function sight(name: string, height: number, seen: { readonly ageMs: number; readonly away?: 'away' }): TrackerSight {
  return {
    tracker: name,
    witness: name,
    kind: 'single',
    standing: seen.away === undefined ? 'fresh' : 'not-fresh',
    head: { head: head(height, { timeMs: wall - seen.ageMs }), movedAt: 0, doubted: 0 },
    pollMs: 10_000,
  };
}

function judge(sights: readonly TrackerSight[], before: HeadsState = unknownHeads, now = 0): HeadsState {
  const inputs: HeadsInputs = { sights, configured: sights.length, now, wall, cause: 'other' };
  return judgeHeads(before, inputs, ethereumPolicy).state;
}

const remembered: HeadsState = { ...unknownHeads, tip: { tip: 1000 } };

describe('who is away, and so heard only in probes,', () => {
  test('is no outlier against a tip that nobody fresh stands for, however old it is', () => {
    const state = judge([sight('a', 9000, { ageMs: 0, away: 'away' })], remembered);
    expect(state.tip).toMatchObject({ tip: 1000, degraded: 'no-witness' });
    expect(state.standpoints.get('a')).toMatchObject({ outlier: false });
  });

  test('does not stand still below such a tip either: a devnet that was reset may come back', () => {
    const reset = [sight('a', 3, { ageMs: 0, away: 'away' })];
    const later = judge(reset, judge(reset, remembered), 600_000);
    expect(later.standpoints.get('a')).toMatchObject({ outlier: false, lag: 997 });
    expect(later.standpoints.get('a')?.behindSince).toBeUndefined();
  });

  test('is no outlier against one alone whose newest block is old, though that one is the tip for now', () => {
    const state = judge([sight('a', 9000, { ageMs: 0, away: 'away' }), sight('b', 1000, { ageMs: 3_600_000 })]);
    expect(state.tip.tip).toBe(1000);
    expect(state.standpoints.get('a')?.outlier).toBe(false);
    expect(state.standpoints.get('b')?.outlier).toBe(false);
  });

  test('B8: is one against one alone whose newest block is of now', () => {
    const liar = sight('a', 1_000_000, { ageMs: -3_600_000, away: 'away' });
    expect(judge([liar, sight('b', 1000, { ageMs: 5000 })]).standpoints.get('a')?.outlier).toBe(true);
  });

  test('B8: is one against two who agree, whatever its block says of its time', () => {
    const sights = [
      sight('a', 9000, { ageMs: 0, away: 'away' }),
      sight('b', 1000, { ageMs: 5000 }),
      sight('c', 1000, { ageMs: 5000 }),
    ];
    expect(judge(sights).standpoints.get('a')?.outlier).toBe(true);
  });

  test('F-176: stands still below the tip of the others as before', () => {
    const sights = [
      sight('a', 990, { ageMs: 120_000, away: 'away' }),
      sight('b', 1000, { ageMs: 5000 }),
      sight('c', 1000, { ageMs: 5000 }),
    ];
    expect(judge(sights, unknownHeads, 7000).standpoints.get('a')).toMatchObject({ lagging: true, behindSince: 7000 });
  });
});
