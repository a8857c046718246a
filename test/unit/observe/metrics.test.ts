import { describe, expect, test } from 'vitest';
import type { ChainView } from '../../../src/model/chain-view.ts';
import type { FaultName } from '../../../src/model/faults.ts';
import { methodClasses } from '../../../src/model/method-policy.ts';
import type { Purpose } from '../../../src/model/names.ts';
import { blockReasons } from '../../../src/model/standing.ts';
import { type AttemptResult, attemptOutcomes } from '../../../src/model/traffic.ts';
import { meanings, okVerdict } from '../../../src/model/verdict.ts';
import type { Metric } from '../../../src/observe/metric.ts';
import { metricTable } from '../../../src/observe/metric-table.ts';
import { createMetrics, type Metrics } from '../../../src/observe/metrics.ts';
import { compileChain } from '../../../src/spec/compile-chain.ts';
import { buildChainView, buildSources } from '../../support/build-view.ts';
import { packagedDocuments } from '../../support/chain-documents.ts';
import { lintExposition } from '../../support/lint-exposition.ts';
import { type ExposedMetric, readExposition, seriesValue } from '../../support/metrics-text.ts';

async function scrape(metrics: Metrics): Promise<readonly ExposedMetric[]> {
  return readExposition(await metrics.expose());
}

function own(metrics: readonly ExposedMetric[]): readonly ExposedMetric[] {
  return metrics.filter(({ name }) => name.startsWith('switchyard_'));
}

/** Five chains of four endpoints, as many as DESIGN 12 counts on. */
function fiveByFour(): readonly ChainView[] {
  const names = ['ethereum', 'base', 'arbitrum', 'optimism', 'polygon'];
  return names.map((chain) => buildChainView([{}, {}, {}, { endpoint: { tier: 'backup' } }], { chain }));
}

const purposes: readonly Purpose[] = [
  'client',
  'retry',
  'hedge',
  'broadcast',
  'poll',
  'probe',
  'audit',
  'backfill',
  'logs-piece',
];
const clientOutcomes = ['ok', 'error', 'UPSTREAMS_EXHAUSTED'] as const satisfies readonly (
  | 'ok'
  | 'error'
  | FaultName
)[];

/** Everything happens to every endpoint, and every method of the family is called and fails, too. */
async function stir(metrics: Metrics, chains: readonly ChainView[]): Promise<void> {
  const spec = compileChain(await packagedDocuments(), 'ethereum');
  const methods = spec.kind === 'compiled' ? [...spec.value.methods.keys()] : [];
  expect(methods.length).toBeGreaterThan(100);
  for (const { chain, upstreams } of chains) {
    const meter = metrics.meter.chain(chain);
    for (const method of methods) for (const outcome of clientOutcomes) meter.settled(method, outcome, 0.1);
    for (const { endpoint } of upstreams) stirEndpoint(metrics, endpoint.key);
  }
}

function stirEndpoint(metrics: Metrics, upstream: string): void {
  const meter = metrics.meter.upstream(upstream);
  for (const purpose of purposes) meter.sent(purpose);
  for (const of of methodClasses)
    for (const outcome of attemptOutcomes) meter.answered(of, outcome as AttemptResult, 0.1);
  for (const reason of blockReasons)
    metrics.fold({ kind: 'standing-changed', at: 1, upstream, from: 'serving', to: 'blocked', reason, detail: '' });
  for (const meaning of meanings.slice(0, 20)) {
    const attempt = {
      generation: 1,
      connection: 1,
      method: 'm',
      class: 'light',
      purpose: 'client',
      detail: '',
    } as const;
    metrics.fold({
      kind: 'attempt-failed',
      at: 1,
      sentAt: 0,
      upstream,
      ...attempt,
      verdict: { ...okVerdict, meaning, blame: 'upstream' },
    });
  }
}

describe('the exposition', () => {
  test('keeps the naming rules of Prometheus, whatever happened', async () => {
    const chains = fiveByFour();
    const metrics = createMetrics(buildSources(chains));
    await stir(metrics, chains);
    expect(lintExposition(await scrape(metrics))).toEqual([]);
  });

  test('F-136: stays under 10,000 series for five chains of four endpoints', async () => {
    const chains = fiveByFour();
    const metrics = createMetrics(buildSources(chains));
    await stir(metrics, chains);
    const series = (await scrape(metrics)).reduce((sum, { samples }) => sum + samples.length, 0);
    expect(series).toBeGreaterThan(5_000);
    expect(series).toBeLessThan(10_000);
  });

  test('has every metric of the table, with its help and kind, and no other of our own', async () => {
    const exposed = own(await scrape(createMetrics(buildSources([buildChainView([{}])]))));
    const table = Object.values<Metric>(metricTable);
    expect(exposed.map(({ name, help, type }) => ({ name, help, kind: type }))).toEqual(
      table.map(({ name, help, kind }) => ({ name, help, kind })),
    );
  });

  test('F-135: every series has the labels of the table, in its order', async () => {
    const chains = [buildChainView([{}])];
    const metrics = createMetrics(buildSources(chains));
    await stir(metrics, chains);
    const tables = new Map(Object.values<Metric>(metricTable).map((metric) => [metric.name, metric.labels]));
    const wrong = own(await scrape(metrics)).flatMap(({ name, samples }) =>
      samples.filter(
        ({ labels }) =>
          Object.keys(labels)
            .filter((label) => label !== 'le')
            .join() !== tables.get(name)?.join(),
      ),
    );
    expect(wrong).toEqual([]);
  });

  test('shows what is of the whole process', async () => {
    const metrics = createMetrics(buildSources([], { bufferedBytes: () => 4096 }));
    const exposed = await scrape(metrics);
    expect(seriesValue(exposed, 'switchyard_buffered_bytes')).toBe(4096);
    expect(seriesValue(exposed, 'switchyard_build_info', { version: '1.2.3' })).toBe(1);
    expect(seriesValue(exposed, 'switchyard_config_reload_success_timestamp_seconds')).toBe(1_700_000_000);
    expect(seriesValue(exposed, 'process_cpu_seconds_total')).toBeGreaterThan(0);
    expect(metrics.contentType).toContain('text/plain');
  });

  test('counts a block that is still on up to now', async () => {
    const chains = [buildChainView([{ standing: 'blocked' }])];
    const metrics = createMetrics(buildSources(chains, { now: () => 61_000 }));
    const upstream = 'testnet/p0/json-rpc';
    metrics.fold({
      kind: 'standing-changed',
      at: 1000,
      upstream,
      from: 'serving',
      to: 'blocked',
      reason: 'failed-polls',
      detail: '',
    });
    expect(seriesValue(await scrape(metrics), 'switchyard_endpoint_blocked_seconds_total')).toBe(60);
  });

  test('starts what can be counted at 0, so that no first event hides', async () => {
    const exposed = await scrape(createMetrics(buildSources([buildChainView([{}])])));
    const first = [
      'switchyard_writes_total',
      'switchyard_endpoint_blocks_total',
      'switchyard_shed_total',
      'switchyard_hedges_total',
    ];
    expect(first.map((name) => seriesValue(exposed, name))).toEqual([0, 0, 0, 0]);
  });

  test('F-137: drops the series of an endpoint that is no longer configured', async () => {
    const both = buildChainView([{}, {}]);
    let present = both;
    const metrics = createMetrics({ ...buildSources([]), chains: () => [present] });
    for (const provider of ['p0', 'p1']) stirEndpoint(metrics, `testnet/${provider}/json-rpc`);
    expect((await metrics.expose()).includes('provider="p1"')).toBe(true);
    present = { ...both, upstreams: both.upstreams.slice(0, 1) };
    const text = await metrics.expose();
    expect(text.includes('provider="p1"')).toBe(false);
    expect(text.includes('provider="p0"')).toBe(true);
  });

  test('says the same to two who ask at once', async () => {
    const metrics = createMetrics(buildSources([buildChainView([{}])]));
    const [one, other] = await Promise.all([scrape(metrics), scrape(metrics)]);
    expect(own(one)).toEqual(own(other));
  });
});

describe('the linter of expositions', () => {
  const good: ExposedMetric = { name: 'a_total', help: 'Help.', type: 'counter', samples: [] };

  test.each([
    ['a counter without _total', { ...good, name: 'a_calls' }],
    ['a gauge with it', { ...good, type: 'gauge' }],
    ['milliseconds', { ...good, name: 'a_ms', type: 'gauge' }],
    ['a capital', { ...good, name: 'aTotal_total' }],
    ['no help', { ...good, help: '' }],
    ['a series twice', { ...good, samples: [1, 2].map((value) => ({ name: 'a_total', labels: { b: 'c' }, value })) }],
    ['a value that is none', { ...good, samples: [{ name: 'a_total', labels: {}, value: Number.NaN }] }],
    ['a histogram without a unit', { ...good, name: 'a_size', type: 'histogram' }],
  ])('complains of %s', (_, metric) => {
    expect(lintExposition([metric])).not.toEqual([]);
  });

  test('is content with what is right', () => {
    expect(lintExposition([good])).toEqual([]);
  });
});
