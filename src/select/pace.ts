import type { Upstream } from '../model/pairing.ts';

/** A last resort that asked us to slow down is sent one call in this time, in milliseconds. */
const lastResortMs = 1000;

/** Calls in flight a blocked upstream starts with as a last resort. */
const firstRoom = 8;

/** Calls per second below which a rate is taken as this: the wait for a call stays finite. */
const leastRate = 0.01;

/**
 * How fast upstreams may be asked that are not at full strength. One per chain, by `endpoint.index`; all times are of the
 * monotonic clock. Memory is fixed.
 *
 * - Held off, or over its admitted rate: one call per second.
 * - A rate admitted after a 429: tokens, at most one second's worth saved up.
 * - Blocked: few calls at once, one more with each good answer, back to few with each failure. So whoever calls one at a
 *   time is never refused, one that hangs or breaks is not stormed, and one that works again is soon at full use.
 */
export class Pace {
  readonly #pacedAt: Float64Array;
  readonly #tokens: Float64Array;
  readonly #tokensAt: Float64Array;
  readonly #room: Int32Array;

  /** @param size number of endpoints; indices run from 0. */
  constructor(size: number) {
    this.#pacedAt = new Float64Array(size).fill(Number.NEGATIVE_INFINITY);
    this.#tokens = new Float64Array(size);
    this.#tokensAt = new Float64Array(size).fill(Number.NEGATIVE_INFINITY);
    this.#room = new Int32Array(size).fill(firstRoom);
  }

  /** Notes a call that is being sent. */
  sent(upstream: Upstream, now: number): void {
    const { index } = upstream.endpoint;
    const isOverRate = this.rateWaitMs(upstream, now) > 0;
    if (isOverRate || isHeldOff(upstream, now)) this.#pacedAt[index] = now;
    if (upstream.admittedRate === undefined) return;
    this.#tokens[index] = Math.max(0, this.#savedTokens(index, upstream.admittedRate, now) - 1);
    this.#tokensAt[index] = now;
  }

  /** A good answer: a blocked upstream may be sent one more call at once. */
  answered(index: number): void {
    const room = this.#room[index] ?? firstRoom;
    if (room < 0x7fff_ffff) this.#room[index] = room + 1;
  }

  /** A failure: a blocked upstream is sent few calls at once. */
  failed(index: number): void {
    this.#room[index] = firstRoom;
  }

  /** Calls in flight a blocked upstream may have as a last resort. */
  room(index: number): number {
    return this.#room[index] ?? firstRoom;
  }

  /** Milliseconds until a last resort that asked us to slow down may be sent the next call; 0 means now. */
  lastResortWaitMs(index: number, now: number): number {
    return Math.max(0, (this.#pacedAt[index] ?? 0) + lastResortMs - now);
  }

  /** Milliseconds until the admitted rate allows a call; 0 means now, or that there is no such rate. */
  rateWaitMs(upstream: Upstream, now: number): number {
    if (upstream.admittedRate === undefined) return 0;
    const missing = 1 - this.#savedTokens(upstream.endpoint.index, upstream.admittedRate, now);
    return missing <= 0 ? 0 : (missing / Math.max(upstream.admittedRate, leastRate)) * 1000;
  }

  #savedTokens(index: number, admittedRate: number, now: number): number {
    const rate = Math.max(admittedRate, leastRate);
    const grown = ((now - (this.#tokensAt[index] ?? 0)) / 1000) * rate;
    return Math.min(Math.max(1, rate), (this.#tokens[index] ?? 0) + grown);
  }
}

/** True while the upstream asked us to slow down. A snapshot may be older than the end of a hold-off. */
export function isHeldOff(upstream: Upstream, now: number): boolean {
  return upstream.heldOff !== undefined && upstream.heldOff.until > now;
}
