import { type MethodClass, methodClasses } from '../model/method-policy.ts';
import type { ChainName, Purpose, UpstreamKey } from '../model/names.ts';
import { type AttemptResult, attemptOutcomes, type CacheUse, type CallOutcome } from '../model/traffic.ts';
import type { ChainMeter, Meter, UpstreamMeter } from '../ports/meter.ts';
import { type Cell, type Cells, createCells } from './cells.ts';
import { metricTable } from './metric-table.ts';
import { createTally, type HistogramLine, histogramLines, sumOfTallies, type Tally } from './tallies.ts';

/** The traffic counters behind the Meter port, with what the exposition reads of them. */
export interface TrafficMeter extends Meter {
  readonly attempts: Cells;
  readonly sends: Cells;
  readonly requests: Cells;
  readonly clientRequests: Cells;
  readonly cacheRequests: Cells;
  attemptDurations(): readonly HistogramLine[];
  /** Attempts of an endpoint by how long they took: counts by latency bucket, the last for all that took longer. */
  durationsOf(key: UpstreamKey): readonly number[];
  requestDurations(): readonly HistogramLine[];
  overheads(): readonly HistogramLine[];
  /** Drops the series of an endpoint that is no longer configured. */
  forget(key: UpstreamKey): void;
  /** Drops the series of a chain that is no longer configured. */
  forgetChain(chain: ChainName): void;
}

/** Label values of an endpoint: chain, provider, endpoint. The key is made of just these, which hold no slash. */
export function endpointLabels(key: UpstreamKey): readonly [string, string, string] {
  const [chain = '', provider = '', endpoint = ''] = key.split('/');
  return [chain, provider, endpoint];
}

/** Creates the counters of the request path; every handle is bound once and reused. */
export function createMeter(): TrafficMeter {
  const attempts = createCells(metricTable.endpointRequests.labels);
  const sends = createCells(metricTable.endpointCalls.labels);
  const requests = createCells(metricTable.requests.labels);
  const clientRequests = createCells(metricTable.clientRequests.labels);
  const cacheRequests = createCells(metricTable.cacheRequests.labels);
  const upstreams = new Map<UpstreamKey, BoundUpstream>();
  const chains = new Map<ChainName, BoundChain>();
  const overhead = createTally();
  return {
    attempts,
    sends,
    requests,
    clientRequests,
    cacheRequests,
    upstream: (key) => boundOnce(upstreams, key, () => bindUpstream(key, attempts, sends)).meter,
    chain: (chain) =>
      boundOnce(chains, chain, () => bindChain(chain, { requests, clientRequests, cacheRequests, overhead })).meter,
    attemptDurations: () =>
      [...upstreams].flatMap(([key, bound]) => {
        const [chain, provider, endpoint] = endpointLabels(key);
        return methodClasses.flatMap((of) =>
          histogramLines(
            metricTable.endpointDuration.name,
            { chain, provider, endpoint, class: of },
            bound.durations[of],
          ),
        );
      }),
    durationsOf: (key) => sumOfTallies(Object.values(upstreams.get(key)?.durations ?? {})),
    requestDurations: () =>
      [...chains].flatMap(([chain, bound]) =>
        [...bound.durations].flatMap(([method, tally]) =>
          histogramLines(metricTable.requestDuration.name, { chain, method }, tally),
        ),
      ),
    overheads: () => histogramLines(metricTable.overhead.name, {}, overhead),
    forget(key) {
      upstreams.delete(key);
      attempts.forget(endpointLabels(key));
      sends.forget(endpointLabels(key));
    },
    forgetChain: (chain) => void chains.delete(chain),
  };
}

interface BoundUpstream {
  readonly meter: UpstreamMeter;
  readonly durations: Readonly<Record<MethodClass, Tally>>;
}

interface BoundChain {
  readonly meter: ChainMeter;
  readonly durations: ReadonlyMap<string, Tally>;
}

function bindUpstream(key: UpstreamKey, attempts: Cells, sends: Cells): BoundUpstream {
  const labels = endpointLabels(key);
  const durations = { light: createTally(), normal: createTally(), heavy: createTally(), write: createTally() };
  const outcomes = new Map<MethodClass, Record<AttemptResult, Cell>>();
  for (const of of methodClasses) {
    const cells = attemptOutcomes.map((outcome) => [outcome, attempts.cell([...labels, of, outcome])] as const);
    outcomes.set(of, Object.fromEntries(cells) as Record<AttemptResult, Cell>);
  }
  const bySend = new Map<Purpose, Cell>();
  return {
    durations,
    meter: {
      sent(purpose) {
        boundOnce(bySend, purpose, () => sends.cell([...labels, purpose])).value += 1;
      },
      answered(methodClass, result, seconds) {
        const cells = outcomes.get(methodClass);
        if (cells !== undefined) cells[result].value += 1;
        durations[methodClass].observe(seconds);
      },
    },
  };
}

/**
 * Methods of a chain with series of their own, in the order of their first call; the others share `other`. A family names far more
 * methods than anybody calls, and whoever called them all would fill the exposition.
 */
const mostMethods = 64;

/** Where the calls of all chains are counted. */
interface CallCounters {
  readonly requests: Cells;
  readonly clientRequests: Cells;
  readonly cacheRequests: Cells;
  readonly overhead: Tally;
}

function bindChain(chain: ChainName, counters: CallCounters): BoundChain {
  const { requests, clientRequests, cacheRequests, overhead } = counters;
  const durations = new Map<string, Tally>();
  const uses = new Map<string, Map<CacheUse, Cell>>();
  const outcomes = new Map<string, Map<CallOutcome, Cell>>();
  return {
    durations,
    meter: {
      settled(method, outcome, seconds) {
        const label = durations.has(method) || durations.size < mostMethods ? method : 'other';
        const ofMethod = boundOnce(outcomes, label, () => new Map<CallOutcome, Cell>());
        boundOnce(ofMethod, outcome, () => requests.cell([chain, label, outcome])).value += 1;
        boundOnce(durations, label, createTally).observe(seconds);
      },
      settledFor(client, outcome) {
        clientRequests.cell([client, chain, outcome]).value += 1;
      },
      cached(method, use) {
        const label = uses.has(method) || uses.size < mostMethods ? method : 'other';
        const ofMethod = boundOnce(uses, label, () => new Map<CacheUse, Cell>());
        boundOnce(ofMethod, use, () => cacheRequests.cell([chain, label, use])).value += 1;
      },
      overhead: (seconds) => overhead.observe(seconds),
    },
  };
}

/** The value under a key, made on first use. */
function boundOnce<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
