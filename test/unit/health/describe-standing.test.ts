import { describe, expect, test } from 'vitest';
import { describeStanding, nextProbeAt } from '../../../src/health/describe-standing.ts';
import type { UpstreamEvent } from '../../../src/health/health-event.ts';
import { newUpstreamHealth, type UpstreamHealth } from '../../../src/health/upstream-health.ts';
import {
  attemptFailed,
  blockedHealth,
  buildHealthRules,
  buildVerdict,
  foldAll,
  limitedVerdict,
  probed,
  servingHealth,
} from '../../support/build-health.ts';
import { buildEndpoint } from '../../support/build-pairing.ts';

const rules = buildHealthRules();
const serving = servingHealth(0, rules);

function fold(state: UpstreamHealth, ...events: readonly UpstreamEvent[]): UpstreamHealth {
  return foldAll(state, events, rules);
}

describe('the sentence of a standing', () => {
  test('says what it is, since when, why, and what comes next', () => {
    const refused = [1, 2, 3].map((connection) =>
      attemptFailed(serving, {
        at: 1000,
        connection,
        verdict: buildVerdict('connect-failed'),
        detail: 'connection refused',
      }),
    );
    const blocked = fold(serving, ...refused);
    expect(describeStanding(blocked, 1000)).toBe(
      'blocked 0 s: refused connections (call: connection refused); next probe in 2 s',
    );
    let late = blocked;
    for (let at = 3000; at < 840_000; at = nextProbeAt(late, at) ?? at)
      late = probed(late, { at, outcome: 'failed', detail: 'refused' }, rules);
    expect(describeStanding(late, 843_000)).toMatch(
      /^blocked 14 min: refused connections \(refused\); next probe (?:in \d+ s|due now)$/,
    );
  });

  test('of each standing reads well', () => {
    const fresh = newUpstreamHealth(buildEndpoint(0), 0);
    const blocked = blockedHealth(0, rules);
    const probing = fold(blocked, { kind: 'probe-started', at: 2000, id: 1, scope: 'probe' });
    const probation = probed(probed(blocked, { at: 2000 }, rules), { at: 4000 }, rules);
    const convicted = fold(serving, { kind: 'convicted', at: 0, evidence: 'e1' });
    expect(describeStanding(fresh, 0)).toBe('unproven: first probe due now; identity is not yet confirmed');
    expect(describeStanding(serving, 7_200_000)).toBe('serving for 2 h');
    expect(describeStanding(probing, 2000)).toBe('blocked 2 s: failed polls (poll: timed out); probe under way');
    expect(describeStanding(probation, 9000)).toBe('in probation for 5 s: step 1 of 2, 0 clean answers');
    expect(describeStanding(convicted, 260_000_000)).toBe('quarantined 3 d: it served wrong data (e1)');
  });

  test('adds what stands beside it', () => {
    const state = fold(
      serving,
      attemptFailed(serving, { at: 1000, method: 'logs' }),
      attemptFailed(serving, { at: 1000, verdict: limitedVerdict(100_000) }),
      { kind: 'cordoned', at: 1000 },
      {
        kind: 'head-judged',
        upstream: serving.endpoint.key,
        at: 1000,
        lagging: true,
        outlier: false,
        behindSince: 500,
      },
    );
    expect(describeStanding(state, 1000)).toMatch(
      /^serving for 1 s; held off for (?:10\d|11\d|2 min|[\d ]+(?:s|min)): it named the time; cordoned by an operator; lagging behind the tip; avoided for logs$/,
    );
  });

  test('a probe waits for the end of a hold-off', () => {
    const state = fold(blockedHealth(0, rules), attemptFailed(serving, { at: 100 }));
    const held = fold(
      state,
      attemptFailed(state, { at: 100, verdict: buildVerdict('quota-exhausted', { blame: 'none', holdOff: true }) }),
    );
    expect(nextProbeAt(held, 100)).toBe(600_100);
    expect(nextProbeAt(serving, 100)).toBeUndefined();
  });
});
