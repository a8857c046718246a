import { settingsFrom } from '../../../src/config/read-config.ts';
import { createLocalErrorLog } from '../../../src/health/own-trouble.ts';
import type { ChainDocuments } from '../../../src/model/chain-document.ts';
import type { ChainView } from '../../../src/model/chain-view.ts';
import type { GatewayEvent } from '../../../src/model/events.ts';
import type { Settings } from '../../../src/model/settings.ts';
import { createSendAttempt } from '../../../src/path/attempt.ts';
import { createPipeline, type Pipeline } from '../../../src/pipeline.ts';
import type { Random } from '../../../src/ports/random.ts';
import type { StateStore } from '../../../src/ports/state-store.ts';
import { hash } from '../../../src/system/hash.ts';
import { Accounts } from '../../../src/world/accounts.ts';
import { AnswerStores } from '../../../src/world/answer-stores.ts';
import { type BuiltChain, buildChain } from '../../../src/world/build-chain.ts';
import { Draining } from '../../../src/world/draining.ts';
import { createTrackerNames, type TrackerNames } from '../../../src/world/endpoints.ts';
import { createKnownSecrets } from '../../../src/world/known-secrets.ts';
import { LiveWorld } from '../../../src/world/live-world.ts';
import { joinWires, planChains } from '../../../src/world/plan-chains.ts';
import type { Roads } from '../../../src/world/roads.ts';
import { type Taken, takeSettings } from '../../../src/world/take-settings.ts';
import { noLimits } from '../../support/no-limits.ts';
import type { VirtualClock } from '../../support/virtual-clock.ts';
import { type Breach, sound } from './breach.ts';
import { createProcessClock, type ProcessClock } from './process-clock.ts';
import { createNetwork, type SimNetwork, type WireWatch } from './sim-network.ts';
import type { SimUrl } from './sim-url.ts';

/** One life of a gateway: the real path, control planes and reloads, on a simulated clock, network and store. */
export interface SimProcess {
  readonly clock: ProcessClock;
  readonly pipeline: Pipeline;
  readonly network: SimNetwork;
  /** A chain as it is now; undefined where none of this name is configured. */
  chain(name: string): BuiltChain | undefined;
  /** What operators see of a chain. */
  view(name: string): ChainView | undefined;
  /** Takes another configuration, as a reload does. */
  take(settings: Settings): Promise<Taken>;
  /** No new call is taken from now on. */
  drain(): void;
  /** Stops polls and probes, and stores what is to outlive it. */
  close(): void;
}

/** What a process is made from. */
export interface ProcessParts {
  readonly time: VirtualClock;
  readonly settings: Settings;
  readonly documents: ChainDocuments;
  readonly store: StateStore;
  readonly random: Random;
  readonly watch: WireWatch;
  /** What is planted in it. */
  readonly breach?: Breach;
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
  const { time, settings, documents, store, random, breach = sound } = parts;
  const clock = createProcessClock(time);
  const trackers = createTrackerNames();
  const plans = planChains(settings.chains, { documents, trackers });
  const live = new LiveWorld({ settings, chains: [], wires: plans.flatMap(({ wires }) => wires) });
  const connectivity: LiveWorld['connectivity'] = (upstreams, what) => live.connectivity(upstreams, what);
  const network = createNetwork({ clock, watch: parts.watch, urlAt: parts.urlAt, connectivity });
  network.connect(live.wires);
  const emit = (event: GatewayEvent): void => {
    parts.event(event);
    const told = breach.fold === undefined ? event : breach.fold(event);
    if (told !== undefined) live.fold(told);
  };
  const life: Life = { isClosing: false, process: undefined };
  const transport = breach.transport?.(network.transport, () => life.process) ?? network.transport;
  const secrets = createKnownSecrets(settings);
  const { meter } = network;
  const { redact } = secrets;
  const answers = new AnswerStores(settings, clock);
  const accounts = new Accounts(settings.accounts, { clock, store, emit });
  const chainParts = {
    clock,
    transport,
    meter,
    store,
    localErrors: createLocalErrorLog(),
    emit,
    answers,
    accounts,
    redact,
  };
  const draining: Draining = new Draining(clock, () => roads.settle());
  const roads = createRoads({ live, network, trackers, draining });
  const isClosed = (): boolean => life.isClosing;
  const takeParts = { documents, trackers, live, chainParts, secrets, draining, roads, isClosed };
  live.swap({ settings, chains: plans.map((plan) => buildChain(plan, chainParts)), wires: live.wires });
  accounts.tell(() => {
    for (const { control } of live.chains) control.budgetsChanged();
  });
  const pipeline = buildPipeline({ live, clock, transport, random, emit, breach, life, settings });
  life.process = {
    clock,
    pipeline,
    network,
    chain: (name) => live.get(name),
    view: (name) => {
      const view = live.get(name)?.control.view();
      return view === undefined ? undefined : (breach.view?.(view) ?? view);
    },
    take: (next) => takeSettings(next, takeParts),
    drain: () => {
      life.isClosing = true;
    },
    close: () => {
      draining.close();
      for (const { control } of live.chains) control.close();
      accounts.close();
    },
  };
  return life.process;
}

interface Life {
  isClosing: boolean;
  process: SimProcess | undefined;
}

interface PathParts extends Pick<ProcessParts, 'settings' | 'random'> {
  readonly live: LiveWorld;
  readonly clock: ProcessClock;
  readonly transport: SimNetwork['transport'];
  readonly breach: Breach;
  readonly life: Life;
  emit(event: GatewayEvent): void;
}

/** The path of calls, in front of whatever chains live. */
function buildPipeline({ live, clock, transport, random, emit, breach, life, settings }: PathParts): Pipeline {
  const yieldTurn = (): Promise<void> => new Promise((resolve) => void clock.after(0, resolve));
  const { handle, refuse } = createPipeline({
    settings,
    lane: (name) => {
      const lane = live.find(name)?.lane;
      return lane === undefined ? undefined : (breach.lane?.(lane) ?? lane);
    },
    send: createSendAttempt({ clock, transport, yieldTurn }),
    clock,
    random,
    hash,
    emit,
    held: { take: () => true, give: () => undefined },
    limits: noLimits,
    isClosing: () => life.isClosing,
    yieldTurn,
  });
  return { handle: breach.handle?.(handle) ?? handle, refuse };
}

interface RoadParts {
  readonly live: LiveWorld;
  readonly network: SimNetwork;
  readonly trackers: TrackerNames;
  readonly draining: Draining;
}

function createRoads({ live, network, trackers, draining }: RoadParts): Roads {
  const connect: Roads['connect'] = (present, besides) =>
    network.connect(joinWires(present, [...besides, ...draining.wires()]));
  return {
    connect,
    settle: () => {
      connect(live.wires, []);
      trackers.retain(new Set([...live.wires, ...draining.wires()].map(({ tracker }) => tracker)));
    },
  };
}
