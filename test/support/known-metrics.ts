import type { Metric } from '../../src/observe/metric.ts';
import { metricTable } from '../../src/observe/metric-table.ts';
import { createMetrics } from '../../src/observe/metrics.ts';

/** Metrics under the names their series have: a histogram is three. */
export type KnownMetrics = ReadonlyMap<string, Pick<Metric, 'kind' | 'labels'>>;

/** Our own metrics and those of the process, which are read off an exposition; and `up`, which Prometheus makes itself. */
export async function knownMetrics(): Promise<KnownMetrics> {
  const own = Object.values<Metric>(metricTable).flatMap(seriesOf);
  const sources = {
    chains: () => [],
    bufferedBytes: () => 0,
    cache: () => ({ bytes: 0, entries: 0 }),
    accounts: () => [],
    now: () => 0,
    configuredAt: () => 0,
    isConfigured: () => true,
    version: '0',
  };
  const text = await createMetrics(sources).expose();
  const ofProcess = [...text.matchAll(/^# TYPE ((?:process|nodejs)_\w+) (counter|gauge|histogram)$/gm)].flatMap(
    ([, name = '', kind]) => seriesOf({ name, kind: kind as Metric['kind'], help: '', labels: [] }),
  );
  return new Map([...own, ...ofProcess, ['up', { kind: 'gauge', labels: [] }]]);
}

function seriesOf({ name, kind, labels }: Metric): readonly (readonly [string, Pick<Metric, 'kind' | 'labels'>])[] {
  const names = kind === 'histogram' ? ['bucket', 'sum', 'count'].map((part) => `${name}_${part}`) : [name];
  return names.map((series) => [series, { kind, labels }]);
}
