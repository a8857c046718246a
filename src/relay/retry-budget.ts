/** The window the budget looks back on, in seconds: one bucket each. */
const windowSeconds = 30;

/** Retries allowed per call of the window, and per second however few calls there were. */
const retryShare = 0.2;
const leastRetriesPerSecond = 10;

/** Hedges allowed per call of the window. */
const hedgeShare = 0.05;

/**
 * How many sends a chain may spend on second tries: retries for 20 % of the calls of the last 30 s, at least 10 per second;
 * hedges for 5 %. So an outage cannot multiply the load on what is left. Times are of the monotonic clock, in milliseconds.
 *
 * A ring of thirty buckets, no timers, no allocation; never throws.
 */
export class RetryBudget {
  readonly #calls = new Int32Array(windowSeconds);
  readonly #retries = new Int32Array(windowSeconds);
  readonly #hedges = new Int32Array(windowSeconds);
  #callsInAll = 0;
  #retriesInAll = 0;
  #hedgesInAll = 0;
  /** The second the newest bucket stands for. */
  #second = 0;

  /** Counts a client's call. */
  noteCall(now: number): void {
    const at = this.#advance(now);
    this.#calls[at] = (this.#calls[at] ?? 0) + 1;
    this.#callsInAll += 1;
  }

  /** Takes one retry, where there is one left. */
  take(now: number): boolean {
    if (this.remaining(now) < 1) return false;
    const at = this.#advance(now);
    this.#retries[at] = (this.#retries[at] ?? 0) + 1;
    this.#retriesInAll += 1;
    return true;
  }

  /** Takes one hedge, where there is one left. */
  takeHedge(now: number): boolean {
    const at = this.#advance(now);
    if (this.#hedgesInAll + 1 > this.#callsInAll * hedgeShare) return false;
    this.#hedges[at] = (this.#hedges[at] ?? 0) + 1;
    this.#hedgesInAll += 1;
    return true;
  }

  /** Retries that could be taken now. */
  remaining(now: number): number {
    const at = this.#advance(now);
    const ofShare = Math.floor(this.#callsInAll * retryShare) - this.#retriesInAll;
    const ofSecond = leastRetriesPerSecond - (this.#retries[at] ?? 0);
    return Math.max(0, ofShare, ofSecond);
  }

  /** Forgets the buckets that fell out of the window; answers the newest one's place. */
  #advance(now: number): number {
    const second = Math.floor(now / 1000);
    const passed = Math.min(second - this.#second, windowSeconds);
    for (let step = passed - 1; step >= 0; step -= 1) this.#forget((second - step) % windowSeconds);
    if (second > this.#second) this.#second = second;
    return this.#second % windowSeconds;
  }

  #forget(at: number): void {
    this.#callsInAll -= this.#calls[at] ?? 0;
    this.#retriesInAll -= this.#retries[at] ?? 0;
    this.#hedgesInAll -= this.#hedges[at] ?? 0;
    this.#calls[at] = 0;
    this.#retries[at] = 0;
    this.#hedges[at] = 0;
  }
}

/** Makes the budget of one chain, unspent. */
export function createRetryBudget(): RetryBudget {
  return new RetryBudget();
}
