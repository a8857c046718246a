import type { FaultName } from './faults.ts';
import type { Verdict } from './verdict.ts';

/** What came of one attempt: the label `outcome` of `switchyard_endpoint_requests_total`. */
export const attemptOutcomes = ['ok', 'error', 'failed', 'rate-limited', 'cancelled'] as const;

/** The outcome of one attempt, as a label. */
export type AttemptResult = (typeof attemptOutcomes)[number];

/** Reads an attempt's outcome off its verdict: `error` is the upstream's own answer that speaks against nobody but the call. */
export function attemptResultOf(verdict: Verdict): AttemptResult {
  if (verdict.meaning === 'ok') return 'ok';
  if (verdict.holdOff) return 'rate-limited';
  if (verdict.meaning === 'cancelled') return 'cancelled';
  return verdict.blame === 'upstream' ? 'failed' : 'error';
}

/**
 * What a client got: `ok`, the upstream's own `error`, or a fault of the gateway. `broken-off`: the beginning of an answer too large to
 * be held, whose rest did not come.
 */
export type CallOutcome = 'ok' | 'error' | 'client-gone' | 'broken-off' | FaultName;

/** What the cache had to do with an answer: `bypass` where it was not asked, or must not be. */
export const cacheUses = ['hit', 'miss', 'coalesced', 'bypass'] as const;

/** One use of the cache: what the header says, and the label `result` of `switchyard_cache_requests_total`. */
export type CacheUse = (typeof cacheUses)[number];

/** Latency buckets in seconds (DESIGN 12). */
export const latencyBuckets: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
];
