import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { UpstreamEvent } from '../../src/health/health-event.ts';
import { nextHealth } from '../../src/health/next-health.ts';
import type { ProbeResult } from '../../src/health/probe.ts';
import { restoredHealth, standingRow } from '../../src/health/standing-row.ts';
import { dueProbe, heldOff, newUpstreamHealth, type UpstreamHealth } from '../../src/health/upstream-health.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import {
  answersCounted,
  attemptFailed,
  buildHealthRules,
  buildProbeResult,
  buildVerdict,
  limitedVerdict,
  pollAnswered,
  pollFailed,
  revertedVerdict,
} from '../support/build-health.ts';
import { buildEndpoint } from '../support/build-pairing.ts';

const rules = buildHealthRules({ probeJitter: 0.2 });

/** What can happen. Often named, often drawn. */
const deeds = [
  ...([
    'good',
    'good',
    'good',
    'failed',
    'failed',
    'blameless',
    'limited',
    'poll-good',
    'poll-good',
    'poll-failed',
  ] as const),
  ...(['probe', 'probe', 'probe', 'probe', 'probe', 'probe', 'head', 'head', 'head', 'time', 'epoch'] as const),
  ...([
    'convicted',
    'healed',
    'cordoned',
    'asked',
    'provider',
    'budget',
    'excused',
    'reconnected',
    'elsewhere',
  ] as const),
] as const;

/** One thing that happens, as chance draws it; `toEvent` fits it to the state it meets. */
const anyStep = fc.record({
  what: fc.constantFrom(...deeds),
  wait: fc.constantFrom(0, 0, 0, 1, 200, 500, 1000, 1000, 2000, 6000, 11_000, 31_000, 120_000),
  /** Sent under the present generation, or under one before. */
  isLate: fc.constantFrom(false, false, false, false, true),
  connection: fc.integer({ min: 1, max: 30 }),
  method: fc.constantFrom('call', 'call', 'logs', 'trace'),
  meaning: fc.constantFrom(
    'timeout',
    'server-error',
    'connect-failed',
    'connect-failed',
    'connection-lost',
    'wrong-chain',
  ),
  blameless: fc.integer({ min: 0, max: 4 }),
  retryAfterMs: fc.constantFrom(undefined, undefined, 0, 5000, 90_000),
  good: fc.integer({ min: 1, max: 15 }),
  flag: fc.boolean(),
  outcome: fc.constantFrom(
    'clean',
    'clean',
    'clean',
    'clean',
    'clean',
    'clean',
    'failed',
    'held-off',
    'told-nothing',
    'wrong',
    'replay-failed',
  ),
} as const);

type Step = typeof anyStep extends fc.Arbitrary<infer Value> ? Value : never;

const blameless: readonly Verdict[] = [
  buildVerdict('cancelled', { blame: 'none', retry: 'no' }),
  buildVerdict('generic', { blame: 'none', retry: 'once' }),
  buildVerdict('data-missing', { blame: 'capability' }),
  buildVerdict('method-unsupported', { blame: 'capability', retry: 'once' }),
  buildVerdict('local-network', { blame: 'none' }),
];

function probeResult({ outcome, retryAfterMs }: Step, at: number): ProbeResult {
  const failed = { kind: 'failed', detail: 'no', connection: 9, sentAt: at, at } as const;
  switch (outcome) {
    case 'clean':
      return buildProbeResult({ replay: 'passed' });
    case 'failed':
      return buildProbeResult({
        outcome,
        identity: 'unclear',
        failed: { ...failed, verdict: buildVerdict('timeout') },
      });
    case 'held-off':
      return buildProbeResult({
        outcome,
        identity: 'unclear',
        failed: { ...failed, verdict: limitedVerdict(retryAfterMs) },
      });
    case 'told-nothing':
      return buildProbeResult({ outcome, identity: 'unclear' });
    case 'wrong':
      return buildProbeResult({ outcome: 'failed', identity: 'wrong' });
    case 'replay-failed':
      return buildProbeResult({
        outcome: 'failed',
        replay: 'failed',
        failed: { ...failed, verdict: buildVerdict('timeout') },
      });
  }
}

function callEvent(state: UpstreamHealth, step: Step, at: number): UpstreamEvent {
  const { connection, method, meaning, retryAfterMs } = step;
  const generation = step.isLate ? state.generation - 1 : state.generation;
  const sentAt = step.isLate ? state.generationAt - 1 : at;
  const attempt = { at, sentAt, generation, connection, method };
  if (step.what === 'good') return answersCounted(state, { at, generation, good: step.good, newestSentAt: sentAt });
  if (step.what === 'limited') return attemptFailed(state, { ...attempt, verdict: limitedVerdict(retryAfterMs) });
  if (step.what === 'blameless') {
    const verdict = blameless[step.blameless];
    return attemptFailed(state, { ...attempt, ...(verdict === undefined ? {} : { verdict }) });
  }
  return attemptFailed(state, {
    ...attempt,
    verdict: buildVerdict(meaning),
    replay: { method, params: `[${connection}]` },
  });
}

/** The event a step makes of the state it meets; undefined where it makes no sense there. */
function toEvent(state: UpstreamHealth, step: Step, at: number): UpstreamEvent | undefined {
  const upstream = state.endpoint.key;
  const sentAt = step.isLate ? state.generationAt - 1 : at;
  const { running } = state.probe;
  switch (step.what) {
    case 'good':
    case 'failed':
    case 'blameless':
    case 'limited':
      return callEvent(state, step, at);
    case 'poll-good':
      return pollAnswered({ at, sentAt });
    case 'poll-failed':
      return pollFailed({
        at,
        sentAt,
        connection: step.connection,
        broken: step.flag,
        verdict: buildVerdict(step.meaning),
      });
    case 'probe': {
      if (running !== undefined) return { kind: 'probe-ended', at, id: running.id, result: probeResult(step, at) };
      const due = dueProbe(state);
      return due === undefined || due.at > at ? undefined : { kind: 'probe-started', at, id: at, scope: due.scope };
    }
    case 'head':
      return {
        kind: 'head-judged',
        upstream,
        at,
        lagging: step.flag,
        outlier: step.blameless > 2,
        behindSince: step.flag ? at - step.good * 2500 : undefined,
      };
    case 'time':
      return { kind: 'time-passed', at };
    case 'epoch':
      return { kind: 'epoch-started', at };
    case 'convicted':
      return step.isLate ? { kind: 'convicted', at, evidence: 'e' } : undefined;
    case 'healed':
      return { kind: 'healed', at };
    case 'cordoned':
      return { kind: step.flag ? 'cordoned' : 'uncordoned', at };
    case 'asked':
      return { kind: 'probe-asked', at };
    case 'provider':
      return { kind: 'provider-held', at, until: step.flag ? at + 5000 : undefined };
    case 'budget':
      return { kind: 'budget-held', at, hold: step.flag ? { until: at + 20_000, floor: 'closed' } : undefined };
    case 'excused':
      return { kind: 'failure-excused', upstream, at, generation: state.generation, method: step.method };
    case 'reconnected':
      return { kind: 'reconnected', upstream, at };
    case 'elsewhere':
      return { kind: 'replay-failed-elsewhere', at, method: step.method, params: `[${step.connection}]` };
  }
}

interface Moment {
  readonly before: UpstreamHealth;
  readonly event: UpstreamEvent;
  readonly after: UpstreamHealth;
  readonly at: number;
}

/** Walks one upstream through the steps and hands each moment to `check`. Time passes in a step of its own, so causes stay apart. */
function walk(steps: readonly Step[], check: (moment: Moment) => void): UpstreamHealth {
  let at = 10_000;
  let state = deepFrozen(newUpstreamHealth(buildEndpoint(0), at));
  const take = (event: UpstreamEvent): void => {
    const before = state;
    state = deepFrozen(nextHealth(before, event, rules));
    check({ before, event, after: state, at });
  };
  for (const step of steps) {
    at += step.wait;
    if (step.wait > 0) take({ kind: 'time-passed', at });
    const event = toEvent(state, step, at);
    if (event !== undefined) take(event);
  }
  return state;
}

/** Frozen, so that a machine that writes on its state throws. */
function deepFrozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const member of Object.values(value)) deepFrozen(member);
  return value;
}

/** Walks of up to 100 steps. Each draws from some of the deeds only, so that some walks are quiet and others are one long failure. */
const anyWalk: fc.Arbitrary<readonly Step[]> = fc
  .subarray([...new Set(deeds)], { minLength: 2 })
  .chain((some) => {
    const drawn = deeds.filter((deed) => some.includes(deed) || deed === 'probe');
    return fc.array(fc.tuple(anyStep, fc.constantFrom(...drawn)), { maxLength: 100, size: 'max' });
  })
  .map((steps) => steps.map(([step, what]) => ({ ...step, what })));

function kindOf(state: UpstreamHealth): string {
  return state.course.standing.kind;
}

function placeOf({ course: { standing } }: UpstreamHealth): string {
  return standing.kind === 'probation' ? `probation ${standing.step}` : standing.kind;
}

/** A small model of the machine, written from the contract: which event may bring about which change of standing. */
function mayMove({ before, event, after }: Moment): boolean {
  const from = before.course.standing;
  const to = after.course.standing;
  const result = event.kind === 'probe-ended' ? event.result : undefined;
  if (to.kind === 'quarantined') return event.kind === 'convicted';
  if (from.kind === 'quarantined')
    return (
      event.kind === 'healed' &&
      (before.identity === 'wrong' ? to.kind === 'blocked' : placeOf(after) === 'probation 0')
    );
  if (from.kind === 'unproven')
    return to.kind === 'serving' ? result?.outcome === 'clean' : to.kind === 'blocked' && result?.outcome === 'failed';
  if (from.kind === 'blocked')
    return placeOf(after) === 'probation 0' && result?.outcome === 'clean' && from.cleanProbes === 1;
  if (to.kind === 'blocked') return mayBlock(before, event);
  if (from.kind !== 'probation') return false;
  if (from.step === 1 && placeOf(after) === 'probation 0') return mayBlock(before, event);
  const isNextPlace = from.step === 0 ? placeOf(after) === 'probation 1' : to.kind === 'serving';
  return isNextPlace && after.generationAt - from.stepSince >= 10_000;
}

/** Only what blames the upstream, the state of its head, or a wrong identity takes it out of rotation. */
function mayBlock(before: UpstreamHealth, event: UpstreamEvent): boolean {
  switch (event.kind) {
    case 'attempt-failed':
      return event.verdict.blame === 'upstream' && event.generation === before.generation;
    case 'poll-failed':
      return !event.verdict.holdOff && event.sentAt >= before.generationAt;
    case 'head-judged':
    case 'time-passed':
      return (
        before.head.behindSince !== undefined ||
        (event.kind === 'head-judged' && (event.outlier || event.behindSince !== undefined))
      );
    case 'probe-ended':
      return event.result.outcome === 'failed';
    default:
      return false;
  }
}

describe('whatever happens, in whatever order', () => {
  test('rules 2, 5, 7, 9: standing moves only for the reasons the contract gives', () => {
    fc.assert(
      fc.property(anyWalk, (steps) => {
        walk(steps, (moment) => {
          if (placeOf(moment.before) !== placeOf(moment.after))
            expect(mayMove(moment), JSON.stringify(moment.event)).toBe(true);
        });
      }),
      { numRuns: 700 },
    );
  });

  test('rule 1, I1: nothing serves or is in probation without a confirmed identity, and only a passed check ends a wrong one', () => {
    fc.assert(
      fc.property(anyWalk, (steps) => {
        walk(steps, ({ before, event, after }) => {
          if (kindOf(after) === 'serving' || kindOf(after) === 'probation')
            expect(
              after.identity === 'confirmed' ||
                before.course.standing.kind === 'quarantined' ||
                kindOf(before) === kindOf(after),
            ).toBe(true);
          if (after.identity === 'wrong') expect(['blocked', 'quarantined']).toContain(kindOf(after));
          if (before.identity === 'wrong' && after.identity !== 'wrong')
            expect(event).toMatchObject({ kind: 'probe-ended', result: { identity: 'confirmed' } });
        });
      }),
      { numRuns: 300 },
    );
  });

  test('rule 3, I22: a backup goes through the very same course as a primary', () => {
    fc.assert(
      fc.property(anyWalk, (steps) => {
        let primary = newUpstreamHealth(buildEndpoint(0, { tier: 'primary' }), 10_000);
        let backup = newUpstreamHealth(buildEndpoint(0, { tier: 'backup' }), 10_000);
        let at = 10_000;
        for (const step of steps) {
          at += step.wait;
          const event = toEvent(primary, step, at) ?? { kind: 'time-passed', at };
          primary = nextHealth(primary, event, rules);
          backup = nextHealth(backup, event, rules);
        }
        expect({ ...backup, endpoint: primary.endpoint }).toEqual(primary);
      }),
      { numRuns: 200 },
    );
  });

  test('rule 10, I10, I11: rate limits, reverts and other blameless answers touch no failure counter and block nobody', () => {
    fc.assert(
      fc.property(anyWalk, (steps) => {
        const counters = ({ streak, polls, lastFailedAt, course }: UpstreamHealth) => ({
          streak,
          polls,
          lastFailedAt,
          course,
        });
        walk(steps, ({ before, event, after, at }) => {
          const isLimit = (event.kind === 'attempt-failed' || event.kind === 'poll-failed') && event.verdict.holdOff;
          if (isLimit) expect(counters(after)).toEqual(counters(before));
          if (kindOf(before) !== 'serving') return;
          const present = nextHealth(before, { kind: 'time-passed', at }, rules);
          if (present.generation !== before.generation) return;
          for (const verdict of [revertedVerdict, ...blameless]) {
            const next = nextHealth(present, attemptFailed(present, { at, verdict }), rules);
            expect(next.course).toBe(present.course);
            if (verdict !== revertedVerdict) expect(counters(next)).toEqual(counters(present));
          }
        });
      }),
      { numRuns: 100 },
    );
  });

  test('rule 11, I5: a generation begins exactly with a change of standing or identity, and what is older changes nothing', () => {
    fc.assert(
      fc.property(anyWalk, (steps) => {
        walk(steps, ({ before, event, after }) => {
          const isNew = placeOf(before) !== placeOf(after) || before.identity !== after.identity;
          expect(after.generation).toBe(isNew ? before.generation + 1 : before.generation);
          const isLateCall = 'generation' in event && event.generation !== before.generation;
          const isLatePoll =
            (event.kind === 'poll-answered' || event.kind === 'poll-failed') && event.sentAt < before.generationAt;
          if (isLateCall || isLatePoll) expect(after).toBe(before);
        });
      }),
      { numRuns: 300 },
    );
  });

  test('rule 8, I7: the next probe is never further off than its schedule allows, and no epoch or operator puts it off', () => {
    fc.assert(
      fc.property(anyWalk, (steps) => {
        walk(steps, ({ before, event, after, at }) => {
          const { standing, trips } = after.course;
          const was = before.course.standing;
          if (standing.kind !== 'blocked') return;
          const most = Math.min(
            300_000,
            Math.max(60_000, 2000 * 2 ** Math.max(0, Math.max(trips, before.course.trips) - 1)),
          );
          if (was.kind !== 'blocked' || was.nextProbeAt !== standing.nextProbeAt)
            expect(standing.nextProbeAt - at).toBeLessThanOrEqual(most);
          if (was.kind === 'blocked' && event.kind !== 'probe-ended')
            expect(standing.nextProbeAt).toBe(was.nextProbeAt);
          if (was.kind === 'blocked') expect(standing.failedProbes).toBeGreaterThanOrEqual(was.failedProbes);
        });
      }),
      { numRuns: 300 },
    );
  });

  test('I8: whoever is blocked or unproven has a probe under way or due, once it is not held off', () => {
    fc.assert(
      fc.property(anyWalk, (steps) => {
        walk(steps, ({ after, at }) => {
          if ((kindOf(after) !== 'blocked' && kindOf(after) !== 'unproven') || after.probe.running !== undefined)
            return;
          const due = dueProbe(after);
          expect(due?.scope).toBe('probe');
          expect(
            (due?.at ?? Number.POSITIVE_INFINITY) - Math.max(at, heldOff(after, at)?.until ?? 0),
          ).toBeLessThanOrEqual(300_000);
        });
      }),
      { numRuns: 300 },
    );
  });

  test('I6: neither an epoch nor time takes anybody out of a block, and an epoch forgives one trip', () => {
    fc.assert(
      fc.property(anyWalk, (steps) => {
        walk(steps, ({ before, event, after }) => {
          if (event.kind !== 'epoch-started' && event.kind !== 'time-passed') return;
          if (kindOf(before) === 'blocked') expect(kindOf(after)).toBe('blocked');
          if (event.kind === 'epoch-started') expect(after.course.trips).toBe(Math.max(0, before.course.trips - 1));
        });
      }),
      { numRuns: 300 },
    );
  });

  test('I21: a restart changes no standing, save that serving is to be proven again', () => {
    fc.assert(
      fc.property(anyWalk, (steps) => {
        const state = walk(steps, () => undefined);
        const row: unknown = JSON.parse(JSON.stringify(standingRow(state, 1e9)));
        const restored = restoredHealth(state.endpoint, { row, at: 0, toWall: 0 }, rules);
        expect(placeOf(restored)).toBe(kindOf(state) === 'serving' ? 'unproven' : placeOf(state));
        expect(restored.course.trips).toBe(state.course.trips);
        expect(restored.identity).toBe(state.identity === 'wrong' ? 'wrong' : 'unknown');
        expect(restored.cordoned).toBe(state.cordoned);
      }),
      { numRuns: 200 },
    );
  });

  test('everything stays bounded, and time that does not pass changes nothing', () => {
    fc.assert(
      fc.property(anyWalk, (steps) => {
        walk(steps, ({ after, at }) => {
          expect(after.window.length).toBeLessThanOrEqual(30);
          expect(after.streak.broken.length).toBeLessThanOrEqual(16);
          expect(after.history.length).toBeLessThanOrEqual(20);
          const present = nextHealth(after, { kind: 'time-passed', at }, rules);
          expect(nextHealth(present, { kind: 'time-passed', at }, rules)).toBe(present);
        });
      }),
      { numRuns: 300 },
    );
  });

  test('I9: whoever always answers from some moment on is under full share again', () => {
    fc.assert(
      fc.property(anyWalk, (steps) => {
        let at = 10_000 + steps.reduce((sum, { wait }) => sum + wait, 0) + 1_000_000;
        let state = walk(steps, () => undefined);
        if (kindOf(state) === 'quarantined') return;
        const until = at + 300_000 + 2000 + 2 * 12_000;
        for (; at <= until; at += 1000) {
          const due = dueProbe(state);
          const { running } = state.probe;
          const probe = { kind: 'probe-ended', at, id: running?.id ?? at, result: buildProbeResult() } as const;
          if (running === undefined && due !== undefined && due.at <= at)
            state = nextHealth(state, { kind: 'probe-started', at, id: at, scope: due.scope }, rules);
          if (state.probe.running !== undefined) state = nextHealth(state, probe, rules);
          state = nextHealth(state, pollAnswered({ at }), rules);
          state = nextHealth(
            state,
            { kind: 'head-judged', upstream: state.endpoint.key, at, lagging: false, outlier: false },
            rules,
          );
        }
        expect(kindOf(state)).toBe('serving');
        expect(state.identity).toBe('confirmed');
      }),
      { numRuns: 150 },
    );
  });
});

test('the walks reach every standing, every reason that they can, and come back', () => {
  const seen = new Set<string>();
  for (const steps of fc.sample(anyWalk, { numRuns: 2500, seed: 7 }))
    walk(steps, ({ before, after }) => {
      const { standing } = after.course;
      seen.add(standing.kind === 'blocked' ? standing.reason : placeOf(after));
      if (kindOf(before) === 'probation' && standing.kind === 'serving') seen.add('came back');
    });
  const expected = ['unproven', 'serving', 'probation 0', 'probation 1', 'quarantined', 'came back', 'wrong-identity'];
  const reasons = [
    'refused-connections',
    'failed-polls',
    'stale-head',
    'outlier-head',
    'failed-first-probe',
    'failed-probation',
  ];
  expect([...expected, ...reasons, 'consecutive-failures'].filter((one) => !seen.has(one))).toEqual([]);
});
