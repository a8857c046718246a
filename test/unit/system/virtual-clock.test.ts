import { expect, it } from 'vitest';
import { createVirtualClock } from '../../support/virtual-clock.ts';

it('stands still until it is moved', () => {
  const clock = createVirtualClock({ now: 5, wall: 100 });
  expect([clock.now(), clock.wall()]).toEqual([5, 100]);
  clock.advance(7.5);
  expect([clock.now(), clock.wall()]).toEqual([12.5, 107.5]);
});

it('fires what falls due, at its own time and in order', () => {
  const clock = createVirtualClock({ now: 0 });
  const fired: [string, number][] = [];
  clock.after(20, () => fired.push(['b', clock.now()]));
  clock.after(10, () => {
    fired.push(['a', clock.now()]);
    clock.after(5, () => fired.push(['a2', clock.now()]));
  });
  clock.after(20, () => fired.push(['c', clock.now()]));
  clock.after(21, () => fired.push(['d', clock.now()]));
  clock.advance(20);
  expect(fired).toEqual([
    ['a', 10],
    ['a2', 15],
    ['b', 20],
    ['c', 20],
  ]);
  expect(clock.pending()).toBe(1);
});

it('forgets what is cancelled', () => {
  const clock = createVirtualClock();
  let fired = false;
  const cancel = clock.after(1, () => {
    fired = true;
  });
  cancel();
  cancel();
  clock.advance(10);
  expect(fired).toBe(false);
  expect(clock.pending()).toBe(0);
});

it('lets promises run between timers when asked to', async () => {
  const clock = createVirtualClock({ now: 0 });
  const seen: number[] = [];
  const sleep = (ms: number): Promise<void> => new Promise((resolve) => void clock.after(ms, resolve));
  const walk = async (): Promise<void> => {
    for (let i = 0; i < 3; i++) {
      await sleep(10);
      seen.push(clock.now());
    }
  };
  const walked = walk();
  await clock.advanceAsync(30);
  await walked;
  expect(seen).toEqual([10, 20, 30]);
});

it('jumps the wall clock alone', () => {
  const clock = createVirtualClock({ now: 0, wall: 0 });
  clock.jumpWall(-3_600_000);
  expect([clock.now(), clock.wall()]).toEqual([0, -3_600_000]);
});

it('refuses to run for ever', () => {
  const clock = createVirtualClock();
  const again = (): void => void clock.after(0, again);
  again();
  expect(() => clock.advance(1)).toThrow('arms itself again');
});
