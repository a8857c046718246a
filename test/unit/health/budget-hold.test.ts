import { describe, expect, test } from 'vitest';
import { describeStanding } from '../../../src/health/describe-standing.ts';
import type { UpstreamEvent } from '../../../src/health/health-event.ts';
import { pressedProbe } from '../../../src/health/pressed-probe.ts';
import { startHealth } from '../../../src/health/start-health.ts';
import { dueProbe, heldOff, newUpstreamHealth, type UpstreamHealth } from '../../../src/health/upstream-health.ts';
import type { BudgetHold } from '../../../src/model/account.ts';
import {
  answersCounted,
  attemptFailed,
  buildHealthPolicy,
  buildHealthRules,
  buildSpec,
  foldAll,
  limitedVerdict,
  servingHealth,
} from '../../support/build-health.ts';
import { buildEndpoint } from '../../support/build-pairing.ts';
import { createScriptedAsk } from '../../support/scripted-ask.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

const rules = buildHealthRules();
const serving = servingHealth(0, rules);
const shut: BudgetHold = { until: 900_000, floor: 'closed' };
const open: BudgetHold = { until: 900_000, floor: 'open' };

function held(hold: BudgetHold | undefined, at = 1000): UpstreamEvent {
  return { kind: 'budget-held', at, hold };
}

function fold(state: UpstreamHealth, ...events: readonly UpstreamEvent[]): UpstreamHealth {
  return foldAll(state, events, rules);
}

describe('an upstream whose budget is spent', () => {
  test('is held off with the reason quota, and keeps its standing', () => {
    const state = fold(serving, held(open));
    expect(heldOff(state, 1000)).toEqual({ until: 900_000, reason: 'quota' });
    expect(state.course).toEqual(serving.course);
    expect(describeStanding(state, 1000)).toContain('held off for 15 min: its budget is spent');
  });

  test('is not freed by a good answer, only by its budget or its end', () => {
    const answered = answersCounted(serving, { at: 2000, good: 5, newestSentAt: 1500 });
    expect(heldOff(fold(serving, held(open), answered), 2000)).toBeDefined();
    expect(heldOff(fold(serving, held(open), held(undefined, 3000)), 3000)).toBeUndefined();
    expect(heldOff(fold(serving, held(open), { kind: 'time-passed', at: 900_000 }), 900_000)).toBeUndefined();
  });

  test('with a closed floor is shut, whatever its vendor asks beside that', () => {
    const limited = attemptFailed(serving, { at: 2000, verdict: limitedVerdict(3_000_000) });
    const state = fold(serving, held(shut), limited);
    expect(heldOff(state, 2000)).toEqual({ until: 900_000, reason: 'quota', floor: 'closed' });
    expect(heldOff(state, 900_001)).toMatchObject({ reason: 'retry-after' });
  });

  test('with an open floor is held off as long as whoever asks longer', () => {
    const state = fold(serving, held(open), attemptFailed(serving, { at: 2000, verdict: limitedVerdict(3_000_000) }));
    expect(heldOff(state, 2000)).toMatchObject({ reason: 'retry-after' });
  });

  test('is not probed before its budget begins anew', () => {
    const state = fold(newUpstreamHealth(buildEndpoint(0), 0), held(open));
    expect(dueProbe(state)?.at).toBe(900_000);
  });

  test('is asked who it is for a call that waits where its floor is open, and not where it is closed', () => {
    const fresh = newUpstreamHealth(buildEndpoint(0), 0);
    expect(pressedProbe([fold(fresh, held(open))], 2000)?.at).toBe(2000);
    expect(pressedProbe([fold(fresh, held(shut))], 2000)).toBeUndefined();
  });

  test('folded twice is one object', () => {
    const state = fold(serving, held(open));
    expect(fold(state, held({ ...open }))).toBe(state);
  });
});

test('a health that starts or is given endpoints with a spent budget asks them nothing', () => {
  const clock = createVirtualClock();
  const { ask, asked } = createScriptedAsk(clock, () => ({ value: 7 }));
  let hold: BudgetHold | undefined = shut;
  const endpoints = [buildEndpoint(0)];
  const health = startHealth(
    { chain: 'testnet', spec: buildSpec(), endpoints, policy: buildHealthPolicy(), restored: new Map() },
    {
      clock,
      ask,
      emit: () => undefined,
      onChange: () => undefined,
      headSeen: () => undefined,
      budgetOf: () => hold,
    },
  );
  clock.advance(60_000);
  health.replace([buildEndpoint(0), buildEndpoint(1)]);
  clock.advance(60_000);
  expect(asked).toEqual([]);
  hold = undefined;
  health.budgetsChanged();
  clock.advance(100);
  expect(new Set(asked.map(({ upstream }) => upstream))).toEqual(new Set([buildEndpoint(0).key, buildEndpoint(1).key]));
  health.close();
});
