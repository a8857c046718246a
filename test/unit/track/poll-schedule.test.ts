import { describe, expect, test } from 'vitest';
import { fractionOf } from '../../../src/model/fraction.ts';
import { backoffMs, nextPollAt, type PollPaceInputs, pollPace } from '../../../src/track/poll-schedule.ts';
import { background } from './builders.ts';

function pace(overrides: Partial<PollPaceInputs> = {}) {
  return pollPace({ blockTimeMs: 12_000, background, traffic: 'busy', finality: 'read', sharedBy: 1, ...overrides });
}

describe('how often a URL is polled (B32: polling is cheap)', () => {
  test.each([
    [250, { intervalMs: 1000, timeoutMs: 1000, finalizedMs: 5000 }],
    [2000, { intervalMs: 2000, timeoutMs: 2000, finalizedMs: 5000 }],
    [6000, { intervalMs: 6000, timeoutMs: 3000, finalizedMs: 6000 }],
    [600_000, { intervalMs: 10_000, timeoutMs: 3000, finalizedMs: 10_000 }],
  ])('blocks of %i ms', (blockTimeMs, expected) => {
    expect(pace({ blockTimeMs })).toEqual(expected);
  });

  test('every 15 s while nobody calls, with the timeout of before', () => {
    expect(pace({ blockTimeMs: 1000, traffic: 'idle' })).toEqual({
      intervalMs: 15_000,
      timeoutMs: 1000,
      finalizedMs: 15_000,
    });
  });

  test.each([1000, 5000, 50_000])(
    '%i calls a day are enough, finalized heights and all URLs included',
    (maxCallsPerDay) => {
      const { intervalMs, finalizedMs } = pace({
        blockTimeMs: 1000,
        background: { ...background, maxCallsPerDay },
        sharedBy: 3,
      });
      const calls = 3 * (86_400_000 / intervalMs + 86_400_000 / finalizedMs);
      expect(calls).toBeLessThanOrEqual(maxCallsPerDay * 1.0001);
      expect(calls).toBeGreaterThan(maxCallsPerDay * 0.9);
    },
  );

  test('where finality is reckoned, the heads have all the calls', () => {
    const limited = { background: { ...background, maxCallsPerDay: 8640 } };
    expect(pace({ ...limited, finality: 'reckoned' }).intervalMs).toBe(10_000);
    expect(pace(limited).intervalMs).toBe(20_000);
  });
});

describe('the grid of polls', () => {
  test('polls are one interval apart and do not drift with latency', () => {
    let at = nextPollAt('url-1', { sentAt: 1000, now: 1030 }, 1000);
    for (let poll = 0; poll < 50; poll += 1) {
      const next = nextPollAt('url-1', { sentAt: at, now: at + 300 }, 1000);
      expect(next - at).toBeCloseTo(1000, 6);
      at = next;
    }
  });

  test('a poll slower than the interval leaves out what it overlaps (F-175)', () => {
    const next = nextPollAt('url-1', { sentAt: 0, now: 2500 }, 1000);
    expect(next).toBeGreaterThanOrEqual(2500);
    expect(next).toBeLessThan(3500);
  });

  test('the phase hangs on the tracker’s name alone, and spreads', () => {
    const phases = Array.from({ length: 100 }, (_, index) => fractionOf(`url-${index}`));
    expect(fractionOf('url-7')).toBe(fractionOf('url-7'));
    for (const tenth of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) {
      expect(phases.filter((phase) => Math.floor(phase * 10) === tenth).length).toBeGreaterThan(2);
    }
  });
});

describe('the wait after failures', () => {
  test('it doubles from two seconds to a minute', () => {
    const waits = [1, 2, 3, 4, 5, 6, 20].map((failures) => backoffMs('url-1', failures, 1000));
    for (const [index, wait] of waits.entries()) {
      const full = Math.min(60_000, 2000 * 2 ** index);
      expect(wait).toBeLessThanOrEqual(full);
      expect(wait).toBeGreaterThan(full * 0.8 - 1);
    }
  });

  test('it is never shorter than the interval', () => {
    expect(backoffMs('url-1', 1, 300_000)).toBe(300_000);
  });
});
