import { describe, expect, test } from 'vitest';
import { shortenedBy } from '../../../src/health/jitter.ts';
import { doubled, probeDelayMs } from '../../../src/health/probe-schedule.ts';
import { fractionOf } from '../../../src/model/fraction.ts';
import { buildHealthPolicy } from '../../support/build-health.ts';

function delaysOf(trips: number, count: number): readonly number[] {
  const policy = buildHealthPolicy();
  return Array.from(
    { length: count },
    (_, failedProbes) => probeDelayMs({ key: 'k', trips, failedProbes }, policy) / 1000,
  );
}

describe('the schedule of probes', () => {
  test('doubles from 2 s to 60 s after a first trip, and stays there', () => {
    expect(delaysOf(1, 8)).toEqual([2, 4, 8, 16, 32, 60, 60, 60]);
  });

  test('starts the same way where a first probe failed without any trip', () => {
    expect(delaysOf(0, 3)).toEqual([2, 4, 8]);
  });

  test('F-163: each further trip doubles the start', () => {
    expect(delaysOf(2, 6)).toEqual([4, 8, 16, 32, 60, 60]);
    expect(delaysOf(3, 4)).toEqual([8, 16, 32, 60]);
  });

  test('a start above the cap is the interval, and never beyond 5 min', () => {
    expect(delaysOf(7, 3)).toEqual([128, 128, 128]);
    expect(delaysOf(9, 2)).toEqual([300, 300]);
    expect(delaysOf(5000, 2)).toEqual([300, 300]);
  });

  test('is spread by the key alone, and only ever shortened', () => {
    const policy = buildHealthPolicy({ probeJitter: 0.2 });
    const keys = ['a/b/c', 'a/b/d', 'a/x/c', 'z'];
    const delays = keys.map((key) => probeDelayMs({ key, trips: 1, failedProbes: 9 }, policy));
    expect(new Set(delays).size).toBe(keys.length);
    expect(delays.every((delay) => delay > 48_000 && delay <= 60_000)).toBe(true);
    expect(keys.map((key) => probeDelayMs({ key, trips: 1, failedProbes: 9 }, policy))).toEqual(delays);
  });
});

describe('fractionOf', () => {
  test('spreads names that differ in their last letter over the whole range', () => {
    const fractions = Array.from({ length: 200 }, (_, at) => fractionOf(`ethereum/provider/json-rpc-${at}`));
    for (let tenth = 0; tenth < 10; tenth += 1)
      expect(fractions.some((one) => one >= tenth / 10 && one < (tenth + 1) / 10)).toBe(true);
    expect(fractions.every((one) => one >= 0 && one < 1)).toBe(true);
  });

  test('is the same for the same text, the empty one too', () => {
    expect(fractionOf('')).toBe(fractionOf(''));
    expect(shortenedBy(1000, 0, 'any')).toBe(1000);
  });
});

describe('doubled', () => {
  test('takes a negative number of times for none', () => {
    expect(doubled(1000, -3, 5000)).toBe(1000);
    expect(doubled(1000, 2, 5000)).toBe(4000);
    expect(doubled(1000, 2000, 5000)).toBe(5000);
  });
});
