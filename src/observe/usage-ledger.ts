import type { Purpose, UpstreamKey } from '../model/names.ts';
import { latencyBuckets } from '../model/traffic.ts';
import type { ErrorCount, UpstreamUsage } from '../model/usage.ts';
import type { Clock } from '../ports/clock.ts';
import type { Cells } from './cells.ts';
import { differenceOf, type Totals, totalsOf } from './usage-totals.ts';

/** Milliseconds between two looks at the counters. */
export const usageStepMs = 10_000;

/** Steps that make "now": the last minute. */
const nowSteps = 6;

/** Steps of a trend: the last ten minutes. */
const trendSteps = 60;

/** Kinds of errors shown of one upstream. */
const maxErrors = 12;

/** Counters that only grow: those behind the exposition. */
export interface UsageCounters {
  /** By chain, provider, endpoint, purpose. */
  readonly sends: Cells;
  /** By chain, provider, endpoint, kind, blame. */
  readonly errors: Cells;
  /** Attempts of an upstream by how long they took: counts by latency bucket, the last for all that took longer. */
  durationsOf(key: UpstreamKey): readonly number[];
}

/** Reads off growing counters what is sent now, and what was sent today. */
export interface UsageLedger {
  /** Looks at the counters; to be called every `usageStepMs`. */
  step(): void;
  /** Usage up to this moment, of every upstream something was counted of. */
  read(): ReadonlyMap<UpstreamKey, UpstreamUsage>;
  /** Since when today's calls are counted: midnight UTC, or the start. Milliseconds since 1970. */
  countedSince(): number;
}

/** What is remembered of one upstream. */
interface Account {
  /** What the counters said when the day began. */
  dayBegan: Totals;
  /** What they said at the last looks, oldest first; never empty. */
  readonly looks: Look[];
  readonly callsPerSecond: number[];
  readonly p95Ms: (number | null)[];
}

interface Look {
  /** Monotonic milliseconds. */
  readonly at: number;
  readonly totals: Totals;
}

/** Creates the ledger. The request path pays nothing for it: it only reads. Memory is fixed per upstream. */
export function createUsageLedger(counters: UsageCounters, clock: Pick<Clock, 'now' | 'wall'>): UsageLedger {
  const accounts = new Map<UpstreamKey, Account>();
  let countedSince = clock.wall();
  let lastStepAt = clock.now();
  const accountOf = (key: UpstreamKey): Account => accounts.get(key) ?? newAccount(lastStepAt);
  return {
    step() {
      const present = totalsOf(counters);
      const isNewDay = dayOf(clock.wall()) !== dayOf(countedSince);
      if (isNewDay) countedSince = clock.wall();
      for (const key of accounts.keys()) if (!present.has(key)) accounts.delete(key);
      for (const [key, totals] of present) {
        const account = accountOf(key);
        accounts.set(key, account);
        if (isNewDay) account.dayBegan = totals;
        noteStep(account, { at: clock.now(), totals });
      }
      lastStepAt = clock.now();
    },
    read() {
      const at = clock.now();
      return new Map([...totalsOf(counters)].map(([key, totals]) => [key, usageOf(accountOf(key), { at, totals })]));
    },
    countedSince: () => countedSince,
  };
}

function dayOf(wallMs: number): number {
  return Math.floor(wallMs / 86_400_000);
}

const nothingYet: Totals = { sends: new Map(), errors: new Map(), durations: [] };

function newAccount(at: number): Account {
  return { dayBegan: nothingYet, looks: [{ at, totals: nothingYet }], callsPerSecond: [], p95Ms: [] };
}

function noteStep({ looks, callsPerSecond, p95Ms }: Account, look: Look): void {
  const step = between(looks.at(-1), look);
  push(callsPerSecond, step.callsPerSecond, trendSteps);
  push(p95Ms, step.p95Ms ?? null, trendSteps);
  push(looks, look, nowSteps);
}

function push<T>(list: T[], value: T, most: number): void {
  list.push(value);
  if (list.length > most) list.shift();
}

function usageOf({ dayBegan, looks, callsPerSecond, p95Ms }: Account, present: Look): UpstreamUsage {
  const today = differenceOf(present.totals, dayBegan);
  return {
    ...between(looks[0], present),
    callsToday: Object.fromEntries(today.sends),
    errorsToday: errorsOf(today.errors),
    trend: { everyMs: usageStepMs, callsPerSecond: [...callsPerSecond], p95Ms: [...p95Ms] },
  };
}

/** The shortest time a rate is told of, in milliseconds: one call right after the start is no flood. */
const leastSpanMs = 1000;

function between(from: Look | undefined, to: Look): Pick<UpstreamUsage, 'callsPerSecond' | 'p95Ms'> {
  const { sends, durations } = differenceOf(to.totals, from?.totals ?? nothingYet);
  const spanMs = Math.max(leastSpanMs, to.at - (from?.at ?? to.at));
  const p95 = p95Of(durations);
  return {
    callsPerSecond: rounded((forClients(sends) * 1000) / spanMs),
    ...(p95 !== undefined && { p95Ms: p95 }),
  };
}

const ownPurposes: ReadonlySet<Purpose> = new Set(['poll', 'probe', 'audit', 'backfill']);

function forClients(sends: ReadonlyMap<Purpose, number>): number {
  let sum = 0;
  for (const [purpose, count] of sends) if (!ownPurposes.has(purpose)) sum += count;
  return sum;
}

function errorsOf(errors: ReadonlyMap<string, ErrorCount>): readonly ErrorCount[] {
  return [...errors.values()].sort((a, b) => b.count - a.count).slice(0, maxErrors);
}

/** The 95th percentile, taken to lie evenly within its bucket; in milliseconds. */
function p95Of(durations: readonly number[]): number | undefined {
  const rank = 0.95 * durations.reduce((sum, count) => sum + count, 0);
  if (rank === 0) return undefined;
  let below = 0;
  for (const [bucket, count] of durations.entries()) {
    if (below + count >= rank) {
      const from = latencyBuckets[bucket - 1] ?? 0;
      const to = latencyBuckets[bucket] ?? from;
      return rounded(1000 * (from + ((to - from) * (rank - below)) / count));
    }
    below += count;
  }
  return undefined;
}

/** Three digits behind the point are more than anybody reads. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
