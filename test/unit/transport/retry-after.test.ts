import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRetryAfter } from '../../../src/transport/retry-after.ts';

const wall = Date.UTC(1994, 10, 6, 8, 49, 0);
const hour = 3_600_000;

describe('Retry-After', () => {
  it.each([
    ['7', 7_000],
    [' 120 ', 120_000],
    ['0', 0],
    ['1.5', 1_500],
    ['1e2', 100_000],
    ['1994', 1_994_000],
    ['3600', hour],
    ['3601', hour],
    ['1e9', hour],
    ['99999999999999999999', hour],
    ['1e400', hour],
    ['-5', 0],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 37_000],
    ['sun, 06 nov 1994 08:49:37 gmt', 37_000],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 37_000],
    ['Sun Nov  6 08:49:37 1994', 37_000],
    ['Sun, 06 Nov 1994 08:48:00 GMT', 0],
    ['Sun, 06 Nov 2094 08:49:37 GMT', hour],
  ])('F-033 %s is %d ms, clamped to one hour', (value, ms) => {
    expect(parseRetryAfter(value, wall)).toBe(ms);
  });

  it.each([
    '',
    ' ',
    'abc',
    'abc 1',
    '7 seconds',
    '7, 8',
    '0x10',
    'Infinity',
    'NaN',
    'Sun, 99 Nov 1994 99:49:37 GMT',
    '1'.repeat(65),
  ])('F-033 %j is garbage', (value) => {
    expect(parseRetryAfter(value, wall)).toBeUndefined();
  });

  it('B28 whatever it says, the wait is between nothing and one hour, in whole milliseconds', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.double().map(String), fc.integer().map(String)), fc.nat(), (value, at) => {
        const ms = parseRetryAfter(value, at);
        return ms === undefined || (Number.isInteger(ms) && ms >= 0 && ms <= hour);
      }),
    );
  });
});
