import { latencyBuckets } from '../model/traffic.ts';

/** A histogram counted in place: no hashing and no allocation per observation. */
export interface Tally {
  observe(seconds: number): void;
  readonly counts: Float64Array;
  readonly sum: () => number;
}

/** Creates an empty tally over the latency buckets; the last count is that of the bucket `+Inf`. */
export function createTally(): Tally {
  const counts = new Float64Array(latencyBuckets.length + 1);
  let sum = 0;
  return {
    counts,
    sum: () => sum,
    observe(seconds) {
      let bucket = 0;
      while (bucket < latencyBuckets.length && seconds > (latencyBuckets[bucket] ?? Infinity)) bucket += 1;
      counts[bucket] = (counts[bucket] ?? 0) + 1;
      sum += seconds;
    },
  };
}

/** The counts of several tallies together, bucket by bucket; none where there is no tally. */
export function sumOfTallies(tallies: readonly Tally[]): readonly number[] {
  const [first, ...others] = tallies;
  if (first === undefined) return [];
  return Array.from(first.counts, (count, bucket) =>
    others.reduce((sum, { counts }) => sum + (counts[bucket] ?? 0), count),
  );
}

/** One line of a histogram's exposition. */
export interface HistogramLine {
  readonly metricName: string;
  readonly labels: Record<string, string | number>;
  readonly value: number;
}

/** Appends a tally's lines (`_bucket`, `_sum`, `_count`) in the order Prometheus expects. */
export function histogramLines(name: string, labels: Readonly<Record<string, string>>, tally: Tally): HistogramLine[] {
  const lines: HistogramLine[] = [];
  let running = 0;
  for (let bucket = 0; bucket <= latencyBuckets.length; bucket += 1) {
    running += tally.counts[bucket] ?? 0;
    const le = latencyBuckets[bucket] ?? '+Inf';
    lines.push({ metricName: `${name}_bucket`, labels: { ...labels, le }, value: running });
  }
  lines.push({ metricName: `${name}_sum`, labels: { ...labels }, value: tally.sum() });
  lines.push({ metricName: `${name}_count`, labels: { ...labels }, value: running });
  return lines;
}
