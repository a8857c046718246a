import { describe, expect, test } from 'vitest';
import { formatDuration, formatSize, parseDuration, parseSize } from '../../../src/config/quantity.ts';

describe('durations', () => {
  test.each([
    ['250ms', 250],
    ['5s', 5_000],
    ['15m', 900_000],
    ['1h', 3_600_000],
    ['2d', 172_800_000],
    ['1.5s', 1_500],
    ['10 s', 10_000],
    ['0', 0],
    ['0s', 0],
  ])('%s is %d milliseconds', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each(['5', '5S', '-5s', '5 seconds', '5sec', 's', '', ' 5s', '1e3s', '5s5s', 'NaN', '9999999999999s', '١s'])(
    '%j is no duration',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );

  test.each([
    [0, '0s'],
    [250, '250ms'],
    [1_500, '1500ms'],
    [60_000, '1m'],
    [90_000, '90s'],
    [86_400_000, '1d'],
  ])('%d milliseconds are written %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

describe('sizes', () => {
  test.each([
    ['65536', 65_536],
    ['512KiB', 524_288],
    ['10MiB', 10_485_760],
    ['1GiB', 1_073_741_824],
    ['0.5KiB', 512],
  ])('%s is %d bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  test.each(['10MB', '10mib', '10M', '-1', '1.5', '', 'KiB', '10 MiB '])('%j is no size', (text) => {
    expect(parseSize(text)).toBeUndefined();
  });

  test.each([
    [0, '0'],
    [1_000, '1000'],
    [1_024, '1KiB'],
    [10_485_760, '10MiB'],
  ])('%d bytes are written %s', (bytes, text) => {
    expect(formatSize(bytes)).toBe(text);
  });
});
