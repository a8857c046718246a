import { describe, expect, test } from 'vitest';
import {
  type AnswerWindow,
  addToWindow,
  answersPerSecond,
  emptyWindow,
  forgiveInWindow,
  isErrorRateHigh,
  type WindowEntry,
  windowTotals,
} from '../../../src/health/answer-window.ts';
import {
  addFailure,
  type CallFailure,
  emptyStreak,
  endRefusals,
  endStreak,
  type FailureStreak,
  forgiveFailure,
  isCounted,
  notePollFailure,
  streakVerdict,
} from '../../../src/health/failure-streak.ts';
import { addFailedPoll, arePollsFailing, noFailedPolls, speaksAgainst } from '../../../src/health/poll-streak.ts';
import { buildHealthPolicy, buildVerdict, limitedVerdict, revertedVerdict } from '../../support/build-health.ts';

const policy = buildHealthPolicy();

function failure(at: number, traits: Partial<CallFailure> = {}): CallFailure {
  return { at, connection: 1, method: 'call', meaning: 'timeout', ...traits };
}

function streakOf(...failures: readonly CallFailure[]): FailureStreak {
  return failures.reduce(addFailure, emptyStreak);
}

describe('failures in a row', () => {
  const fiveOfTwoMethods = [0, 300, 600, 900, 1000].map((at, index) =>
    failure(at, { method: index === 4 ? 'logs' : 'call' }),
  );

  test('F-158: five of more than one method over a second are enough', () => {
    expect(streakVerdict(streakOf(...fiveOfTwoMethods), policy)).toBe('consecutive-failures');
    expect(streakVerdict(streakOf(...fiveOfTwoMethods.slice(1)), policy)).toBeUndefined();
  });

  test('five within a second on one connection are one incident; on two connections they are enough', () => {
    const burst = fiveOfTwoMethods.map((one) => ({ ...one, at: one.at / 2 }));
    expect(streakVerdict(streakOf(...burst), policy)).toBeUndefined();
    const spread = burst.map((one, index) => ({ ...one, connection: index }));
    expect(streakVerdict(streakOf(...spread), policy)).toBe('consecutive-failures');
  });

  test('F-161: any number of one method alone is not enough', () => {
    const many = Array.from({ length: 50 }, (_, at) => failure(at * 1000, { connection: at }));
    expect(streakVerdict(streakOf(...many), policy)).toBeUndefined();
  });

  test('one method together with a failed poll, or with a broken connection, is enough', () => {
    const many = streakOf(...[0, 1000, 2000, 3000, 4000].map((at) => failure(at)));
    expect(streakVerdict(notePollFailure(many, failure(5000), policy), policy)).toBe('consecutive-failures');
    const reset = addFailure(many, failure(5000, { meaning: 'connection-lost' }));
    expect(streakVerdict(reset, policy)).toBe('consecutive-failures');
  });

  test('a poll that fails long after the last call says nothing of that call', () => {
    const many = streakOf(...[0, 1000, 2000, 3000, 4000].map((at) => failure(at)));
    expect(streakVerdict(notePollFailure(many, failure(34_001), policy), policy)).toBeUndefined();
  });

  test('B7: a good answer ends the streak', () => {
    const ended = endStreak(streakOf(...fiveOfTwoMethods.slice(0, 4)));
    expect(streakVerdict(addFailure(ended, failure(2000, { method: 'logs' })), policy)).toBeUndefined();
    expect(endStreak(emptyStreak)).toBe(emptyStreak);
  });

  test('a failure that was the call’s own is taken back', () => {
    expect(streakVerdict(forgiveFailure(streakOf(...fiveOfTwoMethods)), policy)).toBeUndefined();
    expect(forgiveFailure(emptyStreak)).toBe(emptyStreak);
  });
});

describe('refused connections', () => {
  const refused = (at: number): CallFailure => failure(at, { connection: at, meaning: 'connect-failed' });

  test('three in a row are enough, whatever the time', () => {
    expect(streakVerdict(streakOf(refused(1), refused(2), refused(3)), policy)).toBe('refused-connections');
    expect(streakVerdict(streakOf(refused(1), refused(2)), policy)).toBeUndefined();
  });

  test('another failure, an answered poll and a good answer interrupt the row', () => {
    const two = streakOf(refused(1), refused(2));
    expect(addFailure(two, failure(3)).refused).toBe(0);
    expect(endRefusals(two).refused).toBe(0);
    expect(endStreak(two).refused).toBe(0);
    expect(endRefusals(emptyStreak)).toBe(emptyStreak);
  });

  test('a refused poll is one of the row', () => {
    expect(streakVerdict(notePollFailure(streakOf(refused(1), refused(2)), refused(3), policy), policy)).toBe(
      'refused-connections',
    );
  });
});

describe('one broken connection', () => {
  const lost = (connection: number): CallFailure => failure(5, { connection, meaning: 'connection-lost' });

  test('is one failure, however many calls it carried', () => {
    const streak = streakOf(lost(7));
    expect(isCounted(streak, lost(7))).toBe(true);
    expect(isCounted(streak, lost(8))).toBe(false);
  });

  test('is remembered beyond a good answer, among the last sixteen', () => {
    expect(isCounted(endStreak(streakOf(lost(7))), lost(7))).toBe(true);
    const many = streakOf(...Array.from({ length: 17 }, (_, connection) => lost(connection)));
    expect(many.broken).toHaveLength(16);
    expect(isCounted(many, lost(0))).toBe(false);
    expect(isCounted(many, lost(1))).toBe(true);
  });

  test('does not swallow timeouts on the same connection', () => {
    expect(isCounted(streakOf(lost(7)), failure(6, { connection: 7 }))).toBe(false);
  });
});

describe('the window of answers', () => {
  function windowOf(...entries: readonly WindowEntry[]): AnswerWindow {
    return entries.reduce<AnswerWindow>((window, entry) => addToWindow(window, entry, policy), emptyWindow);
  }

  test('F-159: fewer than 80 % good of at least 20 answers within 30 s are too few', () => {
    const bad: readonly WindowEntry[] = [
      { at: 0, bad: 4, method: 'call' },
      { at: 500, bad: 1, method: 'logs' },
    ];
    expect(isErrorRateHigh(windowOf({ at: 0, good: 19 }, ...bad), 500, policy)).toBe(true);
    expect(isErrorRateHigh(windowOf({ at: 0, good: 20 }, ...bad), 500, policy)).toBe(false);
    expect(isErrorRateHigh(windowOf({ at: 0, good: 14 }, ...bad), 500, policy)).toBe(false);
  });

  test('F-161: failures of one method alone are not judged; with another, a broken connection or a poll they are', () => {
    const one: WindowEntry = { at: 0, bad: 20, method: 'logs' };
    expect(isErrorRateHigh(windowOf(one), 0, policy)).toBe(false);
    expect(isErrorRateHigh(windowOf(one, { at: 2000, bad: 1, method: 'call' }), 2000, policy)).toBe(true);
    expect(isErrorRateHigh(windowOf(one, { at: 0, bad: 1, isSpread: true }), 0, policy)).toBe(true);
    expect(isErrorRateHigh(windowOf(one, { at: 0, isSpread: true }), 0, policy)).toBe(true);
  });

  test('F-160: rate limits are no answers', () => {
    expect(isErrorRateHigh(windowOf({ at: 0, limited: 100 }, { at: 0, bad: 3, isSpread: true }), 0, policy)).toBe(
      false,
    );
  });

  test('forgets what is older than 30 s and never holds more than 30 buckets', () => {
    let window = emptyWindow;
    for (let at = 0; at < 100_000; at += 250) window = addToWindow(window, { at, good: 1 }, policy);
    expect(window).toHaveLength(30);
    expect(windowTotals(window, 99_750, policy).good).toBe(120);
    expect(windowTotals(window, 200_000, policy).good).toBe(0);
  });

  test('counts what comes late as of the newest bucket', () => {
    const window = windowOf({ at: 50_000, good: 1 }, { at: 48_000, bad: 1 });
    expect(window).toHaveLength(1);
    expect(windowTotals(window, 50_000, policy)).toMatchObject({ good: 1, bad: 1 });
  });

  test('takes one failure back, and with the last of its method the method', () => {
    const window = windowOf({ at: 0, bad: 1, method: 'call' }, { at: 2000, bad: 30, method: 'logs' });
    expect(windowTotals(window, 2000, policy)).toMatchObject({ bad: 31, isSpread: true });
    expect(windowTotals(forgiveInWindow(window), 2000, policy).bad).toBe(30);
    const first = forgiveInWindow(windowOf({ at: 0, bad: 1, method: 'call' }));
    expect(windowTotals(addToWindow(first, { at: 0, bad: 1, method: 'logs' }, policy), 0, policy)).toMatchObject({
      bad: 1,
      isSpread: false,
    });
    expect(forgiveInWindow(emptyWindow)).toEqual(emptyWindow);
  });

  test('knows the pace of the last ten seconds', () => {
    let window = emptyWindow;
    for (let at = 0; at <= 20_000; at += 100) window = addToWindow(window, { at, good: 2, limited: 1 }, policy);
    expect(answersPerSecond(window, 20_000, policy)).toBeCloseTo(30, 0);
    expect(answersPerSecond(windowOf({ at: 5000, good: 7 }), 5000, policy)).toBe(7);
    expect(answersPerSecond(emptyWindow, 5000, policy)).toBe(0);
  });
});

describe('failed polls', () => {
  test('three in a row over at least five seconds are enough', () => {
    const two = addFailedPoll(addFailedPoll(noFailedPolls, 0, 'kept'), 2500, 'kept');
    expect(arePollsFailing(addFailedPoll(two, 4999, 'kept'), 4999, policy)).toBe(false);
    expect(arePollsFailing(addFailedPoll(two, 5000, 'kept'), 5000, policy)).toBe(true);
    expect(arePollsFailing(two, 9000, policy)).toBe(false);
  });

  test('two that broke their connection are enough at once; one and a timeout are not', () => {
    const one = addFailedPoll(noFailedPolls, 0, 'broken');
    expect(arePollsFailing(addFailedPoll(one, 1, 'broken'), 1, policy)).toBe(true);
    expect(arePollsFailing(addFailedPoll(one, 1, 'kept'), 1, policy)).toBe(false);
  });

  test('count whatever is no answer, save hold-offs and trouble of our own', () => {
    expect(speaksAgainst(buildVerdict('timeout'))).toBe(true);
    expect(speaksAgainst(buildVerdict('generic', { blame: 'none' }))).toBe(true);
    expect(speaksAgainst(limitedVerdict())).toBe(false);
    expect(speaksAgainst(buildVerdict('local-network', { blame: 'none' }))).toBe(false);
    expect(speaksAgainst(buildVerdict('cancelled', { blame: 'none' }))).toBe(false);
    expect(speaksAgainst(revertedVerdict)).toBe(true);
  });
});
