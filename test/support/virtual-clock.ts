import type { Cancel, Clock } from '../../src/ports/clock.ts';

/** A clock that stands still until a test moves it. */
export interface VirtualClock extends Clock {
  /** Moves time on and fires what falls due on the way, in order of due time, then of arming. Promises do not run in between. */
  advance(ms: number): void;
  /** Like `advance`, and lets everything that waits on promises run before the first, between, and after the timers. */
  advanceAsync(ms: number): Promise<void>;
  /** Timers armed and neither fired nor cancelled: what a machine leaves behind. */
  pending(): number;
  /** Shifts the wall clock only, as an operator or a time server does. The monotonic clock does not notice. */
  jumpWall(byMs: number): void;
}

interface Timer {
  readonly due: number;
  readonly run: () => void;
  armed: boolean;
}

/** Timers fired by one `advance`; more means a timer that arms itself again without letting time pass. */
const maxFirings = 1_000_000;

/** Taken at import, so that a test's fake timers cannot stop it. It waits for a turn of the loop, not for time. */
const nextTurn = setImmediate;

/**
 * Makes a clock of which a test is the master. Monotonic time starts at `now` (1000 ms: zero means "never" in places),
 * the wall clock at `wall` (14 November 2023 22:13:20 UTC).
 */
export function createVirtualClock(options: { readonly now?: number; readonly wall?: number } = {}): VirtualClock {
  let now = options.now ?? 1000;
  let wallOffset = (options.wall ?? 1_700_000_000_000) - now;
  const timers: Timer[] = [];

  function after(delayMs: number, run: () => void): Cancel {
    const timer: Timer = { due: now + Math.max(0, delayMs), run, armed: true };
    timers.splice(positionAfter(timers, timer.due), 0, timer);
    return () => {
      if (!timer.armed) return;
      timer.armed = false;
      timers.splice(timers.indexOf(timer), 1);
    };
  }

  function fireNext(until: number): boolean {
    const timer = timers[0];
    if (timer === undefined || timer.due > until) return false;
    timers.shift();
    timer.armed = false;
    now = Math.max(now, timer.due);
    timer.run();
    return true;
  }

  function advance(ms: number): void {
    const until = now + ms;
    let fired = 0;
    while (fireNext(until)) refuseEndless(++fired);
    now = until;
  }

  async function advanceAsync(ms: number): Promise<void> {
    const until = now + ms;
    let fired = 0;
    await promisesRun();
    while (fireNext(until)) {
      refuseEndless(++fired);
      await promisesRun();
    }
    now = until;
  }

  return {
    now: () => now,
    wall: () => now + wallOffset,
    after,
    advance,
    advanceAsync,
    pending: () => timers.length,
    jumpWall: (byMs) => {
      wallOffset += byMs;
    },
  };
}

/** Where a timer due at `due` belongs: behind all that are due no later. */
function positionAfter(timers: readonly Timer[], due: number): number {
  let low = 0;
  let high = timers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const there = timers[middle];
    if (there !== undefined && there.due <= due) low = middle + 1;
    else high = middle;
  }
  return low;
}

function refuseEndless(fired: number): void {
  if (fired > maxFirings)
    throw new Error(`${maxFirings} timers fired in one advance: a timer arms itself again at once`);
}

/** A turn of the loop: it begins only when no promise has anything left to do. */
function promisesRun(): Promise<void> {
  return new Promise((resolve) => {
    nextTurn(resolve);
  });
}
