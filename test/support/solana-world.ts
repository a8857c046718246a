import { settingsFrom } from '../../src/config/read-config.ts';
import { createLocalErrorLog } from '../../src/health/own-trouble.ts';
import type { ChainDocuments } from '../../src/model/chain-document.ts';
import type { ChainView, UpstreamView } from '../../src/model/chain-view.ts';
import type { GatewayEvent } from '../../src/model/events.ts';
import type { UpstreamKey } from '../../src/model/names.ts';
import type { Settings } from '../../src/model/settings.ts';
import { createSendAttempt } from '../../src/path/attempt.ts';
import { createPipeline } from '../../src/pipeline.ts';
import type { GatewayReply, Handle } from '../../src/ports/handle.ts';
import type { Meter } from '../../src/ports/meter.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { hash } from '../../src/system/hash.ts';
import { Accounts } from '../../src/world/accounts.ts';
import { AnswerStores } from '../../src/world/answer-stores.ts';
import { type BuiltChain, buildChain } from '../../src/world/build-chain.ts';
import { createTrackerNames, endpointsOf } from '../../src/world/endpoints.ts';
import { specOf } from '../../src/world/specs.ts';
import { packagedDocuments } from './chain-documents.ts';
import { noLimits } from './no-limits.ts';
import { seededRandom } from './seeded-random.ts';
import { SolanaFake } from './solana-fake.ts';
import { createSolanaNetwork, type SolanaNetwork } from './solana-network.ts';
import { createSolanaSlots, type SolanaSlots, type SolanaSlotsOptions } from './solana-slots.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';

/** What a test may want otherwise: two primaries `a` and `b`, a backup `c`, and the chain's own numbers. */
export interface SolanaWorldOptions {
  readonly primary?: readonly string[];
  readonly backup?: readonly string[];
  readonly slots?: SolanaSlotsOptions;
  /** Further keys of the chain in the configuration. */
  readonly chain?: object;
  /** Changes nodes before anything is asked of them; `slots` is the chain they share. */
  prepare?(node: (name: string) => SolanaFake, slots: SolanaSlots): void;
}

/** What a client got for one call. */
export interface SolanaReply {
  readonly status: number;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
  /** Who served it: the provider's name. */
  readonly provider: string | undefined;
  readonly attempts: number;
  /** The slot of `x-switchyard-height`. */
  readonly height: number;
  /** `x-switchyard-degraded`. */
  readonly degraded: string | undefined;
}

/** The whole gateway but its sockets, on a clock of the test, in front of fakes that make a slot every 400 ms. */
export class SolanaWorld {
  readonly clock: VirtualClock;
  readonly slots: SolanaSlots;
  readonly events: GatewayEvent[] = [];
  readonly #nodes: ReadonlyMap<string, SolanaFake>;
  readonly #network: SolanaNetwork;
  readonly #chain: BuiltChain;
  readonly #handle: Handle;

  constructor(documents: ChainDocuments, options: SolanaWorldOptions) {
    const settings = settingsOf(documents, options);
    const [chain] = settings.chains;
    if (chain === undefined) throw new Error('no chain is configured');
    const { endpoints } = endpointsOf(chain, createTrackerNames());
    this.clock = createVirtualClock();
    this.slots = createSolanaSlots(options.slots);
    this.#nodes = new Map(endpoints.map(({ provider }) => [provider, new SolanaFake(this.slots)]));
    options.prepare?.((name) => this.node(name), this.slots);
    const { clock } = this;
    this.#network = createSolanaNetwork(
      clock,
      new Map(endpoints.map(({ key, provider }) => [key, this.node(provider)])),
    );
    const { transport } = this.#network;
    const emit = (event: GatewayEvent): void => this.#take(event);
    this.#chain = buildChain(
      { settings: chain, spec: specOf(documents, chain), endpoints },
      { ...silentParts(), ...memoriesOf(settings, clock, emit), clock, transport, emit },
    );
    this.#handle = createPipeline({
      settings,
      lane: () => this.#chain.lane,
      send: createSendAttempt({ clock, transport, yieldTurn: () => Promise.resolve() }),
      clock,
      random: seededRandom(1),
      hash,
      emit,
      held: { take: () => true, give: () => undefined },
      limits: noLimits,
      isClosing: () => false,
      yieldTurn: () => Promise.resolve(),
    }).handle;
    this.#makeSlots();
  }

  /** The providers, primaries first. */
  get names(): readonly string[] {
    return [...this.#nodes.keys()];
  }

  node(name: string): SolanaFake {
    const node = this.#nodes.get(name);
    if (node === undefined) throw new Error(`no node ${name}`);
    return node;
  }

  /** Lets time pass. */
  run(ms: number): Promise<void> {
    return this.clock.advanceAsync(ms);
  }

  /** Refuses every connection to a node from now on, or takes them again. */
  setReachable(name: string, reachable: 'yes' | 'no'): void {
    this.#network.setReachable(this.#keyOf(name), reachable);
  }

  /** Calls as a client does, and lets time pass until the answer is there. */
  async call(method: string, params: readonly unknown[] = []): Promise<SolanaReply> {
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: '0', method, params }));
    const client = { address: '127.0.0.1', loopback: true };
    let reply: GatewayReply | undefined;
    void this.#handle({ chain: undefined, body, client, steering: new Map() }, () => {}).then((got) => {
      reply = got;
    });
    for (let turn = 0; reply === undefined && turn < mostTurns; turn += 1) await this.run(turnMs);
    if (reply === undefined) throw new Error(`${method} was never answered`);
    return readReply(reply);
  }

  view(): ChainView {
    return this.#chain.control.view();
  }

  upstream(name: string): UpstreamView {
    const found = this.view().upstreams.find(({ endpoint }) => endpoint.provider === name);
    if (found === undefined) throw new Error(`no upstream ${name}`);
    return found;
  }

  of<Kind extends GatewayEvent['kind']>(kind: Kind): readonly Extract<GatewayEvent, { kind: Kind }>[] {
    return this.events.filter((event): event is Extract<GatewayEvent, { kind: Kind }> => event.kind === kind);
  }

  #keyOf(name: string): UpstreamKey {
    return this.upstream(name).endpoint.key;
  }

  #take(event: GatewayEvent): void {
    this.events.push(event);
    if (event.kind === 'attempt-failed' || event.kind === 'failure-excused') this.#chain.control.fold(event);
  }

  #makeSlots(): void {
    this.clock.after(slotMs, () => {
      this.slots.advance();
      this.#makeSlots();
    });
  }
}

/** A slot of Solana, in milliseconds. */
export const slotMs = 400;

/** How long a call may take, as steps of the clock: longer than any deadline of the gateway. */
const turnMs = 5;
const mostTurns = 10_000;

/** Starts a gateway in front of its nodes, and lets the first probes and polls pass. */
export async function startSolanaWorld(options: SolanaWorldOptions = {}): Promise<SolanaWorld> {
  const world = new SolanaWorld(await packagedDocuments(), options);
  await world.run(3000);
  return world;
}

function settingsOf(documents: ChainDocuments, options: SolanaWorldOptions): Settings {
  const { primary = ['a', 'b'], backup = ['c'], chain = {} } = options;
  const named = (name: string) => ({ name, url: `http://${name}.example/` });
  const solana = { spec: 'solana-devnet', primary: primary.map(named), backup: backup.map(named), ...chain };
  const known = [...documents.documents.keys()].map((name) => ({ name, aliases: [] }));
  const surroundings = { known, memoryBytes: 2 ** 33, chains: 'named' } as const;
  const { settings, problems } = settingsFrom({ chains: { solana } }, surroundings);
  if (problems.length > 0) throw new Error(problems.map(({ path, text }) => `${path.join('.')} ${text}`).join('\n'));
  return settings;
}

const silentMeter: Meter = {
  upstream: () => ({ sent: () => undefined, answered: () => undefined }),
  chain: () => ({
    settled: () => undefined,
    settledFor: () => undefined,
    cached: () => undefined,
    overhead: () => undefined,
  }),
};

function silentParts() {
  const redact = (bytes: Buffer): Buffer => bytes;
  return { meter: silentMeter, store: createMemoryStore(), localErrors: createLocalErrorLog(), redact };
}

function memoriesOf(settings: Settings, clock: VirtualClock, emit: (event: GatewayEvent) => void) {
  const accounts = new Accounts(settings.accounts, { clock, store: createMemoryStore(), emit });
  return { answers: new AnswerStores(settings, clock), accounts };
}

function readReply({ status, headers, body }: GatewayReply): SolanaReply {
  const { result, error }: Pick<SolanaReply, 'result' | 'error'> = JSON.parse(Buffer.concat(body ?? []).toString());
  return {
    status,
    ...(result === undefined ? {} : { result }),
    ...(error === undefined ? {} : { error }),
    provider: headers['x-switchyard-upstream']?.split('/')[0],
    attempts: Number(headers['x-switchyard-attempts']),
    height: Number(headers['x-switchyard-height']),
    degraded: headers['x-switchyard-degraded'],
  };
}
