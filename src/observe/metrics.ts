import { collectDefaultMetrics, Registry } from 'prom-client';
import type { AccountStatus } from '../model/account.ts';
import type { ChainView } from '../model/chain-view.ts';
import type { GatewayEvent } from '../model/events.ts';
import type { Meter } from '../ports/meter.ts';
import type { Cells } from './cells.ts';
import { createEventCells, type EventCells, foldEvent } from './fold-event.ts';
import { type GaugeLines, readGauges } from './gauges.ts';
import { beginKnownSeries } from './known-series.ts';
import { heapLimitBytes, memoryLimitBytes } from './memory-limits.ts';
import { createMeter, endpointLabels, type TrafficMeter } from './meter.ts';
import { type MetricKey, metricTable } from './metric-table.ts';
import type { UsageCounters } from './usage-ledger.ts';

/** What the exposition reads at scrape time, handed in by the composition. */
export interface MetricSources {
  chains(): readonly ChainView[];
  bufferedBytes(): number;
  /** What is kept of answers now. */
  cache(): { readonly bytes: number; readonly entries: number };
  /** Every account that has a limit. */
  accounts(): readonly AccountStatus[];
  /** Monotonic milliseconds. */
  now(): number;
  /** Seconds since 1970 at which the present configuration was taken. */
  configuredAt(): number;
  /** Whether the last configuration that was read could be taken. */
  isConfigured(): boolean;
  readonly version: string;
}

/** The metrics of one process. */
export interface Metrics {
  readonly meter: Meter;
  /** The counters a ledger of usage reads. */
  readonly usage: UsageCounters;
  fold(event: GatewayEvent): void;
  /** The exposition in the Prometheus text format. */
  expose(): Promise<string>;
  readonly contentType: string;
}

interface Line {
  readonly labels: Record<string, string | number>;
  readonly value: number;
  readonly metricName?: string;
}

/** Names of prom-client's default gauges that break the naming rules (`_total` on a gauge); left out. */
const misnamedDefaults = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

/** Creates the metrics: counters fed by the meter and by events, gauges derived when somebody asks. */
export function createMetrics(sources: MetricSources): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of misnamedDefaults) registry.removeSingleMetric(name);
  const meter = createMeter();
  const cells = createEventCells(sources.now());
  let gauges: GaugeLines = {};
  for (const key of Object.keys(metricTable) as MetricKey[]) {
    registry.registerMetric(exposed(key, () => linesOf(key, { sources, meter, cells, gauges })) as never);
  }
  return {
    meter,
    usage: { sends: meter.sends, errors: cells.errors, durationsOf: meter.durationsOf },
    fold: (event) => foldEvent(cells, event),
    async expose() {
      const chains = sources.chains();
      gauges = readGauges(chains);
      dropForgotten(chains, meter, cells);
      beginKnownSeries(chains, cells, meter.sends);
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}

/** A metric in the shape prom-client's registry reads: it asks for the lines at each scrape. */
function exposed(key: MetricKey, lines: () => readonly Line[]): object {
  const { name, help, kind } = metricTable[key];
  const get = async (): Promise<object> => ({ name, help, type: kind, aggregator: 'sum', values: lines() });
  return { name, help, type: kind, aggregator: 'sum', get, reset: () => undefined };
}

interface Feeds {
  readonly sources: MetricSources;
  readonly meter: TrafficMeter;
  readonly cells: EventCells;
  readonly gauges: GaugeLines;
}

function linesOf(key: MetricKey, { sources, meter, cells, gauges }: Feeds): readonly Line[] {
  switch (key) {
    case 'endpointRequests':
      return meter.attempts.lines();
    case 'endpointCalls':
      return meter.sends.lines();
    case 'requests':
      return meter.requests.lines();
    case 'clientRequests':
      return meter.clientRequests.lines();
    case 'cacheRequests':
      return meter.cacheRequests.lines();
    case 'cacheBytes':
      return [{ labels: {}, value: sources.cache().bytes }];
    case 'cacheEntries':
      return [{ labels: {}, value: sources.cache().entries }];
    case 'budgetRemaining':
      return budgetLines(sources.accounts());
    case 'endpointDuration':
      return meter.attemptDurations();
    case 'requestDuration':
      return meter.requestDurations();
    case 'overhead':
      return meter.overheads();
    case 'buffered':
      return [{ labels: {}, value: sources.bufferedBytes() }];
    case 'memoryLimit':
      return [{ labels: {}, value: memoryLimitBytes() }];
    case 'heapLimit':
      return [{ labels: {}, value: heapLimitBytes() }];
    case 'reloadSuccess':
      return [{ labels: {}, value: sources.configuredAt() }];
    case 'reloadSuccessful':
      return [{ labels: {}, value: sources.isConfigured() ? 1 : 0 }];
    case 'buildInfo':
      return [{ labels: { version: sources.version }, value: 1 }];
    case 'endpointBlockedSeconds':
      return blockedSeconds(sources, cells);
    default:
      return eventLines(key, cells) ?? gauges[key] ?? [];
  }
}

/** An account without a budget has none that could remain. */
function budgetLines(accounts: readonly AccountStatus[]): readonly Line[] {
  return accounts.flatMap(({ account, budget }) =>
    budget === undefined ? [] : [{ labels: { account }, value: budget.remainingRatio }],
  );
}

function eventLines(key: MetricKey, cells: EventCells): readonly Line[] | undefined {
  const byKey: Partial<Record<MetricKey, Cells>> = {
    endpointErrors: cells.errors,
    endpointBlocks: cells.blocks,
    endpointProbes: cells.probes,
    chainReorgs: cells.reorgs,
    chainBlocksMissed: cells.blocksMissed,
    retries: cells.retries,
    hedges: cells.hedges,
    unclassified: cells.unclassified,
    refused: cells.refused,
    rateLimited: cells.rateLimited,
    writes: cells.writes,
  };
  return byKey[key]?.lines();
}

/** Blocks that are over, plus the present ones up to now. Every configured endpoint has a line, from 0 on. */
function blockedSeconds(sources: MetricSources, cells: EventCells): readonly Line[] {
  return sources.chains().flatMap((chain) =>
    chain.upstreams.map(({ endpoint, standing }) => {
      const since = cells.blockedSince.get(endpoint.key) ?? (standing === 'blocked' ? cells.startedAt : undefined);
      const open = since === undefined ? 0 : Math.max(0, sources.now() - since) / 1000;
      const labels = { chain: endpoint.chain, provider: endpoint.provider, endpoint: endpoint.name };
      return { labels, value: cells.blockedSeconds.cell(endpointLabels(endpoint.key)).value + open };
    }),
  );
}

/** Series of endpoints and chains that are no longer configured go with them. */
function dropForgotten(chains: readonly ChainView[], meter: TrafficMeter, cells: EventCells): void {
  dropEndpoints(chains, meter, cells);
  const { retries, hedges, writes, unclassified, reorgs, blocksMissed, rateLimited } = cells;
  const byChain = [
    meter.requests,
    meter.cacheRequests,
    retries,
    hedges,
    writes,
    unclassified,
    reorgs,
    blocksMissed,
    rateLimited,
  ];
  const present = new Set(chains.map(({ chain }) => chain));
  const counted = new Set(byChain.flatMap((family) => family.lines().map(({ labels }) => labels.chain ?? '')));
  for (const chain of counted) {
    if (present.has(chain)) continue;
    meter.forgetChain(chain);
    for (const family of byChain) family.forget([chain]);
  }
}

function dropEndpoints(chains: readonly ChainView[], meter: TrafficMeter, cells: EventCells): void {
  const present = new Set(chains.flatMap((chain) => chain.upstreams.map(({ endpoint }) => endpoint.key)));
  const counted = [...meter.sends.lines(), ...meter.attempts.lines(), ...cells.errors.lines(), ...cells.blocks.lines()];
  const gone = new Set(counted.map(({ labels }) => `${labels.chain}/${labels.provider}/${labels.endpoint}`));
  for (const key of gone) {
    if (present.has(key)) continue;
    meter.forget(key);
    for (const family of [cells.errors, cells.blocks, cells.probes, cells.blockedSeconds])
      family.forget(endpointLabels(key));
    cells.blockedSince.delete(key);
  }
}
