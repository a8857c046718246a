import type { Purpose } from './names.ts';
import type { Blame, Meaning } from './verdict.ts';

/** Answers of one upstream that were not good, by what they meant and against whom they speak. */
export interface ErrorCount {
  readonly kind: Meaning;
  readonly blame: Blame;
  readonly count: number;
}

/** What one upstream was sent and how it answered, as operators see it. Plain data. */
export interface UpstreamUsage {
  /** Calls sent for clients per second: the mean of the last minute. Polls, probes and audits are not among them. */
  readonly callsPerSecond: number;
  /** 95th percentile of the attempts of the last minute, in milliseconds, as exact as the latency buckets; absent without any. */
  readonly p95Ms?: number;
  /** Calls sent since the day began, by purpose; a purpose nobody sent for is absent. */
  readonly callsToday: Readonly<Partial<Record<Purpose, number>>>;
  /** Answers since the day began that were not good, most first. */
  readonly errorsToday: readonly ErrorCount[];
  readonly trend: UsageTrend;
}

/** The last minutes in steps, oldest first; both lists are of one length. */
export interface UsageTrend {
  /** Milliseconds from one value to the next. */
  readonly everyMs: number;
  readonly callsPerSecond: readonly number[];
  /** Null where nothing was sent. */
  readonly p95Ms: readonly (number | null)[];
}
