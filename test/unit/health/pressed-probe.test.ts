import { describe, expect, test } from 'vitest';
import { pressedProbe } from '../../../src/health/pressed-probe.ts';
import { newUpstreamHealth, type UpstreamHealth } from '../../../src/health/upstream-health.ts';
import { buildHealthRules, foldAll, limitedVerdict, probed, servingHealth } from '../../support/build-health.ts';
import { buildEndpoint } from '../../support/build-pairing.ts';

const rules = buildHealthRules();

/** Unproven, and held off since 0 for so many milliseconds. */
function held(index: number, forMs: number): UpstreamHealth {
  const fresh = newUpstreamHealth(buildEndpoint(index), 0);
  const holdOff = { ...fresh.holdOff, own: { until: forMs, reason: 'retry-after' as const } };
  return { ...fresh, holdOff };
}

function pressed(states: readonly UpstreamHealth[], at: number): readonly [number, number] | undefined {
  const probe = pressedProbe(states, at);
  return probe === undefined ? undefined : [probe.state.endpoint.index, probe.at];
}

function asking(state: UpstreamHealth, at: number): UpstreamHealth {
  return foldAll(state, [{ kind: 'probe-started', at, id: 1, scope: 'probe' }], rules);
}

describe('whom a waiting call has probed', () => {
  test('is the soonest free of those held off', () => {
    expect(pressed([held(0, 3000), held(1, 2000), held(2, 4000)], 100)).toEqual([1, 100]);
  });

  test('is nobody where somebody is proven', () => {
    expect(pressed([held(0, 3000), servingHealth(0, rules, buildEndpoint(1))], 100)).toBeUndefined();
  });

  test('is nobody who is never asked: cordoned, quarantined, or of another chain', () => {
    const convicted = foldAll(held(0, 3000), [{ kind: 'convicted', at: 1, evidence: 'wrong data' }], rules);
    const cordoned = { ...held(1, 3000), cordoned: true };
    const wrong: UpstreamHealth = { ...held(2, 3000), identity: 'wrong' };
    expect(pressed([convicted, cordoned, wrong], 100)).toBeUndefined();
    expect(pressed([convicted, cordoned, wrong, held(3, 9000)], 100)).toEqual([3, 100]);
  });

  test('is nobody whose budget is spent and is to stop; one whose budget leaves a last resort is asked', () => {
    const spent = (floor: 'open' | 'closed'): UpstreamHealth => {
      const fresh = held(0, 3000);
      return { ...fresh, holdOff: { ...fresh.holdOff, budget: { until: 9000, floor } } };
    };
    expect(pressed([spent('closed')], 100)).toBeUndefined();
    expect(pressed([spent('closed'), held(1, 20_000)], 100)).toEqual([1, 100]);
    expect(pressed([spent('open')], 100)).toEqual([0, 100]);
  });

  test('is asked at most once a second, and then the next in order before it', () => {
    const limited = { verdict: limitedVerdict(60_000), detail: '429', connection: 1, sentAt: 100, at: 120 };
    const failed = { kind: 'failed', ...limited } as const;
    const told = probed(
      held(0, 2000),
      { at: 100, endAt: 120, outcome: 'held-off', identity: 'unclear', failed },
      rules,
    );
    expect(pressed([told, held(1, 3000)], 120)).toEqual([1, 120]);
    expect(pressed([told], 120)).toEqual([0, 1120]);
  });

  test('waits a second for the one that is being asked, and no longer', () => {
    expect(pressed([asking(held(0, 2000), 100), held(1, 3000)], 200)).toEqual([1, 1100]);
    expect(pressed([asking(held(0, 2000), 100), held(1, 3000)], 5000)).toEqual([1, 5000]);
    expect(pressed([asking(held(0, 2000), 100)], 5000)).toBeUndefined();
  });
});
