import type { Cancel, Clock } from '../ports/clock.ts';

/** Runs `work` every `intervalMs` until cancelled, each time counted from the end of the last. */
export function repeat(clock: Clock, intervalMs: number, work: () => void): Cancel {
  let isOver = false;
  const turn = (): void => {
    work();
    if (!isOver) cancel = clock.after(intervalMs, turn);
  };
  let cancel = clock.after(intervalMs, turn);
  return () => {
    isOver = true;
    cancel();
  };
}
