import type { AccountSettings } from '../model/account.ts';

/** Over its rate an account is still sent one call in this time, where nobody else may be asked. In milliseconds. */
const floorMs = 1000;

/** What an account may be sent at a time. */
export type AllowanceLimits = Pick<AccountSettings, 'rate' | 'concurrency'>;

/**
 * What one account may be sent now, all its endpoints over all chains together: a token bucket, and calls in flight. Times are
 * monotonic milliseconds; memory is fixed; never throws.
 */
export class Allowance {
  #limits: AllowanceLimits;
  #tokens = 0;
  #tokensAt = Number.NEGATIVE_INFINITY;
  #overRateAt = Number.NEGATIVE_INFINITY;
  #inFlight = 0;

  constructor(limits: AllowanceLimits) {
    this.#limits = limits;
  }

  /** Goes on by other limits, after a reload. What was saved up stays, as far as it is allowed now. */
  limit(limits: AllowanceLimits, now: number): void {
    this.#tokens = this.#saved(now);
    this.#tokensAt = now;
    // Without a rate before, nothing was counted: it begins with all that may be saved up.
    if (this.#limits.rate === undefined) this.#tokensAt = Number.NEGATIVE_INFINITY;
    this.#limits = limits;
  }

  /** Notes a send. What goes out over the rate is nobody's debt; questions of our own leave clients their last resort. */
  sent(whose: 'clients' | 'ours', now: number): void {
    if (this.#limits.rate === undefined) return;
    const saved = this.#saved(now);
    if (saved < 1 && whose === 'clients') this.#overRateAt = now;
    this.#tokens = Math.max(0, saved - 1);
    this.#tokensAt = now;
  }

  /** Milliseconds until the rate allows a call; 0 means now, or that there is no rate. */
  rateWaitMs(now: number): number {
    const { rate } = this.#limits;
    if (rate === undefined) return 0;
    return (Math.max(0, 1 - this.#saved(now)) / rate.callsPerSecond) * 1000;
  }

  /** Milliseconds until a call may go out as a last resort, though the rate does not allow it; 0 means now. */
  floorWaitMs(now: number): number {
    return Math.max(0, this.#overRateAt + floorMs - now);
  }

  /** True while as many calls are in flight as may be. */
  get isFull(): boolean {
    return this.#inFlight >= (this.#limits.concurrency ?? Number.POSITIVE_INFINITY);
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** A call goes out; `leave` is owed once it is over. */
  enter(): void {
    this.#inFlight += 1;
  }

  leave(): void {
    this.#inFlight -= 1;
  }

  #saved(now: number): number {
    const { rate } = this.#limits;
    if (rate === undefined) return 0;
    const grown = ((now - this.#tokensAt) / 1000) * rate.callsPerSecond;
    return Math.min(rate.burst, this.#tokens + grown);
  }
}
