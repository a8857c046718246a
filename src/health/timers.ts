import type { Cancel, Clock } from '../ports/clock.ts';

/** Timers of one owner, so that closing it leaves none behind. */
export interface Timers {
  after(delayMs: number, run: () => void): Cancel;
  /** Resolves after `delayMs`, or never once the timers were cancelled. */
  pause(delayMs: number): Promise<void>;
  cancelAll(): void;
}

/** Keeps the timers armed through it until they fire or are cancelled. After `cancelAll` nothing is armed any more. */
export function createTimers(clock: Clock): Timers {
  const armed = new Set<Cancel>();
  let isOver = false;

  function after(delayMs: number, run: () => void): Cancel {
    if (isOver) return () => undefined;
    const cancelIt = clock.after(delayMs, () => {
      armed.delete(cancelIt);
      run();
    });
    armed.add(cancelIt);
    return () => {
      armed.delete(cancelIt);
      cancelIt();
    };
  }

  return {
    after,
    pause: (delayMs) =>
      new Promise((resolve) => {
        after(delayMs, resolve);
      }),
    cancelAll: () => {
      isOver = true;
      for (const cancelIt of armed) cancelIt();
      armed.clear();
    },
  };
}
