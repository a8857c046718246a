import { createLocalErrorLog } from '../health/own-trouble.ts';
import type { ChainDocuments } from '../model/chain-document.ts';
import type { GatewayEvent } from '../model/events.ts';
import type { Settings } from '../model/settings.ts';
import type { Log } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { UsageLedger } from '../observe/usage-ledger.ts';
import type { StateStore } from '../ports/state-store.ts';
import { createRealClock } from '../system/real-clock.ts';
import type { HttpTransport } from '../transport/http-transport.ts';
import { Accounts } from './accounts.ts';
import { AnswerStores } from './answer-stores.ts';
import { type BuiltChain, buildChain } from './build-chain.ts';
import { Draining } from './draining.ts';
import { createKnownSecrets } from './known-secrets.ts';
import { LiveWorld } from './live-world.ts';
import { createObservers } from './observers.ts';
import { planChains } from './plan-chains.ts';
import { createRoads } from './roads.ts';
import { type Taken, takeSettings } from './take-settings.ts';
import { wireChains } from './wire-chains.ts';

/** A process's clock, network, chains and their observers: everything but the doors. */
export interface Runtime {
  /** The settings in force. */
  readonly settings: Settings;
  readonly clock: ReturnType<typeof createRealClock>;
  readonly transport: HttpTransport;
  readonly metrics: Metrics;
  readonly log: Log;
  /** What upstreams are sent now, and were today. */
  readonly usage: UsageLedger;
  readonly accounts: Accounts;
  readonly chains: readonly BuiltChain[];
  /** A chain by name, alias or id. */
  find(name: string | undefined): BuiltChain | undefined;
  emit(event: GatewayEvent): void;
  /** Takes another configuration. Must not run twice at a time. Rejects with what cannot be built; nothing has changed then. */
  take(settings: Settings): Promise<Taken>;
  /** Notes whether the configuration that was read last is in force, for the metrics. */
  noteReading(outcome: 'taken' | 'refused'): void;
  /** Whether three hosts or more cannot be reached from here: then the trouble is ours. */
  isOurTrouble(): boolean;
  /** Takes what may be secret out of a text. */
  redactText(text: string): string;
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
  const { settings, transport, trackers, reach } = await wireChains(options, clock);
  const plans = planChains(settings.chains, { documents, trackers });
  const secrets = createKnownSecrets(settings);
  const live = new LiveWorld({ settings, chains: [], wires: plans.flatMap(({ wires }) => wires) });
  const answers = new AnswerStores(settings, clock);
  const observed = { live, transport, answers, secrets, clock, version, accounts: () => accounts.statuses() };
  const { log, metrics, usage, emit, noteReading } = createObservers(observed);
  const accounts = new Accounts(settings.accounts, { clock, store, emit });
  const { redact, redactText } = secrets;
  const { meter } = metrics;
  const localErrors = createLocalErrorLog();
  const chainParts = { clock, transport, meter, store, localErrors, emit, answers, accounts, redact };
  const phase = { isClosed: false };
  const roads = createRoads({ transport, trackers, live, log, draining: () => draining });
  const draining = new Draining(clock, () => roads.settle());
  const isClosed = (): boolean => phase.isClosed;
  const takeParts = { documents, trackers, live, chainParts, secrets, draining, roads, isClosed };
  live.swap({ settings, chains: plans.map((plan) => buildChain(plan, chainParts)), wires: live.wires });
  accounts.tell(() => {
    for (const { control } of live.chains) control.budgetsChanged();
  });
  reach.tell = (upstreams, what) => live.connectivity(upstreams, what);
  return {
    get settings() {
      return live.settings;
    },
    get chains() {
      return live.chains;
    },
    clock,
    transport,
    metrics,
    log,
    usage,
    accounts,
    find: (name) => live.find(name),
    emit,
    async take(next) {
      const taken = await takeSettings(next, takeParts);
      log.setLevel(live.settings.log.level);
      return taken;
    },
    noteReading,
    isOurTrouble: () => localErrors.isOurs(clock.now()),
    redactText,
    async close() {
      phase.isClosed = true;
      draining.close();
      for (const { control } of live.chains) control.close();
      accounts.close();
      await transport.close();
      await store.close();
      clock.stop();
    },
  };
}
