import { describe, expect, test } from 'vitest';
import type { AttemptFailed, UpstreamEvent } from '../../../src/health/health-event.ts';
import { nextHealth } from '../../../src/health/next-health.ts';
import { standingOf, type UpstreamHealth } from '../../../src/health/upstream-health.ts';
import {
  attemptFailed,
  buildHealthRules,
  buildVerdict,
  pollFailed,
  probed,
  servingHealth,
} from '../../support/build-health.ts';

const rules = buildHealthRules();
const serving = servingHealth(0, rules);

interface Refused {
  readonly at: number;
  readonly params?: string;
  readonly method?: string;
}

function refused(state: UpstreamHealth, { at, params, method = 'call' }: Refused): AttemptFailed {
  const verdict = buildVerdict('auth-failed');
  const replay = params === undefined ? {} : { replay: { method, params } };
  return attemptFailed(state, { at, sentAt: at, connection: at, method, verdict, detail: 'HTTP 403', ...replay });
}

function fold(state: UpstreamHealth, event: UpstreamEvent): UpstreamHealth {
  return nextHealth(state, event, rules);
}

function foldRefused(state: UpstreamHealth, all: readonly Refused[]): UpstreamHealth {
  return all.reduce((folded, one) => fold(folded, refused(folded, one)), state);
}

/** Refusals a second apart, of calls all different from each other, by two methods in turn. */
function differing(count: number, from = 1000): readonly Refused[] {
  return Array.from({ length: count }, (_, n) => ({
    at: from + n * 1000,
    params: `["${n}"]`,
    method: n % 2 === 0 ? 'call' : 'logs',
  }));
}

describe('a call that is turned away with 401 or 403', () => {
  test('F-038: counts for nothing while it is the same one, however often it comes, and by whatever methods beside it', () => {
    const poisonous = Array.from({ length: 50 }, (_, n) => ({ at: 1000 + n * 100, params: '["<script>"]' }));
    const state = foldRefused(serving, [...poisonous, { at: 7000, params: '["<script>"]', method: 'logs' }]);
    expect(standingOf(state).kind).toBe('serving');
    expect(state.streak.count).toBe(0);
    expect(state.window).toEqual(serving.window);
    expect(state.avoidance.avoided.size).toBe(0);
    expect(state.replay).toBeUndefined();
  });

  test('F-038: is shown as the last failure from the first on, as evidence for the operator', () => {
    const state = foldRefused(serving, [{ at: 1000, params: '["<script>"]' }]);
    expect(state.lastFailure).toMatchObject({ meaning: 'auth-failed', detail: 'HTTP 403', method: 'call' });
  });

  test('F-038: counts from the third different one on', () => {
    expect(foldRefused(serving, differing(2)).streak.count).toBe(0);
    expect(foldRefused(serving, differing(3)).streak.count).toBe(1);
    expect(foldRefused(serving, differing(6)).streak.count).toBe(4);
  });

  test('F-038: blocks once as many different ones were turned away as failures block for, beside the two that prove it', () => {
    expect(standingOf(foldRefused(serving, differing(6))).kind).toBe('serving');
    expect(standingOf(foldRefused(serving, differing(7)))).toMatchObject({
      kind: 'blocked',
      reason: 'consecutive-failures',
    });
  });

  test('F-038: counts only beside others of the same half minute', () => {
    const apart = [0, 1, 2, 3].map((n) => ({ at: 1000 + n * 16_000, params: `["${n}"]` }));
    expect(foldRefused(serving, apart).streak.count).toBe(0);
  });

  test('F-038: whose params nobody kept is one by its method', () => {
    const kept = [1000, 2000, 3000, 4000].map((at) => ({ at, method: 'logs' }));
    expect(foldRefused(serving, kept).streak.count).toBe(0);
    expect(foldRefused(serving, [...kept, { at: 5000 }, { at: 6000, method: 'trace' }]).streak.count).toBe(1);
  });

  test('F-038: does not set back an upstream in probation before three different ones were', () => {
    const tripped = [1, 2].reduce(
      (state, n) => fold(state, pollFailed({ at: n * 1000, sentAt: n * 1000, broken: true })),
      serving,
    );
    const inProbation = probed(probed(tripped, { at: 10_000 }, rules), { at: 12_000 }, rules);
    expect(standingOf(inProbation).kind).toBe('probation');
    expect(standingOf(foldRefused(inProbation, differing(2, 13_000))).kind).toBe('probation');
    expect(standingOf(foldRefused(inProbation, differing(3, 13_000))).kind).toBe('blocked');
  });

  test('F-038: a poll that is turned away is our own question: it counts at once, and is one of the three', () => {
    const verdict = buildVerdict('auth-failed');
    const polled = fold(serving, pollFailed({ at: 1000, sentAt: 1000, verdict }));
    expect(polled.polls.failed).toBe(1);
    expect(foldRefused(polled, differing(2, 2000)).streak.count).toBe(1);
    const again = [4000, 7000].reduce((state, at) => fold(state, pollFailed({ at, sentAt: at, verdict })), polled);
    expect(standingOf(again)).toMatchObject({ kind: 'blocked', reason: 'failed-polls' });
  });

  test('F-038: what was turned away before a block is no evidence after it', () => {
    const blocked = foldRefused(serving, differing(7));
    expect(blocked.refused).toEqual([]);
  });

  test('F-038: keeps nothing of what clients asked, and no more than it needs', () => {
    const secret = `["${'x'.repeat(40)}"]`;
    const state = foldRefused(serving, [...differing(4), { at: 6000, params: secret }]);
    for (const { trace } of state.refused) expect(trace).not.toContain('xx');
    expect(state.refused.length).toBe(3);
  });
});
