import type { HealthPolicy } from '../model/settings.ts';

/** What happened within one thirtieth of the window. */
export interface WindowBucket {
  /** Monotonic time in units of a bucket's width. */
  readonly slot: number;
  readonly good: number;
  readonly bad: number;
  /** Rate-limited answers: neither good nor bad, but part of the pace. */
  readonly limited: number;
  /** The one method that failed here; `''` when none did. */
  readonly method: string;
  /** True where the failures speak of more than one method, of the connection, or a poll failed too. */
  readonly isSpread: boolean;
}

/** The answers of the last 30 s: at most 30 buckets, oldest first, empty ones left out. */
export type AnswerWindow = readonly WindowBucket[];

/** Buckets of a window. */
const slots = 30;

/** What is added to the present bucket. */
export interface WindowEntry {
  readonly at: number;
  readonly good?: number;
  readonly bad?: number;
  readonly limited?: number;
  /** Method of a failure that may be the method's own; absent for one of the path, a poll's too. */
  readonly method?: string;
  readonly isSpread?: boolean;
}

/** Sums over a window. */
export interface WindowTotals {
  readonly good: number;
  readonly bad: number;
  readonly limited: number;
  readonly isSpread: boolean;
}

/** No answers. */
export const emptyWindow: AnswerWindow = [];

/** Adds what happened at `entry.at` and forgets what is older than the window. What comes late counts as of the newest bucket. */
export function addToWindow(window: AnswerWindow, entry: WindowEntry, policy: HealthPolicy): AnswerWindow {
  const last = window.at(-1);
  const slot = Math.max(slotAt(entry.at, policy), last?.slot ?? 0);
  const present = last?.slot === slot ? last : emptyBucket(slot);
  const older = last?.slot === slot ? window.slice(0, -1) : window;
  return [...older.filter((bucket) => bucket.slot > slot - slots), merged(present, entry)];
}

/** The sums of the last 30 s before `at`. */
export function windowTotals(window: AnswerWindow, at: number, policy: HealthPolicy): WindowTotals {
  const oldest = slotAt(at, policy) - slots;
  const totals = { good: 0, bad: 0, limited: 0, isSpread: false };
  let method = '';
  for (const bucket of window) {
    if (bucket.slot <= oldest) continue;
    totals.good += bucket.good;
    totals.bad += bucket.bad;
    totals.limited += bucket.limited;
    totals.isSpread ||= bucket.isSpread || (method !== '' && bucket.method !== '' && bucket.method !== method);
    method ||= bucket.method;
  }
  return totals;
}

/** True where fewer than 80 % of at least 20 answers within 30 s were good, and not of one method alone. */
export function isErrorRateHigh(window: AnswerWindow, at: number, policy: HealthPolicy): boolean {
  const { good, bad, isSpread } = windowTotals(window, at, policy);
  const answers = good + bad;
  return isSpread && answers >= policy.errorRateMinimum && good < policy.errorRateGood * answers;
}

/** Answers per second lately: over the last 10 s, or as long as the window goes back. */
export function answersPerSecond(window: AnswerWindow, at: number, policy: HealthPolicy): number {
  const widthMs = policy.errorRateWindowMs / slots;
  const oldest = slotAt(at, policy) - Math.ceil(slots / 3);
  const recent = window.filter((bucket) => bucket.slot > oldest);
  const first = recent[0];
  if (first === undefined) return 0;
  const answers = recent.reduce((sum, bucket) => sum + bucket.good + bucket.bad + bucket.limited, 0);
  return (answers * 1000) / Math.max(1000, at - first.slot * widthMs);
}

/** Takes one failure back, the newest: it was the call's fault. */
export function forgiveInWindow(window: AnswerWindow): AnswerWindow {
  const newest = window.findLastIndex((bucket) => bucket.bad > 0);
  return window.map((bucket, index) => {
    if (index !== newest) return bucket;
    return { ...bucket, bad: bucket.bad - 1, method: bucket.bad === 1 ? '' : bucket.method };
  });
}

function slotAt(at: number, policy: HealthPolicy): number {
  return Math.floor((at * slots) / policy.errorRateWindowMs);
}

function emptyBucket(slot: number): WindowBucket {
  return { slot, good: 0, bad: 0, limited: 0, method: '', isSpread: false };
}

function merged(bucket: WindowBucket, entry: WindowEntry): WindowBucket {
  const method = entry.method ?? '';
  const isSpread =
    bucket.isSpread || entry.isSpread === true || (method !== '' && bucket.method !== '' && method !== bucket.method);
  return {
    slot: bucket.slot,
    good: bucket.good + (entry.good ?? 0),
    bad: bucket.bad + (entry.bad ?? 0),
    limited: bucket.limited + (entry.limited ?? 0),
    method: bucket.method === '' ? method : bucket.method,
    isSpread,
  };
}
