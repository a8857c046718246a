/** One line of an exposition. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** One metric of an exposition, with the samples that follow its head. */
export interface ExposedMetric {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly samples: readonly Sample[];
}

/**
 * Reads an exposition in the Prometheus text format.
 * @throws Error for a line that is none of the format's.
 */
export function readExposition(text: string): readonly ExposedMetric[] {
  const metrics: { name: string; help: string; type: string; samples: Sample[] }[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [, keyword, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line) ?? [];
    const last = metrics.at(-1);
    if (keyword === 'HELP') metrics.push({ name, help: rest, type: 'untyped', samples: [] });
    else if (keyword === 'TYPE' && last?.name === name) last.type = rest;
    else if (last !== undefined) last.samples.push(readSample(line));
  }
  return metrics;
}

function readSample(line: string): Sample {
  const [, name, labels = '', value] = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
  if (name === undefined || value === undefined) throw new Error(`no line of an exposition: ${line}`);
  const pairs = [...labels.matchAll(/([a-zA-Z_][a-zA-Z0-9_]*)="((?:\\.|[^"\\])*)"/g)];
  return {
    name,
    labels: Object.fromEntries(pairs.map(([, label, text]) => [label, text])),
    value: value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value),
  };
}

/** The value of the one series with these labels, or undefined where there is none. */
export function seriesValue(
  metrics: readonly ExposedMetric[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const wanted = Object.entries(labels);
  const samples = metrics.flatMap((metric) => metric.samples.filter((sample) => sample.name === name));
  return samples.find((sample) => wanted.every(([label, text]) => sample.labels[label] === text))?.value;
}
