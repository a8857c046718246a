import { settingsFrom } from '../../../src/config/read-config.ts';
import { createLocalErrorLog } from '../../../src/health/own-trouble.ts';
import type { ChainDocuments } from '../../../src/model/chain-document.ts';
import type { GatewayEvent } from '../../../src/model/events.ts';
import type { UpstreamKey } from '../../../src/model/names.ts';
import type { Settings } from '../../../src/model/settings.ts';
import { createSendAttempt } from '../../../src/path/attempt.ts';
import { createPipeline, type Pipeline } from '../../../src/pipeline.ts';
import type { Random } from '../../../src/ports/random.ts';
import type { StateStore } from '../../../src/ports/state-store.ts';
import { hash } from '../../../src/system/hash.ts';
import { type BuiltChain, buildChain } from '../../../src/world/build-chain.ts';
import { createTrackerNames, endpointsOf } from '../../../src/world/endpoints.ts';
import { specOf } from '../../../src/world/specs.ts';
import type { VirtualClock } from '../../support/virtual-clock.ts';
import { createProcessClock, type ProcessClock } from './process-clock.ts';
import { createNetwork, type SimNetwork, type WireWatch } from './sim-network.ts';
import type { SimUrl } from './sim-url.ts';

/** One life of a gateway: the real path and control plane of one chain, on a simulated clock, network and store. */
export interface SimProcess {
  readonly clock: ProcessClock;
  readonly built: BuiltChain;
  readonly pipeline: Pipeline;
  readonly network: SimNetwork;
  /** No new call is taken from now on. */
  drain(): void;
}

/** What a process is made from. */
export interface ProcessParts {
  readonly time: VirtualClock;
  readonly settings: Settings;
  readonly documents: ChainDocuments;
  readonly store: StateStore;
  readonly random: Random;
  readonly watch: WireWatch;
  urlAt(url: string): SimUrl;
  event(event: GatewayEvent): void;
}

/** Reads a configuration as the gateway reads its file; fails with every problem where there is one. */
export function readSettings(config: object, documents: ChainDocuments): Settings {
  const known = [...documents.documents.keys()].map((name) => ({ name, aliases: [] }));
  const { settings, problems } = settingsFrom(config, { known, memoryBytes: 2 ** 33, chains: 'named' });
  if (problems.length > 0) throw new Error(problems.map(({ path, text }) => `${path.join('.')} ${text}`).join('\n'));
  return settings;
}

/** Starts a process: from here on it probes, polls and answers by itself. */
export function startProcess(parts: ProcessParts): SimProcess {
  const { time, settings, documents, store, random } = parts;
  const [chain] = settings.chains;
  if (chain === undefined) throw new Error('no chain is configured');
  const clock = createProcessClock(time);
  const { endpoints, wires } = endpointsOf(chain, createTrackerNames());
  const urls = new Map<UpstreamKey, SimUrl>(wires.map(({ key, url }) => [key, parts.urlAt(url)]));
  const life: Life = { built: undefined, isClosing: false };
  const network = createNetwork({
    clock,
    urls,
    watch: parts.watch,
    connectivity: (upstreams, what) => {
      for (const upstream of upstreams) life.built?.control.connectivity(upstream, what);
    },
  });
  const emit = (event: GatewayEvent): void => {
    parts.event(event);
    if (event.kind === 'attempt-failed' || event.kind === 'failure-excused') life.built?.control.fold(event);
  };
  const { transport, meter } = network;
  const localErrors = createLocalErrorLog();
  const redact = (bytes: Buffer): Buffer => bytes;
  const built = buildChain(
    { settings: chain, spec: specOf(documents, chain), endpoints },
    { clock, transport, meter, store, localErrors, emit, redact },
  );
  life.built = built;
  const yieldTurn = (): Promise<void> => new Promise((resolve) => void clock.after(0, resolve));
  const pipeline = createPipeline({
    settings,
    lane: () => built.lane,
    send: createSendAttempt({ clock, transport, yieldTurn }),
    clock,
    random,
    hash,
    emit,
    held: { take: () => true, give: () => undefined },
    isClosing: () => life.isClosing,
  });
  const drain = (): void => {
    life.isClosing = true;
  };
  return { clock, built, pipeline, network, drain };
}

interface Life {
  built: BuiltChain | undefined;
  isClosing: boolean;
}
