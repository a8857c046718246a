import { readGauges } from '../../src/observe/gauges.ts';
import type { MetricKey } from '../../src/observe/metric-table.ts';
import type { Stage } from './stage.ts';

/** The value of one derived gauge as a scrape of the stage would show it now; undefined where it has no such line. */
export function gaugeOf(
  stage: Stage,
  key: MetricKey,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const lines = readGauges([stage.view()])[key] ?? [];
  return lines.find((line) => Object.entries(labels).every(([name, value]) => line.labels[name] === value))?.value;
}

/** The same of every provider, by name; those without a line are left out. */
export function gaugesOf(stage: Stage, key: MetricKey): Readonly<Record<string, number>> {
  const lines = readGauges([stage.view()])[key] ?? [];
  return Object.fromEntries(lines.map(({ labels, value }) => [labels.provider ?? '', value]));
}
