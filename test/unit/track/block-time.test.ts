import { describe, expect, test } from 'vitest';
import { addBlockTime, type BlockTimes, measuredBlockTime, noBlockTimes } from '../../../src/track/block-time.ts';

function times(count: number, stepMs: number, from: BlockTimes = noBlockTimes): BlockTimes {
  let all = from;
  const start = from.samples.at(-1) ?? { height: 0, timeMs: 0 };
  for (let step = 1; step <= count; step += 1) {
    all = addBlockTime(all, { height: start.height + step, timeMs: start.timeMs + step * stepMs });
  }
  return all;
}

describe('the block time of a chain nobody knows', () => {
  test('it is the fallback until eight steps were seen', () => {
    expect(measuredBlockTime(times(8, 2000), 1000)).toBe(1000);
    expect(measuredBlockTime(times(9, 2000), 1000)).toBe(2000);
  });

  test('a clock set forward by a day in one block does not count', () => {
    const jumped = addBlockTime(times(20, 2000), { height: 21, timeMs: 86_400_000 });
    expect(measuredBlockTime(times(10, 2000, jumped), 1000)).toBe(2000);
  });

  test('it is the middle of the steps by length, not by time', () => {
    const uneven = times(4, 1000, times(3, 9000, times(4, 1000)));
    expect(measuredBlockTime(uneven, 5000)).toBe(1000);
  });

  test('blocks skipped between two polls count by their number', () => {
    let all = noBlockTimes;
    for (let step = 0; step < 12; step += 1) all = addBlockTime(all, { height: step * 4, timeMs: step * 1000 });
    expect(measuredBlockTime(all, 1000)).toBe(250);
  });

  test('it stays between 100 ms and a minute, and its memory is bounded', () => {
    expect(measuredBlockTime(times(20, 1), 1000)).toBe(100);
    expect(measuredBlockTime(times(20, 3_600_000), 1000)).toBe(60_000);
    expect(times(500, 1000).samples.length).toBeLessThanOrEqual(33);
  });

  test('a chain that fell begins anew; the same height twice changes nothing', () => {
    const all = times(20, 2000);
    expect(addBlockTime(all, { height: 20, timeMs: 99 })).toBe(all);
    expect(addBlockTime(all, { height: 3, timeMs: 99 }).samples).toHaveLength(1);
  });
});
