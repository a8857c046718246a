import { describe, expect, test } from 'vitest';
import { printable } from '../../../src/config/printable.ts';
import { problemsOf, settingsOf } from '../../support/read-text.ts';

const mebibyte = 1024 ** 2;
const usual = { maxBytes: 256 * mebibyte, tipMs: 0, finalizedMs: 86_400_000 };

function withCache(top: string, own = ''): string {
  return `${top}\nchains:\n  ethereum:\n    ${own}\n    primary: [https://a.example]\n`;
}

describe('what is kept of answers', () => {
  test('is 256 MiB, a day of final data, and nothing about the newest block, unless said otherwise', () => {
    const { cache, chains } = settingsOf(withCache(''));
    expect(cache).toEqual(usual);
    expect(chains[0]?.cache).toEqual(usual);
  });

  test('is said for all chains, and a chain says the rest for itself', () => {
    const { chains } = settingsOf(withCache('cache: { maxBytes: 64MiB, finalized: 1h }', 'cache: { tip: 500ms }'));
    expect(chains[0]?.cache).toEqual({ maxBytes: 64 * mebibyte, tipMs: 500, finalizedMs: 3_600_000 });
  });

  test('is nothing where it is off, for all chains or for one', () => {
    expect(settingsOf(withCache('cache: off'))).toMatchObject({ cache: 'off', chains: [{ cache: 'off' }] });
    expect(settingsOf(withCache('', 'cache: off'))).toMatchObject({ cache: usual, chains: [{ cache: 'off' }] });
  });

  test('is what a chain says where it is off for all others', () => {
    const { chains } = settingsOf(withCache('cache: off', 'cache: { finalized: 2h }'));
    expect(chains[0]?.cache).toEqual({ ...usual, finalizedMs: 7_200_000 });
  });

  test.each([
    ['cache: { tip: 2s }', 'from 0s to 1s'],
    ['cache: { maxBytes: 1KiB }', 'from 1MiB to 64GiB'],
    ['cache: { finalised: 1h }', 'finalized'],
    ['cache: none', 'must be off'],
  ])('cannot be %s', (text, why) => {
    expect(problemsOf(withCache(text)).join('\n')).toContain(why);
  });

  test('is printed as it would be written', () => {
    const text = printable(settingsOf(withCache('cache: { tip: 1s }', 'cache: off')), () => undefined);
    expect(text).toContain('cache:\n  maxBytes: 256MiB\n  tip: 1s\n  finalized: 1d\n');
    expect(text).toContain('    cache: off\n');
  });
});
