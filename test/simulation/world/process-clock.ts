import type { Cancel, Clock } from '../../../src/ports/clock.ts';
import type { VirtualClock } from '../../support/virtual-clock.ts';

/** The clock of one simulated process: coarse timers, a loop that can stand still, and a death that takes every timer along. */
export interface ProcessClock extends Clock {
  /** Something comes in from the network: while the loop stands still it waits, and it goes before the timers. */
  arrive(delayMs: number, run: () => void): Cancel;
  /** The loop stands still from now on for so long; what falls due meanwhile comes after. */
  stallFor(ms: number): void;
  /** Timers armed and neither fired nor cancelled: what a process that closed has left behind. */
  armed(): number;
  /** The process is killed: nothing it armed and nothing on its way to it happens any more. */
  kill(): void;
}

/** Timers fire on multiples of this, as on the coarse wheel of a real process. */
const wheelMs = 10;

/** Behind everything that came in while the loop stood still. */
const afterInputMs = 0.001;

/** Makes the clock of a process that starts now. */
export function createProcessClock(time: VirtualClock): ProcessClock {
  const running = new Set<Cancel>();
  let stalledUntil = 0;
  let armed = 0;
  let isDead = false;

  /** Waits in outer time, and again for as long as the loop stands still. */
  function wait(delayMs: number, lateMs: number, run: () => void): Cancel {
    if (isDead) return () => undefined;
    let cancelTimer: Cancel = () => undefined;
    const end: Cancel = () => {
      cancelTimer();
      running.delete(end);
    };
    const due = (): void => {
      const leftMs = stalledUntil + lateMs - time.now();
      if (stalledUntil > 0 && leftMs > 0) {
        cancelTimer = time.after(leftMs, due);
        return;
      }
      running.delete(end);
      run();
    };
    cancelTimer = time.after(delayMs, due);
    running.add(end);
    return end;
  }

  function after(delayMs: number, run: () => void): Cancel {
    const now = time.now();
    const due = Math.ceil((now + Math.max(0, delayMs)) / wheelMs) * wheelMs;
    let isOver = false;
    armed += 1;
    const settle = (): boolean => {
      if (isOver) return false;
      isOver = true;
      armed -= 1;
      return true;
    };
    const end = wait(due - now, afterInputMs, () => {
      if (settle()) run();
    });
    return () => {
      if (settle()) end();
    };
  }

  return {
    now: () => time.now(),
    wall: () => time.wall(),
    after,
    arrive: (delayMs, run) => wait(delayMs, 0, run),
    stallFor: (ms) => {
      stalledUntil = Math.max(stalledUntil, time.now() + ms);
    },
    armed: () => armed,
    kill: () => {
      isDead = true;
      for (const end of [...running]) end();
      armed = 0;
    },
  };
}
