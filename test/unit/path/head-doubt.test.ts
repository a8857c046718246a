import { describe, expect, test } from 'vitest';
import { createShownHead, isMissingBlock } from '../../../src/path/head-doubt.ts';

/** A chain whose head reads have shown these heights, while its upstreams agreed on 100. */
function shown(...heights: readonly number[]) {
  const head = createShownHead();
  for (const height of heights) head.isBehind(height, 100);
  return head;
}

describe('F-180: what head reads show', () => {
  test('does not go back below what was shown and is agreed on', () => {
    expect(shown(100).isBehind(99, 100)).toBe(true);
    expect(shown(101).isBehind(100, 101)).toBe(true);
    expect(shown(100).isBehind(0, 100)).toBe(true);
  });

  test('may stand still and go on', () => {
    const head = shown(100);
    expect([100, 101, 101].map((height) => head.isBehind(height, 101))).toEqual([false, false, false]);
  });

  test('may be below the tip as long as nobody was shown more', () => {
    expect(shown(98).isBehind(98, 100)).toBe(false);
  });

  test('is not raised by an upstream that is alone with its height', () => {
    const head = shown(1_000_000_000);
    expect(head.isBehind(100, 100)).toBe(false);
    expect(head.isBehind(101, 101)).toBe(false);
  });

  test('follows a chain that was set back', () => {
    const head = shown(100);
    expect(head.isBehind(5, 100)).toBe(true);
    expect(head.isBehind(5, 5)).toBe(false);
    expect(head.isBehind(6, 5)).toBe(false);
  });

  test('is not judged before the upstreams agree on anything', () => {
    const head = createShownHead();
    expect(head.isBehind(100, undefined)).toBe(false);
    expect(head.isBehind(5, undefined)).toBe(false);
  });
});

describe('F-181: a null is in the place of a block', () => {
  const at = (height: number) => ({ kind: 'height', height }) as const;

  test('that the chain has', () => {
    expect(isMissingBlock(Buffer.from('null'), at(100), 100)).toBe(true);
    expect(isMissingBlock(Buffer.from('null'), at(0), 100)).toBe(true);
  });

  test('that is still to come, or that nobody knows of: then it is the answer', () => {
    expect(isMissingBlock(Buffer.from('null'), at(101), 100)).toBe(false);
    expect(isMissingBlock(Buffer.from('null'), at(1), undefined)).toBe(false);
    expect(isMissingBlock(Buffer.from('null'), { kind: 'tag', tag: 'latest' }, 100)).toBe(false);
    expect(isMissingBlock(Buffer.from('null'), { kind: 'hash', hash: '0x1' }, 100)).toBe(false);
  });

  test('and nothing else is', () => {
    expect(isMissingBlock(Buffer.from('{"number":"0x1"}'), at(1), 100)).toBe(false);
  });
});

describe('what was told of the newest block', () => {
  const told = (height: number) =>
    ({ height, answer: { kind: 'result', result: Buffer.from(String(height)) } }) as const;

  test('is found again up to what is agreed on, also where one alone told of more meanwhile', () => {
    const head = createShownHead();
    for (const height of [100, 1_000_000, 2_000_000]) head.tell('q', told(height));
    expect(head.toldAbove('q', 99, 100)?.height).toBe(100);
    expect(head.toldAbove('q', 100, 100)).toBeUndefined();
    expect(head.toldAbove('other', 99, 100)).toBeUndefined();
  });

  test('is found again where what is agreed on had stepped back meanwhile', () => {
    const head = createShownHead();
    for (const height of [101, 100, 100]) head.tell('q', told(height));
    expect(head.toldAbove('q', 99, 100)?.height).toBe(100);
    expect(head.toldAbove('q', 100, 101)?.height).toBe(101);
  });
});
