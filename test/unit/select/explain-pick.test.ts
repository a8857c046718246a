import { describe, expect, test } from 'vitest';
import { explainPick, selectionScore } from '../../../src/select/explain-pick.ts';
import { createLoad } from '../../../src/select/load.ts';
import { buildNeed, buildPairing, buildUpstream } from '../../support/build-pairing.ts';
import { buildSight, observeLatency } from '../../support/build-sight.ts';

describe('an explanation', () => {
  test('says of every upstream where it stands and why it is no higher', () => {
    const pairing = buildPairing([
      {},
      { endpoint: { tier: 'backup' } },
      { standing: 'probation', share: 0.05 },
      { standing: 'blocked' },
      { avoided: new Map([['read', 900_000]]) },
      { identity: 'wrong', standing: 'blocked' },
      { heldOff: { until: 900_000, reason: 'quota' } },
    ]);
    const told = explainPick(pairing, buildNeed(), buildSight()).map(({ upstream: _, ...rest }) => rest);
    expect(told).toEqual([
      { verdict: 'eligible', resort: 'primary' },
      { verdict: 'waiting', resort: 'backup', reason: 'backup-not-needed' },
      { verdict: 'waiting', resort: 'probation', reason: 'probation-share' },
      { verdict: 'waiting', resort: 'blocked', reason: 'blocked' },
      { verdict: 'waiting', resort: 'lagging', reason: 'method-avoided' },
      { verdict: 'refused', reason: 'wrong-identity' },
      { verdict: 'waiting', resort: 'held-off', reason: 'held-off' },
    ]);
  });

  test('gives no reason against a backup whose turn has come, and one against a lagging last hope', () => {
    const backups = buildPairing([{ cordoned: true }, { endpoint: { tier: 'backup' } }]);
    expect(explainPick(backups, buildNeed(), buildSight())[1]).not.toHaveProperty('reason');
    const lagging = buildPairing([{ lagging: true }]);
    expect(explainPick(lagging, buildNeed(), buildSight())[0]).toMatchObject({
      verdict: 'eligible',
      reason: 'lagging',
    });
  });

  test('shows a score once there is something to measure', () => {
    const load = createLoad(2);
    observeLatency(load, 0, { ms: 30, now: 100_000 });
    const [observed, unknown] = explainPick(buildPairing([{}, {}]), buildNeed(), buildSight({ load }));
    expect(observed?.score).toBeGreaterThan(20);
    expect(unknown).not.toHaveProperty('score');
    expect(selectionScore(buildUpstream(0), 'light', { load, now: 100_000 })).toBe(observed?.score);
    expect(selectionScore(buildUpstream(0), 'heavy', { load, now: 100_000 })).toBeUndefined();
  });

  test('draws nothing by lot', () => {
    const random = () => {
      throw new Error('a lot was drawn');
    };
    const pairing = buildPairing([{}, {}, { standing: 'probation', share: 0.25 }]);
    expect(explainPick(pairing, buildNeed(), buildSight({ random }))).toHaveLength(3);
  });

  test('of a chain without upstreams is empty', () => {
    expect(explainPick(buildPairing([]), buildNeed(), buildSight())).toEqual([]);
  });
});
