import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { UpstreamEvent } from '../../src/health/health-event.ts';
import { nextHealth } from '../../src/health/next-health.ts';
import { standingOf, type UpstreamHealth } from '../../src/health/upstream-health.ts';
import {
  answersCounted,
  attemptFailed,
  buildHealthRules,
  buildVerdict,
  pollAnswered,
  servingHealth,
} from '../support/build-health.ts';

const rules = buildHealthRules();

type Step =
  | { readonly kind: 'refused'; readonly payload: number; readonly afterMs: number }
  | { readonly kind: 'good' | 'polled'; readonly afterMs: number };

const afterMs = fc.integer({ min: 0, max: 3000 });

function steps(payloads: number): fc.Arbitrary<readonly Step[]> {
  const refused = fc.record({
    kind: fc.constant('refused' as const),
    payload: fc.integer({ min: 0, max: payloads - 1 }),
    afterMs,
  });
  const well = fc.record({ kind: fc.constantFrom('good' as const, 'polled' as const), afterMs });
  return fc.array(fc.oneof({ weight: 5, arbitrary: refused }, { weight: 1, arbitrary: well }), { maxLength: 80 });
}

function eventOf(state: UpstreamHealth, step: Step, at: number): UpstreamEvent {
  switch (step.kind) {
    case 'refused': {
      const method = step.payload % 2 === 0 ? 'call' : 'logs';
      const replay = { method, params: `["${step.payload}"]` };
      return attemptFailed(state, { at, connection: at, method, replay, verdict: buildVerdict('auth-failed') });
    }
    case 'good':
      return answersCounted(state, { at });
    case 'polled':
      return pollAnswered({ upstream: state.endpoint.key, at, sentAt: at });
  }
}

function walk(all: readonly Step[]): readonly UpstreamHealth[] {
  const seen = [servingHealth(0, rules)];
  let at = 1000;
  for (const step of all) {
    at += step.afterMs;
    const state = seen.at(-1) ?? servingHealth(0, rules);
    seen.push(nextHealth(state, eventOf(state, step, at), rules));
  }
  return seen;
}

test('F-038: two queries that a firewall turns away, in whatever order and however often, neither block nor avoid anything', () => {
  fc.assert(
    fc.property(steps(2), (all) => {
      for (const state of walk(all)) {
        expect(standingOf(state).kind).toBe('serving');
        expect(state.avoidance.avoided.size).toBe(0);
      }
    }),
    { numRuns: 200 },
  );
});

test('F-038: however many different ones are turned away, what is kept of them is bounded, and what counts is no more than came', () => {
  fc.assert(
    fc.property(steps(40), (all) => {
      const refused = all.filter(({ kind }) => kind === 'refused').length;
      for (const state of walk(all)) {
        expect(state.refused.length).toBeLessThanOrEqual(3);
        expect(state.streak.count).toBeLessThanOrEqual(Math.max(0, refused - 2));
      }
    }),
    { numRuns: 200 },
  );
});
