import { expect, test } from 'vitest';
import { parked, type Rest, startLoop } from '../../../src/track/loop.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

function loopOf(rests: readonly (Rest | 'throws')[]) {
  const clock = createVirtualClock();
  const turns: number[] = [];
  const loop = startLoop(clock, async () => {
    const rest = rests[turns.length] ?? parked;
    turns.push(clock.now());
    if (rest === 'throws') throw new Error('planted');
    return rest;
  });
  return { clock, turns, loop };
}

test('a loop takes its turns at the times it says', async () => {
  const { clock, turns } = loopOf([{ ms: 100, until: 'over' }, { ms: 1000, until: 'over' }, parked]);
  await clock.advanceAsync(60_000);
  expect(turns).toEqual([1000, 1100, 2100]);
});

test('a parked loop goes on when nudged, and holds no timer meanwhile', async () => {
  const { clock, turns, loop } = loopOf([parked, parked]);
  await clock.advanceAsync(1000);
  expect(clock.pending()).toBe(0);
  loop.nudge();
  await clock.advanceAsync(1);
  expect(turns).toHaveLength(2);
});

test('a nudge ends an idle rest, not a wait after a failure', async () => {
  const { clock, turns, loop } = loopOf([{ ms: 1000, until: 'over-or-nudged' }, { ms: 2000, until: 'over' }, parked]);
  await clock.advanceAsync(10);
  loop.nudge();
  await clock.advanceAsync(10);
  expect(turns).toHaveLength(2);
  loop.nudge();
  await clock.advanceAsync(1900);
  expect(turns).toHaveLength(2);
  await clock.advanceAsync(200);
  expect(turns).toHaveLength(3);
});

test('an exception ends a turn, not the loop (F-174)', async () => {
  const { clock, turns } = loopOf(['throws', 'throws', parked]);
  await clock.advanceAsync(10_000);
  expect(turns).toHaveLength(3);
});

test('closed is closed', async () => {
  const { clock, turns, loop } = loopOf([{ ms: 10, until: 'over' }]);
  await clock.advanceAsync(5);
  loop.close();
  loop.nudge();
  await clock.advanceAsync(60_000);
  expect(turns).toHaveLength(1);
  expect(clock.pending()).toBe(0);
});
