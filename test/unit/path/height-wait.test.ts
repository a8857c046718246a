import { describe, expect, test } from 'vitest';
import { createHeightWait } from '../../../src/path/height-wait.ts';
import type { Cancel } from '../../../src/ports/clock.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

function scene() {
  const clock = createVirtualClock();
  const wait = createHeightWait(clock);
  const ends: string[] = [];
  const begin = (name: string, isReached: () => boolean, forMs = 1000): Cancel => {
    let cancel: Cancel = () => undefined;
    const onCancel = (each: Cancel): void => {
      cancel = each;
    };
    void wait({ until: clock.now() + forMs, isReached, onCancel }).then((how) => ends.push(`${name} ${how}`));
    return () => cancel();
  };
  return { clock, ends, begin };
}

describe('waiting for a height', () => {
  test('ends soon after it was reached', async () => {
    const { clock, ends, begin } = scene();
    let isReached = false;
    begin('a', () => isReached);
    await clock.advanceAsync(500);
    expect(ends).toEqual([]);
    isReached = true;
    await clock.advanceAsync(60);
    expect(ends).toEqual(['a reached']);
  });

  test('ends with its time, or with the client, whichever is first', async () => {
    const { clock, ends, begin } = scene();
    begin('a', () => false, 300);
    const leave = begin('b', () => false, 300);
    await clock.advanceAsync(100);
    leave();
    await clock.advanceAsync(300);
    expect(ends).toEqual(['b gone', 'a over']);
  });

  test('takes one timer, however many wait, and none when nobody does', async () => {
    const { clock, begin } = scene();
    expect(clock.pending()).toBe(0);
    const leaves = Array.from({ length: 50 }, (_, at) => begin(String(at), () => false));
    await clock.advanceAsync(120);
    expect(clock.pending()).toBe(1);
    for (const leave of leaves) leave();
    begin('late', () => false, 100);
    await clock.advanceAsync(10);
    expect(clock.pending()).toBe(1);
    await clock.advanceAsync(1000);
    expect(clock.pending()).toBe(0);
  });

  test('is bounded: beyond a thousand nobody waits', async () => {
    const { clock, ends, begin } = scene();
    for (let at = 0; at < 1001; at += 1) begin(String(at), () => false);
    await clock.advanceAsync(1);
    expect(ends).toEqual(['1000 over']);
  });
});
