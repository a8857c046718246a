import type { Cancel, Clock } from '../ports/clock.ts';

/** How long a loop rests: `on-nudge` lets a nudge end the rest; `Infinity` rests until nudged. */
export interface Rest {
  readonly ms: number;
  readonly until: 'over' | 'over-or-nudged';
}

/** A loop that takes one action per turn and is the only one to sleep. */
export interface Loop {
  /** There may be something to do. */
  nudge(): void;
  close(): void;
}

/** Rest after a turn that failed by an exception: the loop goes on. */
const crashedRest: Rest = { ms: 2000, until: 'over' };

/** Until somebody nudges. */
export const parked: Rest = { ms: Number.POSITIVE_INFINITY, until: 'over-or-nudged' };

/** Runs `turn` again and again, resting in between as it says. Turns never overlap; an exception ends a turn, not the loop. */
export function startLoop(clock: Clock, turn: () => Promise<Rest>): Loop {
  let state: 'turning' | 'resting' | 'nappable' | 'closed' = 'resting';
  let nudged = false;
  let cancel: Cancel = () => {};

  function run(): void {
    if (state === 'closed') return;
    state = 'turning';
    nudged = false;
    turn().then(rest, () => rest(crashedRest));
  }

  function rest({ ms, until }: Rest): void {
    if (state === 'closed') return;
    const isNappable = until === 'over-or-nudged';
    state = isNappable ? 'nappable' : 'resting';
    if (isNappable && nudged) cancel = clock.after(0, run);
    else if (ms !== Number.POSITIVE_INFINITY) cancel = clock.after(ms, run);
  }

  cancel = clock.after(0, run);
  return {
    nudge: () => {
      nudged = true;
      if (state !== 'nappable') return;
      cancel();
      state = 'resting';
      cancel = clock.after(0, run);
    },
    close: () => {
      state = 'closed';
      cancel();
    },
  };
}
