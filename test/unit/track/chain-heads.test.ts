import { describe, expect, test } from 'vitest';
import { type HeadsInputs, judgeHeads, type TrackerSight, unknownHeads } from '../../../src/track/chain-heads.ts';
import { ethereumPolicy, head } from './builders.ts';

function sight(name: string, height: number, final: string, overrides: Partial<TrackerSight> = {}): TrackerSight {
  return {
    tracker: name,
    witness: name,
    kind: 'single',
    standing: 'fresh',
    head: { head: head(height), movedAt: 0, doubted: 0 },
    finalized: { height: 64, hash: final, reach: 64 },
    pollMs: 10_000,
    ...overrides,
  };
}

function judge(sights: readonly TrackerSight[]) {
  const inputs: HeadsInputs = { sights, configured: sights.length, now: 0, wall: 1_700_000_000_000, cause: 'poll' };
  return judgeHeads(unknownHeads, inputs, ethereumPolicy).state;
}

describe('what a chain’s trackers amount to', () => {
  test('who is on another branch below finality is no witness, and an outlier (F-195)', () => {
    const state = judge([sight('a', 101, 'x'), sight('b', 90, 'x'), sight('c', 100, 'y')]);
    expect(state.tip.tip).toBe(101);
    expect(state.standpoints.get('c')?.outlier).toBe(true);
    expect(state.standpoints.get('a')?.outlier).toBe(false);
  });

  test('on one branch it would be', () => {
    expect(judge([sight('a', 101, 'x'), sight('b', 90, 'x'), sight('c', 100, 'x')]).tip.tip).toBe(100);
  });

  test('who is not fresh is no witness, but is compared with the tip', () => {
    const stale = sight('c', 50, 'x', { standing: 'not-fresh' });
    const state = judge([sight('a', 100, 'x'), sight('b', 100, 'x'), stale]);
    expect(state.tip.tip).toBe(100);
    expect(state.standpoints.get('c')).toMatchObject({ lagging: true, lag: 50 });
  });
});
