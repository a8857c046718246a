import { describe, expect, test } from 'vitest';
import {
  admittedRateAt,
  type CleanAnswers,
  type HoldOffState,
  heldOffAt,
  neverHeldOff,
  noteClean,
  noteLimited,
  noteProviderHeld,
  passHoldOff,
  providerHeldUntil,
} from '../../../src/health/hold-off.ts';
import { addAnswers, isMostlyLimited, noAnswers } from '../../../src/health/recent-answers.ts';
import { buildHealthPolicy, buildVerdict, limitedVerdict } from '../../support/build-health.ts';

const policy = buildHealthPolicy();
const rules = { key: 'testnet/p0/json-rpc', policy };

interface Limit {
  readonly at: number;
  readonly sentAt?: number;
  readonly retryAfterMs?: number;
  readonly pace?: number;
}

function limited(state: HoldOffState, { at, sentAt = at, retryAfterMs, pace = 40 }: Limit): HoldOffState {
  return noteLimited(state, { verdict: limitedVerdict(retryAfterMs), sentAt, at, pace }, rules);
}

function clean(state: HoldOffState, answers: Partial<CleanAnswers> & { readonly at: number }): HoldOffState {
  return noteClean(state, { count: 1, newestSentAt: answers.at, proof: 'call', ...answers }, policy);
}

function limitedTimes(times: number, from: HoldOffState, at: number): HoldOffState {
  return Array.from({ length: times }).reduce<HoldOffState>((state) => limited(state, { at }), from);
}

describe('a 429 with Retry-After', () => {
  test('F-032: holds off for that long and up to 20 % more', () => {
    const { until, reason } = heldOffAt(limited(neverHeldOff, { at: 1000, retryAfterMs: 7000 }), 1000) ?? {
      until: 0,
      reason: '',
    };
    expect(reason).toBe('retry-after');
    expect(until).toBeGreaterThanOrEqual(8000);
    expect(until).toBeLessThanOrEqual(9400);
  });

  test('B28, F-033: is believed for an hour at most; nothing and less than nothing are no time', () => {
    const held = heldOffAt(limited(neverHeldOff, { at: 0, retryAfterMs: 1e12 }), 0);
    expect(held?.until).toBeGreaterThanOrEqual(3_600_000);
    expect(held?.until).toBeLessThanOrEqual(4_320_000);
    for (const retryAfterMs of [0, -5, Number.NaN])
      expect(heldOffAt(limited(neverHeldOff, { at: 0, retryAfterMs }), 0)).toBeUndefined();
  });

  test('is not ended by a good answer: the endpoint named the time', () => {
    const held = limited(neverHeldOff, { at: 0, retryAfterMs: 7000 });
    expect(heldOffAt(clean(held, { at: 100 }), 100)).toBeDefined();
  });

  test('a second one only ever makes it longer', () => {
    const held = limited(neverHeldOff, { at: 0, retryAfterMs: 60_000 });
    const again = limited(held, { at: 1000, retryAfterMs: 1000 });
    expect(heldOffAt(again, 1000)).toEqual(heldOffAt(held, 1000));
  });

  test('is over when its time is, and not before', () => {
    const held = limited(neverHeldOff, { at: 0, retryAfterMs: 7000 });
    const until = heldOffAt(held, 0)?.until ?? 0;
    expect(passHoldOff(held, until - 1, policy)).toBe(held);
    const over = passHoldOff(held, until, policy);
    expect(heldOffAt(over, until)).toBeUndefined();
    expect(over.endedAt).toBe(until);
  });
});

describe('a quota text', () => {
  const quota = buildVerdict('quota-exhausted', { blame: 'none', holdOff: true });

  test('F-039: holds off for ten minutes with its own reason', () => {
    const held = noteLimited(neverHeldOff, { verdict: quota, sentAt: 0, at: 0, pace: 1 }, rules);
    expect(heldOffAt(held, 0)).toEqual({ until: 600_000, reason: 'quota' });
  });

  test('a longer Retry-After wins', () => {
    const verdict = { ...quota, retryAfterMs: 1_800_000 };
    const held = noteLimited(neverHeldOff, { verdict, sentAt: 0, at: 0, pace: 1 }, rules);
    expect(heldOffAt(held, 0)?.until).toBeGreaterThanOrEqual(1_800_000);
  });
});

describe('a 429 that names no time', () => {
  test('F-034: holds off only when more than half of the last 20 answers, at least 5, say so', () => {
    const four = limitedTimes(4, neverHeldOff, 0);
    expect(heldOffAt(four, 0)).toBeUndefined();
    expect(heldOffAt(limited(four, { at: 0 }), 0)).toEqual({ until: 1000, reason: 'rate-limited' });
  });

  test('good answers before it weigh against it', () => {
    const good = clean(neverHeldOff, { at: 0, count: 500 });
    const ten = limitedTimes(10, good, 0);
    expect(heldOffAt(ten, 0)).toBeUndefined();
    expect(heldOffAt(limited(ten, { at: 0 }), 0)).toBeDefined();
  });

  test('F-034: doubles from 1 s to 5 min while no call is answered', () => {
    let state = limitedTimes(4, neverHeldOff, 0);
    const spans: number[] = [];
    for (let at = 0; spans.length < 11; at += 300_001) {
      state = limited(passHoldOff(state, at, policy), { at });
      spans.push(((heldOffAt(state, at)?.until ?? at) - at) / 1000);
    }
    expect(spans).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
  });

  test('one clean answer to a call starts the doubling anew; polls do not', () => {
    let state = limitedTimes(5, neverHeldOff, 0);
    state = passHoldOff(limited(passHoldOff(state, 1000, policy), { at: 1000 }), 3000, policy);
    expect(state.level).toBe(2);
    expect(clean(state, { at: 3100, proof: 'poll' }).level).toBe(2);
    expect(clean(state, { at: 3100 }).level).toBe(0);
  });

  test('without any answer the doubling is forgotten once it was free for five minutes', () => {
    const state = passHoldOff(limitedTimes(5, neverHeldOff, 0), 1000, policy);
    expect(passHoldOff(state, 300_999, policy).level).toBe(1);
    expect(passHoldOff(state, 301_001, policy).level).toBe(0);
  });

  test('a good answer to a call sent since it began ends it', () => {
    const held = limitedTimes(5, neverHeldOff, 100);
    const freed = clean(held, { at: 500, newestSentAt: 200 });
    expect(heldOffAt(freed, 500)).toBeUndefined();
    expect(freed.endedAt).toBe(500);
  });
});

describe('answers to requests sent before a hold-off', () => {
  const held = limitedTimes(5, neverHeldOff, 1000);

  test('do not extend it', () => {
    expect(limited(held, { at: 1200, sentAt: 999 })).toBe(held);
    expect(limited(held, { at: 1200, sentAt: 999, retryAfterMs: 60_000 })).toBe(held);
  });

  test('do not end it, nor start the doubling anew', () => {
    const after = clean(held, { at: 1200, newestSentAt: 999, count: 50 });
    expect(heldOffAt(after, 1200)).toEqual(heldOffAt(held, 1200));
    expect(after.level).toBe(1);
  });
});

describe('the admitted rate', () => {
  test('is half of the pace at the first 429, and grows by 5 % per second', () => {
    const state = limited(neverHeldOff, { at: 0, pace: 40 });
    expect(admittedRateAt(state, 0, policy)).toBe(20);
    expect(admittedRateAt(state, 1000, policy)).toBe(21);
    expect(admittedRateAt(state, 10_000, policy)).toBeCloseTo(20 * 1.05 ** 10, 1);
  });

  test('is halved again by a 429 to a request sent after the cut, not by those in flight', () => {
    const cut = limited(neverHeldOff, { at: 1000, pace: 40 });
    expect(admittedRateAt(limited(cut, { at: 1100, sentAt: 900 }), 1100, policy)).toBe(20.1);
    expect(admittedRateAt(limited(cut, { at: 1100, sentAt: 1050 }), 1100, policy)).toBe(10);
  });

  test('never falls below one call in two seconds', () => {
    const low = limitedTimes(12, limited(neverHeldOff, { at: 0, pace: 0 }), 0);
    expect(admittedRateAt(low, 0, policy)).toBe(0.5);
  });

  test('is dropped once it has grown to twice the pace that was cut', () => {
    const state = limited(neverHeldOff, { at: 0, pace: 40 });
    expect(passHoldOff(state, 28_000, policy)).toBe(state);
    expect(admittedRateAt(passHoldOff(state, 29_000, policy), 29_000, policy)).toBeUndefined();
  });

  test('is not touched where a time was named', () => {
    expect(admittedRateAt(limited(neverHeldOff, { at: 0, retryAfterMs: 1000 }), 0, policy)).toBeUndefined();
  });
});

describe('the provider', () => {
  test('is held off with two of its URLs, until the last of them is free', () => {
    const urls = [
      { url: 'a', until: 5000 },
      { url: 'b', until: 9000 },
      { url: 'c', until: undefined },
    ];
    expect(providerHeldUntil(urls, 1000)).toBe(9000);
    expect(providerHeldUntil(urls, 5000)).toBeUndefined();
  });

  test('is not held off by one URL under two names', () => {
    expect(
      providerHeldUntil(
        [
          { url: 'a', until: 5000 },
          { url: 'a', until: 9000 },
        ],
        0,
      ),
    ).toBeUndefined();
  });

  test('holds an endpoint that is free itself, and frees it', () => {
    const held = noteProviderHeld(neverHeldOff, 9000, 1000);
    expect(heldOffAt(held, 1000)).toEqual({ until: 9000, reason: 'provider' });
    expect(heldOffAt(held, 9000)).toBeUndefined();
    expect(heldOffAt(noteProviderHeld(held, undefined, 2000), 2000)).toBeUndefined();
    expect(noteProviderHeld(held, 9000, 2000)).toBe(held);
  });

  test('whichever lasts longer is in force', () => {
    const own = limited(neverHeldOff, { at: 0, retryAfterMs: 5000 });
    expect(heldOffAt(noteProviderHeld(own, 90_000, 0), 0)?.reason).toBe('provider');
    expect(heldOffAt(noteProviderHeld(own, 3000, 0), 0)?.reason).toBe('retry-after');
  });
});

describe('the last answers', () => {
  test('are kept as runs, at most as many as asked for', () => {
    let recent = addAnswers(noAnswers, { limited: false, count: 500 }, 20);
    expect(recent).toEqual([{ limited: false, count: 20 }]);
    expect(addAnswers(recent, { limited: false, count: 3 }, 20)).toBe(recent);
    recent = addAnswers(recent, { limited: true, count: 1 }, 20);
    expect(recent).toEqual([
      { limited: false, count: 19 },
      { limited: true, count: 1 },
    ]);
  });

  test('more than half is more than half', () => {
    const bounds = { share: 0.5, minimum: 5 };
    const recent = addAnswers(
      addAnswers(noAnswers, { limited: false, count: 10 }, 20),
      { limited: true, count: 10 },
      20,
    );
    expect(isMostlyLimited(recent, bounds)).toBe(false);
    expect(isMostlyLimited(addAnswers(recent, { limited: true, count: 1 }, 20), bounds)).toBe(true);
  });
});
