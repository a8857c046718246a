import type { MethodClass } from '../model/method-policy.ts';
import type { Upstream } from '../model/pairing.ts';
import type { Ending } from './ending.ts';
import { classPosition, Latency } from './latency.ts';
import { blankRow, type LoadRow } from './load-row.ts';
import { enterRing, leaveRing, OpenSend } from './open-send.ts';
import { type Allowances, Pace } from './pace.ts';

/** A send is overdue after this many times its method's 95th percentile, and at least the milliseconds below. */
const overdueFactor = 3;
const leastOverdueMs = 1000;

/** A hedge waits at least this long, in milliseconds. */
const leastHedgeMs = 50;

/** A read that was sent this long ago is overdue, whatever else its upstream answers. In milliseconds. */
const patienceMs = 5000;

/** Failures in a row that do not yet take back what a good answer said: one may be the call's own. */
const pardonedFailures = 1;

/** For how long a good answer speaks for its upstream, in milliseconds. */
const freshAnswerMs = 10_000;

/** The same of an answered poll: a little longer than the time between two. */
const freshPollMs = 15_000;

/** A failure counts as an answer that took at least this long, in milliseconds: to fail fast must not look fast. */
const failurePenaltyMs = 1000;

/** When a call was sent, and what time it is: monotonic milliseconds. */
export interface SendMoment {
  readonly sentAt: number;
  readonly now: number;
}

/** Good answers since they were last asked for, all of one generation of the upstream. */
export interface GoodAnswers {
  readonly good: number;
  readonly generation: number;
  /** When the newest of them was sent. */
  readonly newestSentAt: number;
}

/**
 * What the request path knows of the endpoints of one chain before anything is folded: calls in flight, how fast they
 * answer, which sends hang. One owner per chain and process, by `endpoint.index`. Memory is fixed but for the sends in
 * flight. Times are of the monotonic clock, in milliseconds; never throws.
 */
export class Load {
  /** How fast last resorts and slowed upstreams may be asked. */
  readonly pace: Pace;
  readonly #latency: Latency;
  readonly #rows: readonly LoadRow[];
  readonly #allowances: Allowances;

  constructor({ rows, latency, pace, allowances = [] }: LoadParts) {
    this.pace = pace;
    this.#latency = latency;
    this.#rows = rows;
    this.#allowances = allowances;
  }

  /**
   * The load of the chain after a reload: by new index, the index an endpoint had here; undefined begins blank. Both go on
   * counting in the same rows, so that calls that were under way are known to those that follow, and the other way round.
   */
  continued(from: readonly (number | undefined)[], allowances: Allowances = []): Load {
    return new Load({
      rows: from.map((index) => this.#rows[index ?? -1] ?? blankRow()),
      latency: this.#latency.continued(from),
      pace: this.pace.continued(from, allowances),
      allowances,
    });
  }

  /** The latency series of a method, by its name in the spec: looked up once per call, then a number. */
  seriesOf(method: string, methodClass: MethodClass): number {
    return this.#latency.seriesOf(method, methodClass);
  }

  /** Notes that a call goes out. What it returns must be handed to `end`, whatever comes of it. */
  begin(upstream: Upstream, series: number, now: number): OpenSend {
    const { index } = upstream.endpoint;
    const send = new OpenSend({
      index,
      series,
      class: this.#latency.classOf(series),
      generation: upstream.generation,
      sentAt: now,
      overdueAt: now + this.#overdueAfterMs(index, series),
    });
    this.pace.sent(upstream, now);
    const row = this.#rows[index];
    if (row === undefined) return send;
    row.inFlight += 1;
    this.#allowances[index]?.enter();
    enterRing(row.waiting, send);
    return send;
  }

  /** Notes what came of a send. A second time for the same send changes nothing. */
  end(send: OpenSend, ending: Ending, now: number): void {
    if (!send.isOpen) return;
    send.isOpen = false;
    leaveRing(send);
    const row = this.#rows[send.index];
    if (row === undefined) return;
    row.inFlight -= 1;
    this.#allowances[send.index]?.leave();
    const elapsedMs = now - send.sentAt;
    switch (ending) {
      case 'good':
        return this.#answered(send, row, now);
      case 'failed':
        return this.#failed(send, row, now);
      case 'cancelled':
        return this.#gaveUp(send, elapsedMs, now);
      case 'neutral':
        return;
    }
  }

  /** Notes that a good answer has begun, too large to wait for its end. It counts as one now, and is in flight until `end`. */
  answering(send: OpenSend, now: number): void {
    const row = this.#rows[send.index];
    if (!send.isOpen || row === undefined) return;
    leaveRing(send);
    this.#answered(send, row, now);
  }

  /** Calls in flight on an endpoint. */
  inFlight(index: number): number {
    return this.#rows[index]?.inFlight ?? 0;
  }

  /** True while its account has as many calls in flight as it may. */
  isAccountFull(index: number): boolean {
    return this.#allowances[index]?.isFull === true;
  }

  /**
   * What the next answer of that class is expected to take, in milliseconds: the average, or the age of a send that
   * should long be back, whichever is more. A send stops counting as overdue once any later answer was good.
   */
  expectedMs(index: number, methodClass: MethodClass, now: number): number {
    const estimate = this.#latency.estimateMs(index, classPosition(methodClass), now);
    return Math.max(estimate, this.#overdueMs(index, now));
  }

  /** True once the endpoint was observed with a method of that class. */
  hasObserved(index: number, methodClass: MethodClass): boolean {
    return this.#latency.hasObserved(index, classPosition(methodClass));
  }

  /** How long to wait before hedging a call of that series, in milliseconds; undefined while too few answers were seen. */
  hedgeDelayMs(index: number, series: number): number | undefined {
    const p95 = this.#latency.p95Ms(index, series);
    return p95 === undefined ? undefined : Math.max(leastHedgeMs, p95);
  }

  /** Notes that a poll was answered: so a backup that no call was sent to yet is known to answer. */
  pollAnswered(index: number, sentAt: number): void {
    const row = this.#rows[index];
    if (row !== undefined) row.polledAt = sentAt;
  }

  /** True where a read sent then should long be answered: after 5 s in any case, sooner where the upstream fell silent. */
  isOverdue(index: number, series: number, moment: SendMoment): boolean {
    return moment.now - moment.sentAt >= patienceMs || this.isSilent(index, series, moment);
  }

  /** True where a read sent then should be answered, and the upstream has answered nothing since, neither calls nor polls. */
  isSilent(index: number, series: number, { sentAt, now }: SendMoment): boolean {
    return this.heardAt(index) < sentAt && now - sentAt >= this.#overdueAfterMs(index, series);
  }

  /** When the last good answer to a call came, or the newest answered poll went out; minus infinity where there was neither. */
  heardAt(index: number): number {
    const row = this.#rows[index];
    return row === undefined ? Number.NEGATIVE_INFINITY : Math.max(row.goodAt, row.polledAt);
  }

  /** True where the upstream answered well within the last 10 s, be it a poll, and has not failed twice since, or at all since the poll. */
  answersWell(index: number, now: number): boolean {
    const row = this.#rows[index];
    if (row === undefined) return false;
    if (row.failures <= pardonedFailures && now - row.goodAt <= freshAnswerMs) return true;
    return row.polledAt > row.failedSentAt && now - row.polledAt <= freshPollMs;
  }

  /** Takes the good answers counted since the last time, to be folded as a sum; undefined where there were none. */
  drainGood(index: number): GoodAnswers | undefined {
    const row = this.#rows[index];
    if (row === undefined || row.good === 0) return undefined;
    const { good, goodGeneration: generation, goodSentAt: newestSentAt } = row;
    row.good = 0;
    return { good, generation, newestSentAt };
  }

  #answered(send: OpenSend, row: LoadRow, now: number): void {
    this.#latency.answered(send, now - send.sentAt, now);
    row.goodAt = now;
    row.failures = 0;
    this.pace.answered(send.index);
    if (send.generation < row.goodGeneration) return;
    const isFirst = row.good === 0 || send.generation !== row.goodGeneration;
    row.good = isFirst ? 1 : row.good + 1;
    row.goodSentAt = isFirst ? send.sentAt : Math.max(row.goodSentAt, send.sentAt);
    row.goodGeneration = send.generation;
  }

  #failed(send: OpenSend, row: LoadRow, now: number): void {
    this.#latency.observed(send, Math.max(now - send.sentAt, failurePenaltyMs), now);
    row.failures += 1;
    row.failedSentAt = Math.max(row.failedSentAt, send.sentAt);
    this.pace.failed(send.index);
  }

  /** Its answer would have taken longer than we waited. That much is known, and nothing else. */
  #gaveUp(send: OpenSend, elapsedMs: number, now: number): void {
    if (elapsedMs > this.#latency.estimateMs(send.index, send.class, now)) {
      this.#latency.observed(send, elapsedMs, now);
    }
  }

  #overdueAfterMs(index: number, series: number): number {
    return Math.max(leastOverdueMs, overdueFactor * (this.#latency.p95Ms(index, series) ?? 0));
  }

  #overdueMs(index: number, now: number): number {
    const row = this.#rows[index];
    if (row === undefined) return 0;
    const { waiting: ring, goodAt } = row;
    while (ring.after !== ring && ring.after.overdueAt <= goodAt) leaveRing(ring.after);
    const oldest = ring.after;
    return oldest !== ring && oldest.overdueAt <= now ? now - oldest.sentAt : 0;
  }
}

/** Makes the load of one chain, with nothing in flight and nothing observed. `size` is its number of endpoints. */
export function createLoad(size: number, allowances: Allowances = []): Load {
  const rows = Array.from({ length: size }, blankRow);
  return new Load({ rows, latency: new Latency(size), pace: new Pace(size, allowances), allowances });
}

/** What a load is made of; each by `endpoint.index`. */
export interface LoadParts {
  readonly rows: readonly LoadRow[];
  readonly latency: Latency;
  readonly pace: Pace;
  readonly allowances?: Allowances;
}
