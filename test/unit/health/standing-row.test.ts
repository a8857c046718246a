import { describe, expect, test } from 'vitest';
import type { UpstreamEvent } from '../../../src/health/health-event.ts';
import { restoredHealth, standingRow } from '../../../src/health/standing-row.ts';
import { dueProbe, heldOff, newUpstreamHealth, type UpstreamHealth } from '../../../src/health/upstream-health.ts';
import {
  answersCounted,
  attemptFailed,
  blockedHealth,
  buildHealthRules,
  foldAll,
  limitedVerdict,
  probed,
  servingHealth,
} from '../../support/build-health.ts';
import { buildEndpoint } from '../../support/build-pairing.ts';

const rules = buildHealthRules();
const serving = servingHealth(1000, rules);
const blocked = blockedHealth(1000, rules);

function fold(state: UpstreamHealth, ...events: readonly UpstreamEvent[]): UpstreamHealth {
  return foldAll(state, events, rules);
}

/** What the next process makes of it: the row went through JSON, and the clock began anew. */
function restarted(state: UpstreamHealth, at: number, endpoint = state.endpoint): UpstreamHealth {
  const row: unknown = JSON.parse(JSON.stringify(standingRow(state, at)));
  return restoredHealth(endpoint, { row, at: 50, toWall: 0 }, rules);
}

describe('a restart', () => {
  test('F-225: blocked stays blocked, with its reason, age, trips and place in the schedule, and is probed at once', () => {
    const failed = probed(blocked, { at: 3000, outcome: 'failed', detail: 'still down' }, rules);
    const state = restarted(failed, 4000);
    expect(state.course).toEqual({
      standing: {
        kind: 'blocked',
        since: 50 - 3000,
        reason: 'failed-polls',
        detail: 'still down',
        nextProbeAt: 4050,
        failedProbes: 1,
        cleanProbes: 0,
      },
      trips: 1,
      tripsAt: 50 - 3000,
    });
    expect(dueProbe(state)).toEqual({ scope: 'probe', at: 50 });
    expect(state.identity).toBe('unknown');
  });

  test('serving comes back as unproven', () => {
    const state = restarted(serving, 9000);
    expect(state.course.standing).toEqual({ kind: 'unproven', since: 50 });
    expect(state.identity).toBe('unknown');
    expect(dueProbe(state)).toEqual({ scope: 'probe', at: 50 });
  });

  test('probation keeps its step and starts its counts anew; identity is checked at once', () => {
    const first = probed(probed(blocked, { at: 3000 }, rules), { at: 5000 }, rules);
    const second = fold(first, answersCounted(first, { at: 15_000, good: 12 }));
    const state = restarted(second, 16_000);
    expect(state.course.standing).toEqual({
      kind: 'probation',
      since: 50 - 11_000,
      step: 1,
      stepSince: 50,
      clean: 0,
      cleanPolls: 0,
    });
    expect(dueProbe(state)).toEqual({ scope: 'identity', at: 50 });
  });

  test('quarantined stays so, with its evidence', () => {
    const state = restarted(fold(serving, { kind: 'convicted', at: 2000, evidence: 'e1' }), 5000);
    expect(state.course.standing).toEqual({ kind: 'quarantined', since: 50 - 3000, evidence: 'e1' });
  });

  test('F-177: a wrong identity stays wrong', () => {
    const wrong = probed(serving, { at: 2000, scope: 'identity', identity: 'wrong', outcome: 'failed' }, rules);
    expect(restarted(wrong, 3000)).toMatchObject({
      identity: 'wrong',
      course: { standing: { reason: 'wrong-identity' } },
    });
  });

  test('a cordon and what is left of a hold-off stay', () => {
    const state = fold(
      serving,
      { kind: 'cordoned', at: 1500 },
      attemptFailed(serving, { at: 2000, verdict: limitedVerdict(60_000) }),
    );
    const left = (heldOff(state, 5000)?.until ?? 0) - 5000;
    const next = restarted(state, 5000);
    expect(next.cordoned).toBe(true);
    expect(heldOff(next, 50)).toEqual({ until: 50 + left, reason: 'retry-after' });
    expect(dueProbe(next)?.at).toBe(50 + left);
  });

  test('a change of tier changes no standing', () => {
    const backup = buildEndpoint(0, { tier: 'backup' });
    expect(restarted(blocked, 4000, backup).course).toEqual(restarted(blocked, 4000).course);
  });

  test('writes no failing read to the disk', () => {
    const failed = fold(
      serving,
      attemptFailed(serving, { at: 2000, replay: { method: 'call', params: '["secret"]' } }),
    );
    expect(JSON.stringify(standingRow(failed, 2000))).not.toContain('secret');
  });
});

describe('a row that cannot be read', () => {
  const endpoint = buildEndpoint(0);
  const fresh = newUpstreamHealth(endpoint, 50);

  test.each([
    undefined,
    null,
    7,
    'blocked',
    [],
    {},
    { version: 1 },
    { version: 1, standing: 'blocked' },
    { version: 1, standing: { kind: 'asleep' } },
    { version: 2, standing: { kind: 'blocked' } },
  ])('%j is no row', (row) => {
    expect(restoredHealth(endpoint, { row, at: 50, toWall: 0 }, rules)).toEqual(fresh);
  });

  test('has its numbers and texts kept within bounds', () => {
    const row = {
      version: 1,
      standing: { kind: 'blocked', ageMs: -5, reason: 'because', detail: 'x'.repeat(5000), failedProbes: 1e9 },
      trips: 1e9,
      tripsAgeMs: 'long',
      holdOff: { forMs: 1e15, reason: 'provider', level: 1e9 },
      identity: 'confirmed',
      cordoned: 'yes',
    };
    const state = restoredHealth(endpoint, { row, at: 50, toWall: 0 }, rules);
    expect(state.course.standing).toMatchObject({
      kind: 'blocked',
      since: 50,
      reason: 'failed-first-probe',
      failedProbes: 64,
    });
    expect(state.course.trips).toBe(64);
    expect(state.identity).toBe('unknown');
    expect(state.cordoned).toBe(false);
    expect(heldOff(state, 50)?.until).toBeLessThanOrEqual(50 + 4_320_000);
    expect(JSON.stringify(state).length).toBeLessThan(3000);
  });
});
