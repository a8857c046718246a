import { expect, test } from 'vitest';
import { sendAwayStalled } from '../../../src/server/stalled-client.ts';

/** A client's connection on which so many bytes wait, once nothing has moved on it for as long as is waited. */
function afterPause(waiting: number): { readonly waitedMs: number; readonly isGone: boolean } {
  const seen = { waitedMs: 0, isGone: false };
  sendAwayStalled({
    writableLength: waiting,
    setTimeout(ms, run) {
      seen.waitedMs = ms;
      run();
    },
    destroy() {
      seen.isGone = true;
    },
  });
  return seen;
}

test('a client for whom something waits, and who takes nothing for 15 seconds, is sent away', () => {
  expect(afterPause(1)).toEqual({ waitedMs: 15_000, isGone: true });
});

test('a client for whom nothing waits stays: it is not the one who is slow', () => {
  expect(afterPause(0).isGone).toBe(false);
});
