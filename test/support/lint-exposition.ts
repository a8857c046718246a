import type { ExposedMetric } from './metrics-text.ts';

/** Units in which nothing of ours may be measured: only base units are compared without thinking. */
const otherUnits =
  /_(?:ms|millis|milliseconds|minutes|hours|days|kb|mb|gb|kib|mib|kilobytes|megabytes|percent)(?:_total|$)/;

/** Endings that Prometheus keeps for itself. */
const reserved = /_(?:bucket|sum|count)$/;

/**
 * What is wrong with an exposition by the naming rules of Prometheus, one line each: what `promtool check metrics` says, and
 * that every metric has a help, a type it keeps to, and no series twice.
 */
export function lintExposition(metrics: readonly ExposedMetric[]): readonly string[] {
  return [...metrics.flatMap(lintMetric), ...repeatedNames(metrics)];
}

function lintMetric(metric: ExposedMetric): readonly string[] {
  const { name, help, type } = metric;
  const isCounter = type === 'counter';
  const complaints: readonly (readonly [boolean, string])[] = [
    [!/^[a-z][a-z0-9_]*$/.test(name), 'its name is not in lower case with underscores'],
    [otherUnits.test(name), 'its unit is no base unit'],
    [help === '', 'it has no help'],
    [type === 'untyped', 'it has no type'],
    [isCounter !== name.endsWith('_total'), isCounter ? 'a counter ends in _total' : 'only a counter ends in _total'],
    [reserved.test(name), 'its ending is reserved for histograms'],
    [type === 'histogram' && !/_(?:seconds|bytes)$/.test(name), 'a histogram ends in its unit'],
    [type === 'histogram' && hasUnevenBuckets(metric), 'its buckets do not rise, or do not agree with its count'],
    [repeatedSeries(metric), 'a series is there twice'],
    [metric.samples.some((sample) => !Number.isFinite(sample.value)), 'a value is not finite'],
  ];
  return complaints.flatMap(([holds, what]) => (holds ? [`${name}: ${what}`] : []));
}

function labelsOf(labels: Readonly<Record<string, string>>, without = ''): string {
  return JSON.stringify(
    Object.entries(labels)
      .filter(([label]) => label !== without)
      .sort(),
  );
}

function repeatedSeries({ samples }: ExposedMetric): boolean {
  return new Set(samples.map(({ name, labels }) => name + labelsOf(labels))).size < samples.length;
}

function repeatedNames(metrics: readonly ExposedMetric[]): readonly string[] {
  const names = metrics.map(({ name }) => name);
  return names.filter((name, at) => names.indexOf(name) !== at).map((name) => `${name}: it is there twice`);
}

function hasUnevenBuckets({ name, samples }: ExposedMetric): boolean {
  const last = new Map<string, number>();
  for (const sample of samples) {
    const of = labelsOf(sample.labels, 'le');
    const before = last.get(of) ?? 0;
    if (sample.name === `${name}_bucket` && sample.value < before) return true;
    if (sample.name === `${name}_bucket`) last.set(of, sample.value);
    if (sample.name === `${name}_count` && sample.value !== before) return true;
  }
  return false;
}
