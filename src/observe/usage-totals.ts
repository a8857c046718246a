import type { Purpose, UpstreamKey } from '../model/names.ts';
import type { ErrorCount } from '../model/usage.ts';
import type { Blame, Meaning } from '../model/verdict.ts';
import type { UsageCounters } from './usage-ledger.ts';

/** What the counters of one upstream say at one moment, or by how much they grew between two. */
export interface Totals {
  readonly sends: ReadonlyMap<Purpose, number>;
  /** By kind and blame. */
  readonly errors: ReadonlyMap<string, ErrorCount>;
  /** By latency bucket. */
  readonly durations: readonly number[];
}

/** Reads the counters of all upstreams. */
export function totalsOf(counters: UsageCounters): ReadonlyMap<UpstreamKey, Totals> {
  const found = new Map<UpstreamKey, { sends: Map<Purpose, number>; errors: Map<string, ErrorCount> }>();
  const of = ({ chain, provider, endpoint }: Record<string, string>) => {
    const key = `${chain}/${provider}/${endpoint}`;
    const known = found.get(key) ?? { sends: new Map<Purpose, number>(), errors: new Map<string, ErrorCount>() };
    found.set(key, known);
    return known;
  };
  // Labels are what the closed lists of the events and the meter put there.
  for (const { labels, value } of counters.sends.lines()) of(labels).sends.set(labels.purpose as Purpose, value);
  for (const { labels, value } of counters.errors.lines()) {
    const [kind, blame] = [labels.kind as Meaning, labels.blame as Blame];
    of(labels).errors.set(`${kind} ${blame}`, { kind, blame, count: value });
  }
  return new Map([...found].map(([key, counted]) => [key, { ...counted, durations: counters.durationsOf(key) }]));
}

/** By how much the counters grew; what did not is left out. Counters that began anew count from zero. */
export function differenceOf(now: Totals, before: Totals): Totals {
  const sends = new Map<Purpose, number>();
  for (const [purpose, count] of now.sends) {
    const grown = grownBy(count, before.sends.get(purpose));
    if (grown > 0) sends.set(purpose, grown);
  }
  const errors = new Map<string, ErrorCount>();
  for (const [name, error] of now.errors) {
    const grown = grownBy(error.count, before.errors.get(name)?.count);
    if (grown > 0) errors.set(name, { ...error, count: grown });
  }
  const durations = now.durations.map((count, bucket) => grownBy(count, before.durations[bucket]));
  return { sends, errors, durations };
}

function grownBy(now: number, before = 0): number {
  return now >= before ? now - before : now;
}
