import { describe, expect, test } from 'vitest';
import { finalizedOf, saysNoFinality } from '../../../src/track/finality.ts';
import { evmSpec, head, verdict } from './builders.ts';

const read = head(936, { hash: 'x' });

describe('the finalized height of one tracker', () => {
  test('where it is read, it is what was read', () => {
    expect(finalizedOf(evmSpec(), head(1000), read)).toEqual({ height: 936, hash: 'x', reach: 936 });
    expect(finalizedOf(evmSpec(), head(1000), undefined)).toBeUndefined();
  });

  test('where the endpoint has no such tag, it is the safe depth below its head', () => {
    expect(finalizedOf(evmSpec(), head(1000), 'unread')).toEqual({ height: 936, reach: 1000 });
    expect(finalizedOf(evmSpec(), undefined, 'unread')).toBeUndefined();
  });

  test('a young chain is final down to its first block', () => {
    expect(finalizedOf(evmSpec(), head(5), 'unread')).toEqual({ height: 0, reach: 5 });
  });

  test('by depth, and at once', () => {
    expect(finalizedOf(evmSpec({ finality: { kind: 'depth', depth: 10 } }), head(1000), undefined)?.height).toBe(990);
    const instant = finalizedOf(evmSpec({ finality: { kind: 'instant' } }), head(1000, { hash: 'y' }), undefined);
    expect(instant).toEqual({ height: 1000, hash: 'y', reach: 1000 });
  });
});

describe('an answer that says there is no finality', () => {
  test.each(['tag-unsupported', 'method-unsupported', 'block-unknown', 'invalid-params'] as const)('%s', (meaning) => {
    expect(saysNoFinality(verdict(meaning, { blame: 'none' }))).toBe(true);
  });

  test.each(['timeout', 'connection-lost', 'server-error', 'syncing'] as const)('not %s', (meaning) => {
    expect(saysNoFinality(verdict(meaning))).toBe(false);
  });

  test('not a request to slow down', () => {
    expect(saysNoFinality(verdict('rate-limited', { blame: 'none', holdOff: true }))).toBe(false);
  });
});
