import { describe, expect, it } from 'vitest';
import { compareUtf8, hexOf, requireU64, rollOf, u32be, u64be } from '../../../src/audit/bytes.ts';

describe('numbers as bytes', () => {
  it.each([
    [0, '00000000'],
    [1, '00000001'],
    [0x01020304, '01020304'],
    [0xffffffff, 'ffffffff'],
  ])('%d is four bytes, the highest first', (value, hex) => {
    expect(hexOf(u32be(value))).toBe(hex);
  });

  it.each([-1, 2 ** 32, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('%d is no number of 32 bits', (value) => {
    expect(() => u32be(value)).toThrow(RangeError);
  });

  it.each([
    [0n, '0000000000000000'],
    [0x0102030405060708n, '0102030405060708'],
    [2n ** 53n + 1n, '0020000000000001'],
    [2n ** 64n - 1n, 'ffffffffffffffff'],
  ])('%d is eight bytes, the highest first', (value, hex) => {
    expect(hexOf(u64be(value))).toBe(hex);
  });

  it.each([-1n, 2n ** 64n])('%d is no number of 64 bits', (value) => {
    expect(() => u64be(value)).toThrow(RangeError);
    expect(() => requireU64(value)).toThrow(RangeError);
  });
});

describe('a roll', () => {
  it('takes the first eight bytes without a sign, and every bit of them', () => {
    const digest = Buffer.from('ffffffffffffffff0000', 'hex');
    expect(rollOf(digest, 2n ** 64n)).toBe(18446744073709551615n);
    expect(rollOf(digest, 10n)).toBe(5n);
  });

  it('reads where the digest begins, not where its memory does', () => {
    const memory = Buffer.from('aaaaaaaa0000000000000007', 'hex');
    expect(rollOf(memory.subarray(4), 100n)).toBe(7n);
  });
});

describe('the order of texts', () => {
  it('is that of their UTF-8 bytes, where that of UTF-16 units differs', () => {
    const [astral, fullWidth] = ['\u{1F600}', '\uFF5E'];
    expect(compareUtf8(fullWidth, astral)).toBeLessThan(0);
    expect(compareUtf8(astral, fullWidth)).toBeGreaterThan(0);
    expect(fullWidth < astral).toBe(false);
  });

  it('puts a beginning before the whole, and upper case before lower', () => {
    expect(['b', 'ab', '', 'a', 'B'].sort(compareUtf8)).toEqual(['', 'B', 'a', 'ab', 'b']);
  });
});
