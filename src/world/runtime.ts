import { createRedactor, createTextRedactor } from '../codec/redactor.ts';
import { secretsOf } from '../config/secrets.ts';
import { createLocalErrorLog } from '../health/own-trouble.ts';
import type { ChainDocuments } from '../model/chain-document.ts';
import type { GatewayEvent } from '../model/events.ts';
import type { UpstreamKey } from '../model/names.ts';
import type { ChainSettings, Settings } from '../model/settings.ts';
import { createLog, type Log } from '../observe/log.ts';
import { createMetrics, type Metrics } from '../observe/metrics.ts';
import type { StateStore } from '../ports/state-store.ts';
import { createRealClock } from '../system/real-clock.ts';
import { createHttpTransport, type HttpTransport } from '../transport/http-transport.ts';
import { type BuiltChain, buildChain } from './build-chain.ts';
import { createDirectory } from './chain-directory.ts';
import { detectChain } from './detect-chain.ts';
import { createTrackerNames, endpointsOf } from './endpoints.ts';
import { specOf } from './specs.ts';

/** A process's clock, network, chains and their observers: everything but the doors. */
export interface Runtime {
  readonly settings: Settings;
  readonly clock: ReturnType<typeof createRealClock>;
  readonly transport: HttpTransport;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly chains: readonly BuiltChain[];
  /** A chain by name, alias or id. */
  find(name: string | undefined): BuiltChain | undefined;
  emit(event: GatewayEvent): void;
  /** Stops polls and probes, closes connections, and the store last. */
  close(): Promise<void>;
}

/** What a runtime is made from. */
export interface RuntimeOptions {
  readonly settings: Settings;
  readonly documents: ChainDocuments;
  readonly store: StateStore;
  readonly version: string;
}

/**
 * Builds every room and edge but the doors, and starts the chains' control planes.
 * @throws StartError where a chain has no spec or cannot be told.
 */
export async function createRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { store, documents, version } = options;
  const clock = createRealClock();
  const wired = await wireChains(options, clock);
  const { settings, transport, plans } = wired;
  const secrets = secretsOf(settings);
  const log = createLog({ level: settings.log.level, redact: createTextRedactor(secrets) });
  const configuredAt = clock.wall() / 1000;
  const chains: BuiltChain[] = [];
  const metrics = createMetrics({
    chains: () => chains.map(({ control }) => control.view()),
    bufferedBytes: () => transport.bufferedBytes(),
    now: () => clock.now(),
    configuredAt: () => configuredAt,
    version,
  });
  const emit = (event: GatewayEvent): void => {
    metrics.fold(event);
    log.fold(event);
    if (event.kind === 'attempt-failed' || event.kind === 'failure-excused')
      controlOf(chains, event.upstream)?.fold(event);
  };
  const redact = createRedactor(secrets);
  const parts = { clock, transport, meter: metrics.meter, store, localErrors: createLocalErrorLog(), emit, redact };
  for (const plan of plans) {
    const spec = specOf(documents, plan.settings);
    chains.push(buildChain({ settings: plan.settings, spec, endpoints: plan.endpoints }, parts));
  }
  wired.connectivity.tell = (upstream, what) => controlOf(chains, upstream)?.connectivity(upstream, what);
  return {
    settings,
    clock,
    transport,
    metrics,
    log,
    chains,
    find: createDirectory(chains),
    emit,
    async close() {
      for (const { control } of chains) control.close();
      await transport.close();
      await store.close();
      clock.stop();
    },
  };
}

interface Connectivity {
  tell(upstream: UpstreamKey, what: 'connected' | 'disconnected'): void;
}

/** Names the chains that came as bare URLs, and wires every endpoint to the network. */
async function wireChains({ settings, documents }: RuntimeOptions, clock: Runtime['clock']) {
  const connectivity: Connectivity = { tell: () => undefined };
  const wiresOf = (chains: readonly ChainSettings[]) => {
    const trackers = createTrackerNames();
    return chains.map((chain) => ({ settings: chain, ...endpointsOf(chain, trackers) }));
  };
  const given = wiresOf(settings.chains);
  const transport = createHttpTransport({
    endpoints: given.flatMap(({ wires }) => wires),
    connectTimeoutMs: settings.limits.connectTimeoutMs,
    maxBufferedBytes: settings.limits.maxBufferedBytes,
    clock,
    onConnectivity: (upstreams, what) => {
      for (const upstream of upstreams) connectivity.tell(upstream, what);
    },
  });
  const named = await Promise.all(
    settings.chains.map((chain) => (chain.detect === true ? detectChain(chain, { documents, transport }) : chain)),
  );
  if (settings.chains.every((chain, at) => chain === named[at]))
    return { settings, transport, plans: given, connectivity };
  const plans = wiresOf(named);
  await transport.replace(plans.flatMap(({ wires }) => wires));
  return { settings: { ...settings, chains: named }, transport, plans, connectivity };
}

function controlOf(chains: readonly BuiltChain[], upstream: UpstreamKey): BuiltChain['control'] | undefined {
  const name = upstream.slice(0, upstream.indexOf('/'));
  return chains.find((chain) => chain.name === name)?.control;
}
