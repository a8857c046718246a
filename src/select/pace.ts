import type { Upstream } from '../model/pairing.ts';
import type { Allowance } from './allowance.ts';

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
 * - Over the rate of its account: one call per second of the whole account.
 * - Blocked: few calls at once, one more with each good answer, back to few with each failure. So whoever calls one at a
 *   time is never refused, one that hangs or breaks is not stormed, and one that works again is soon at full use.
 */
export class Pace {
  readonly #rows: readonly PaceRow[];
  readonly #allowances: Allowances;

  /** @param rows one per endpoint, by index; a number makes as many blank ones. */
  constructor(rows: number | readonly PaceRow[], allowances: Allowances = []) {
    this.#rows = typeof rows === 'number' ? Array.from({ length: rows }, blankPace) : rows;
    this.#allowances = allowances;
  }

  /** Goes on with other endpoints, by the row each had here; what is learned in one pace the other knows too. */
  continued(from: readonly (number | undefined)[], allowances: Allowances = []): Pace {
    const rows = from.map((index) => this.#rows[index ?? -1] ?? blankPace());
    return new Pace(rows, allowances);
  }

  /** Notes a call that is being sent. */
  sent(upstream: Upstream, now: number): void {
    const row = this.#rows[upstream.endpoint.index];
    if (row === undefined) return;
    const isOverRate = this.rateWaitMs(upstream, now) > 0;
    if (isOverRate || isHeldOff(upstream, now)) row.pacedAt = now;
    if (upstream.admittedRate === undefined) return;
    row.tokens = Math.max(0, savedTokens(row, upstream.admittedRate, now) - 1);
    row.tokensAt = now;
  }

  /** A good answer: a blocked upstream may be sent one more call at once. */
  answered(index: number): void {
    const row = this.#rows[index];
    if (row !== undefined && row.room < 0x7fff_ffff) row.room += 1;
  }

  /** A failure: a blocked upstream is sent few calls at once. */
  failed(index: number): void {
    const row = this.#rows[index];
    if (row !== undefined) row.room = firstRoom;
  }

  /** Calls in flight a blocked upstream may have as a last resort. */
  room(index: number): number {
    return this.#rows[index]?.room ?? firstRoom;
  }

  /** Milliseconds until a last resort that asked us to slow down may be sent the next call; 0 means now. */
  lastResortWaitMs(index: number, now: number): number {
    const own = (this.#rows[index]?.pacedAt ?? Number.NEGATIVE_INFINITY) + lastResortMs - now;
    const ofAccount = this.isOverAccount(index, now) ? (this.#allowances[index]?.floorWaitMs(now) ?? 0) : 0;
    return Math.max(0, own, ofAccount);
  }

  /** True while everything its account may be sent in this moment was sent. */
  isOverAccount(index: number, now: number): boolean {
    return (this.#allowances[index]?.rateWaitMs(now) ?? 0) > 0;
  }

  /** Milliseconds until its account's rate and the admitted one allow a call; 0 means now, or that there is no such rate. */
  rateWaitMs(upstream: Upstream, now: number): number {
    const ofAccount = this.#allowances[upstream.endpoint.index]?.rateWaitMs(now) ?? 0;
    return Math.max(ofAccount, this.#admittedWaitMs(upstream, now));
  }

  #admittedWaitMs(upstream: Upstream, now: number): number {
    const row = this.#rows[upstream.endpoint.index];
    if (upstream.admittedRate === undefined || row === undefined) return 0;
    const missing = 1 - savedTokens(row, upstream.admittedRate, now);
    return missing <= 0 ? 0 : (missing / Math.max(upstream.admittedRate, leastRate)) * 1000;
  }
}

/** What the account of each endpoint may be sent, by index; undefined where nobody limits it. */
export type Allowances = readonly (Allowance | undefined)[];

/** What is kept of one endpoint. */
export interface PaceRow {
  pacedAt: number;
  tokens: number;
  tokensAt: number;
  room: number;
}

function blankPace(): PaceRow {
  return { pacedAt: Number.NEGATIVE_INFINITY, tokens: 0, tokensAt: Number.NEGATIVE_INFINITY, room: firstRoom };
}

function savedTokens(row: PaceRow, admittedRate: number, now: number): number {
  const rate = Math.max(admittedRate, leastRate);
  const grown = ((now - row.tokensAt) / 1000) * rate;
  return Math.min(Math.max(1, rate), row.tokens + grown);
}

/** True while the upstream asked us to slow down. A snapshot may be older than the end of a hold-off. */
export function isHeldOff(upstream: Upstream, now: number): boolean {
  return upstream.heldOff !== undefined && upstream.heldOff.until > now;
}
