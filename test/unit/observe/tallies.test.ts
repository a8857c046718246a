import { describe, expect, test } from 'vitest';
import { latencyBuckets } from '../../../src/model/traffic.ts';
import { createTally, histogramLines } from '../../../src/observe/tallies.ts';

function bucketsOf(observed: readonly number[]): ReadonlyMap<unknown, number> {
  const tally = createTally();
  for (const seconds of observed) tally.observe(seconds);
  const lines = histogramLines('time_seconds', { chain: 'a' }, tally);
  return new Map(lines.flatMap(({ labels, value }) => ('le' in labels ? [[labels.le, value]] : [])));
}

describe('a histogram', () => {
  test('has a bucket for each bound and one for all', () => {
    expect([...bucketsOf([]).keys()]).toEqual([...latencyBuckets, '+Inf']);
  });

  test('counts an observation in its bound and in every one above', () => {
    const buckets = bucketsOf([0.02]);
    expect(buckets.get(0.01)).toBe(0);
    expect(buckets.get(0.025)).toBe(1);
    expect(buckets.get(30)).toBe(1);
    expect(buckets.get('+Inf')).toBe(1);
  });

  test('takes a bound itself for below, and what is above all bounds for the last', () => {
    const buckets = bucketsOf([0.001, 31]);
    expect(buckets.get(0.001)).toBe(1);
    expect(buckets.get(30)).toBe(1);
    expect(buckets.get('+Inf')).toBe(2);
  });

  test('ends with sum and count, which agree with the buckets', () => {
    const tally = createTally();
    for (const seconds of [0.5, 0.25, 40]) tally.observe(seconds);
    const lines = histogramLines('time_seconds', { chain: 'a' }, tally);
    expect(lines.slice(-2)).toEqual([
      { metricName: 'time_seconds_sum', labels: { chain: 'a' }, value: 40.75 },
      { metricName: 'time_seconds_count', labels: { chain: 'a' }, value: 3 },
    ]);
    expect(lines.at(-3)).toMatchObject({ metricName: 'time_seconds_bucket', value: 3 });
  });
});
