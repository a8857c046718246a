import { expect, test } from 'vitest';
import { nextHealth } from '../../../src/health/next-health.ts';
import { showUpstream } from '../../../src/health/pairing.ts';
import { standingOf, type UpstreamHealth } from '../../../src/health/upstream-health.ts';
import { answersCounted, attemptFailed, buildHealthRules, servingHealth } from '../../support/build-health.ts';

const rules = buildHealthRules();

/** Answers every third call badly, two calls of different methods in turn, ten calls a second. */
function askThirty(state: UpstreamHealth): UpstreamHealth {
  return Array.from({ length: 30 }, (_, n) => n).reduce((folded, n) => {
    const at = 1000 + n * 100;
    const method = n % 2 === 0 ? 'call' : 'logs';
    if (n % 3 !== 0) return nextHealth(folded, answersCounted(folded, { at, methods: new Map([[method, 1]]) }), rules);
    return nextHealth(folded, attemptFailed(folded, { at, connection: n, method }), rules);
  }, state);
}

test('B13, F-159: one that answers most calls well, but fewer than four of five, is blocked for its rate and keeps no share', () => {
  const state = askThirty(servingHealth(0, rules));
  expect(standingOf(state)).toMatchObject({ kind: 'blocked', reason: 'error-rate' });
  const shown = showUpstream({ health: state, lagging: false, outlier: false }, 4000, rules.policy);
  expect(shown).toMatchObject({ standing: 'blocked', share: 0 });
});
