/** Cancels what it stands for. Calling it again, or after the fact, does nothing. */
export type Cancel = () => void;

/** Time, as an argument. Durations and deadlines use the monotonic clock; the wall clock decides nothing. */
export interface Clock {
  /** Monotonic milliseconds, with fractions; never goes back. */
  now(): number;
  /** Milliseconds since 1970, for texts and block times. */
  wall(): number;
  /** Calls `run` once, at least `delayMs` from now, on a coarse wheel (about 10 ms). After a stall of our own loop, pending I/O goes first. */
  after(delayMs: number, run: () => void): Cancel;
}
