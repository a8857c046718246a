import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AnswerWindow,
  addToWindow,
  emptyWindow,
  isErrorRateHigh,
  windowTotals,
} from '../../src/health/answer-window.ts';
import {
  addFailure,
  type CallFailure,
  emptyStreak,
  endRefusals,
  endStreak,
  isCounted,
  isPathFailure,
  notePollFailure,
  streakVerdict,
} from '../../src/health/failure-streak.ts';
import { heldOffAt, neverHeldOff, noteClean, noteLimited, passHoldOff } from '../../src/health/hold-off.ts';
import {
  isAvoided,
  noteMethodFailure,
  noteMethodsGood,
  nothingAvoided,
  passAvoidance,
} from '../../src/health/method-avoidance.ts';
import { addFailedPoll, arePollsFailing, noFailedPolls } from '../../src/health/poll-streak.ts';
import { addAnswers, isMostlyLimited, noAnswers } from '../../src/health/recent-answers.ts';
import { buildHealthPolicy, limitedVerdict } from '../support/build-health.ts';

const policy = buildHealthPolicy();

/** What an endpoint did, one thing after another: the naive list every detector is checked against. */
type Deed =
  | ({ readonly kind: 'failed' } & CallFailure)
  | { readonly kind: 'good'; readonly at: number; readonly method: string; readonly count: number }
  | { readonly kind: 'limited'; readonly at: number }
  | { readonly kind: 'poll-answered'; readonly at: number }
  | ({ readonly kind: 'poll-failed'; readonly broken: boolean } & CallFailure);

const anyMethod = fc.constantFrom('call', 'call', 'call', 'logs', 'trace');

const anyDeed = fc.record({
  kind: fc.constantFrom('failed', 'failed', 'failed', 'good', 'limited', 'poll-answered', 'poll-failed'),
  wait: fc.constantFrom(0, 1, 50, 400, 1000, 2600, 11_000, 31_000),
  connection: fc.integer({ min: 1, max: 6 }),
  method: anyMethod,
  meaning: fc.constantFrom('timeout', 'timeout', 'server-error', 'connect-failed', 'connection-lost'),
  count: fc.integer({ min: 1, max: 12 }),
  broken: fc.boolean(),
} as const);

const anyDeeds: fc.Arbitrary<readonly Deed[]> = fc.array(anyDeed, { maxLength: 60 }).map((steps) => {
  let at = 1000;
  return steps.map(({ kind, wait, ...rest }): Deed => {
    at += wait;
    return { kind, at, ...rest };
  });
});

/** The failures that count: of each connection only its first break, as long as it is among the last sixteen. */
function countedFailures(deeds: readonly Deed[]): readonly Deed[] {
  const broken: number[] = [];
  return deeds.filter((deed) => {
    if (deed.kind !== 'failed' || !isPathFailure(deed.meaning)) return true;
    if (broken.slice(-16).includes(deed.connection)) return false;
    broken.push(deed.connection);
    return true;
  });
}

describe('every detector agrees with a naive list of all that happened', () => {
  test('failures in a row', () => {
    const foldStreak = (deeds: readonly Deed[]) =>
      deeds.reduce((streak, deed) => {
        if (deed.kind === 'good') return endStreak(streak);
        if (deed.kind === 'poll-answered') return endRefusals(streak);
        if (deed.kind === 'poll-failed') return notePollFailure(streak, deed, policy);
        if (deed.kind === 'limited' || isCounted(streak, deed)) return streak;
        return addFailure(streak, deed);
      }, emptyStreak);

    fc.assert(
      fc.property(anyDeeds, (deeds) => {
        const counted = countedFailures(deeds);
        const row = counted.slice(counted.findLastIndex(({ kind }) => kind === 'good') + 1);
        expect(streakVerdict(foldStreak(deeds), policy)).toBe(naiveStreak(row));
      }),
      { numRuns: 2000 },
    );
  });

  test('the share of good answers', () => {
    fc.assert(
      fc.property(anyDeeds, (deeds) => {
        const window = deeds.reduce<AnswerWindow>((so, deed) => addToWindow(so, entryOf(deed), policy), emptyWindow);
        const at = deeds.at(-1)?.at ?? 0;
        const recent = deeds.filter((deed) => Math.floor(deed.at / 1000) > Math.floor(at / 1000) - 30);
        const good = recent.reduce((sum, deed) => sum + (deed.kind === 'good' ? deed.count : 0), 0);
        const failed = recent.filter((deed) => deed.kind === 'failed');
        const methods = new Set(failed.filter(({ meaning }) => !isPathFailure(meaning)).map(({ method }) => method));
        const isSpread =
          methods.size > 1 ||
          failed.some(({ meaning }) => isPathFailure(meaning)) ||
          recent.some(({ kind }) => kind === 'poll-failed');
        expect(windowTotals(window, at, policy)).toMatchObject({ good, bad: failed.length, isSpread });
        const isHigh = isSpread && good + failed.length >= 20 && good / (good + failed.length) < 0.8;
        expect(isErrorRateHigh(window, at, policy)).toBe(isHigh);
        expect(window.length).toBeLessThanOrEqual(30);
      }),
      { numRuns: 2000 },
    );
  });

  test('failed polls', () => {
    fc.assert(
      fc.property(anyDeeds, (deeds) => {
        const polls = deeds.filter((deed) => deed.kind === 'poll-answered' || deed.kind === 'poll-failed');
        const row = polls.slice(polls.findLastIndex(({ kind }) => kind === 'poll-answered') + 1);
        const streak = polls.reduce(
          (so, deed) =>
            deed.kind === 'poll-failed' ? addFailedPoll(so, deed.at, deed.broken ? 'broken' : 'kept') : noFailedPolls,
          noFailedPolls,
        );
        const at = row.at(-1)?.at ?? 0;
        const lastTwo = row.slice(-2);
        const isBroken = lastTwo.length === 2 && lastTwo.every((deed) => deed.kind === 'poll-failed' && deed.broken);
        expect(arePollsFailing(streak, at, policy)).toBe(
          isBroken || (row.length >= 3 && at - (row[0]?.at ?? 0) >= 5000),
        );
      }),
      { numRuns: 2000 },
    );
  });

  test('the last twenty answers', () => {
    const anyRun = fc.record({ limited: fc.boolean(), count: fc.integer({ min: 0, max: 30 }) });
    fc.assert(
      fc.property(fc.array(anyRun, { maxLength: 30 }), (runs) => {
        const recent = runs.reduce((so, run) => addAnswers(so, run, 20), noAnswers);
        const naive = runs.flatMap(({ limited, count }) => Array.from({ length: count }, () => limited)).slice(-20);
        expect(recent.flatMap(({ limited, count }) => Array.from({ length: count }, () => limited))).toEqual(naive);
        const limited = naive.filter(Boolean).length;
        expect(isMostlyLimited(recent, { share: 0.5, minimum: 5 })).toBe(
          naive.length >= 5 && limited > naive.length / 2,
        );
      }),
      { numRuns: 1000 },
    );
  });
});

function entryOf(deed: Deed) {
  const { at } = deed;
  switch (deed.kind) {
    case 'good':
      return { at, good: deed.count };
    case 'limited':
      return { at, limited: 1 };
    case 'poll-failed':
      return { at, isSpread: true };
    case 'poll-answered':
      return { at };
    case 'failed':
      return isPathFailure(deed.meaning) ? { at, bad: 1, isSpread: true } : { at, bad: 1, method: deed.method };
  }
}

/** What the rules say of the failures since the last good answer, read off the list. */
function naiveStreak(row: readonly Deed[]): string | undefined {
  if (refusedInARow(row) >= 3) return 'refused-connections';
  const failed = row.filter((deed) => deed.kind === 'failed');
  const first = failed[0];
  const last = failed.at(-1);
  if (first === undefined || last === undefined || failed.length < 5) return undefined;
  const isLong = last.at - first.at >= 1000;
  const isWide = new Set(failed.map(({ connection }) => connection)).size > 1;
  const isPath =
    failed.some(({ meaning }) => isPathFailure(meaning)) || new Set(failed.map(({ method }) => method)).size > 1;
  return (isLong || isWide) && (isPath || hasPollBeside(row)) ? 'consecutive-failures' : undefined;
}

function refusedInARow(row: readonly Deed[]): number {
  let refused = 0;
  for (const deed of row) {
    if (deed.kind === 'poll-answered') refused = 0;
    if (deed.kind === 'failed' || deed.kind === 'poll-failed')
      refused = deed.meaning === 'connect-failed' ? refused + 1 : 0;
  }
  return refused;
}

/** A poll that failed within 30 s after a failed call. */
function hasPollBeside(deeds: readonly Deed[]): boolean {
  return deeds.some(
    (poll, index) =>
      poll.kind === 'poll-failed' &&
      deeds.slice(0, index).some((deed) => deed.kind === 'failed' && poll.at - deed.at <= 30_000),
  );
}

describe('holding off', () => {
  const anyAnswers = fc.array(
    fc.record({
      wait: fc.constantFrom(0, 10, 500, 1500, 20_000, 400_000),
      age: fc.constantFrom(0, 5, 2000, 30_000),
      what: fc.constantFrom('clean', 'limited', 'limited', 'limited', 'named', 'poll'),
      count: fc.integer({ min: 1, max: 25 }),
    }),
    { maxLength: 80 },
  );

  test('what was sent before a hold-off neither extends nor ends it; none is longer than it may be', () => {
    fc.assert(
      fc.property(anyAnswers, (answers) => {
        let at = 10_000;
        let state = neverHeldOff;
        for (const { wait, age, what, count } of answers) {
          at += wait;
          state = passHoldOff(state, at, policy);
          const before = state;
          const sentAt = at - age;
          const isLimited = what === 'limited' || what === 'named';
          state = isLimited
            ? noteLimited(
                before,
                { verdict: limitedVerdict(what === 'named' ? 7000 : undefined), sentAt, at, pace: 10 },
                { key: 'k', policy },
              )
            : noteClean(before, { count, at, newestSentAt: sentAt, proof: what === 'poll' ? 'poll' : 'call' }, policy);
          if (sentAt < before.startedAt) expect(heldOffAt(state, at)).toEqual(heldOffAt(before, at));
          if (isLimited)
            expect(heldOffAt(state, at)?.until ?? at).toBeGreaterThanOrEqual(heldOffAt(before, at)?.until ?? at);
          expect((heldOffAt(state, at)?.until ?? at) - at).toBeLessThanOrEqual(300_000);
        }
        expect(heldOffAt(passHoldOff(state, at + 300_000, policy), at + 300_000)).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
  });
});

describe('avoiding methods', () => {
  test('ends within ten minutes, spares other methods, and spares a method whose answers are mostly good', () => {
    const anyStep = fc.record({
      wait: fc.constantFrom(0, 100, 5000, 61_000),
      method: anyMethod,
      good: fc.integer({ min: 0, max: 8 }),
    });
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 80 }), (steps) => {
        let at = 0;
        let state = nothingAvoided;
        for (const { wait, method, good } of steps) {
          at += wait;
          const before = passAvoidance(noteMethodsGood(state, new Map([[method, good * 4]]), { at, policy }), at);
          state = noteMethodFailure(before, { method, at }, policy);
          for (const [avoided, until] of state.avoided) {
            expect(until - at).toBeLessThanOrEqual(600_000);
            if (avoided !== method) expect(before.avoided.get(avoided)).toBe(until);
          }
          if (good > 0 && !isAvoided(before, method, at) && wait >= 61_000)
            expect(isAvoided(state, method, at)).toBe(false);
          if (good === 0 && wait >= 61_000) expect(isAvoided(state, method, at)).toBe(true);
        }
        expect(passAvoidance(state, at + 600_000).avoided.size).toBe(0);
      }),
      { numRuns: 500 },
    );
  });
});
