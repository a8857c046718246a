import type { ChainControl } from '../../src/control/chain-control.ts';
import type { ChainView, UpstreamView } from '../../src/model/chain-view.ts';
import type { GatewayEvent } from '../../src/model/events.ts';
import type { Purpose } from '../../src/model/names.ts';
import type { Cancel } from '../../src/ports/clock.ts';
import type { GatewayReply } from '../../src/ports/handle.ts';
import type { StateStore } from '../../src/ports/state-store.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import type { Fault, Phase } from '../simulation/world/fault.ts';
import type { Sent } from '../simulation/world/sim-network.ts';
import { readSettings, type SimProcess, startProcess } from '../simulation/world/sim-process.ts';
import { SimUrl } from '../simulation/world/sim-url.ts';
import { packagedDocuments } from './chain-documents.ts';
import { seededRandom } from './seeded-random.ts';
import { readStageAnswer, type StageAnswer } from './stage-answer.ts';
import { StagedChain, type StagedChainOptions } from './staged-chain.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';

/** One provider of a stage; a name alone is a primary of its own operator. */
export interface StageProvider {
  readonly name: string;
  readonly tier?: 'primary' | 'backup';
  readonly group?: string;
  readonly writes?: 'public' | 'private' | 'never';
}

/** How a stage is set; everything but the providers has a usual value. */
export interface StageOptions {
  readonly providers: readonly (string | StageProvider)[];
  readonly chain?: StagedChainOptions;
  /** Further keys of the chain in the configuration. */
  readonly config?: object;
  /** Keys of the configuration beside its chains. */
  readonly gateway?: object;
  /** What is wrong with providers from the start, by name. */
  readonly faults?: Readonly<Record<string, Fault>>;
  /** A store that an earlier process filled. */
  readonly store?: StateStore;
}

/** A time no test waits for: 20 hours of the stage, in steps of a quarter of a second. */
const mostSteps = 288_000;
const stepMs = 250;

/** No call takes longer: its own time, and the wait for a first proof. */
const longestCallMs = 40_000;

/** Sets a stage: a chain, its providers, and the real path and control plane in front of them, on a clock of the test. */
export async function setStage(options: StageOptions): Promise<Stage> {
  const documents = await packagedDocuments();
  return new Stage(options, documents);
}

/** One gateway in front of simulated providers, walked through by hand: nothing happens unless the test lets time pass. */
export class Stage {
  readonly clock: VirtualClock = createVirtualClock();
  readonly chain: StagedChain;
  readonly store: StateStore;
  /** All that the gateway said, over all its lives. */
  readonly events: GatewayEvent[] = [];
  /** All that was sent to providers. */
  readonly sends: Sent[] = [];
  readonly #documents: Awaited<ReturnType<typeof packagedDocuments>>;
  readonly #urls = new Map<string, SimUrl>();
  readonly #programs = new Map<string, Phase[]>();
  readonly #config: object;
  readonly #gateway: object;
  #providers: readonly StageProvider[];
  #process: SimProcess | undefined;

  constructor(options: StageOptions, documents: Awaited<ReturnType<typeof packagedDocuments>>) {
    const { clock } = this;
    this.#documents = documents;
    this.chain = new StagedChain(options.chain ?? {}, {
      now: () => clock.now(),
      wallOffsetMs: clock.wall() - clock.now(),
    });
    this.store = options.store ?? createMemoryStore();
    this.#config = options.config ?? {};
    this.#gateway = options.gateway ?? {};
    this.#providers = options.providers.map((one) => (typeof one === 'string' ? { name: one } : one));
    for (const { name } of this.#providers) this.#open(name);
    for (const [name, fault] of Object.entries(options.faults ?? {})) this.set(name, fault);
    this.start();
  }

  /** Puts a fault in place of whatever was wrong with a provider; without one it is well. */
  set(name: string, fault?: Fault): void {
    const now = this.clock.now();
    const program = this.#programs.get(name) ?? [];
    program.length = 0;
    if (fault !== undefined) program.push({ from: now, to: Number.POSITIVE_INFINITY, fault });
  }

  /** The same fault, or none, for all of them. */
  setAll(fault?: Fault): void {
    for (const name of this.#programs.keys()) this.set(name, fault);
  }

  /** Starts a gateway over the store; `tiers` changes the configuration by name. */
  start(tiers: Readonly<Record<string, 'primary' | 'backup'>> = {}): void {
    this.#providers = this.#providers.map((one) => ({ ...one, tier: tiers[one.name] ?? one.tier ?? 'primary' }));
    this.#process = startProcess({
      time: this.clock,
      settings: readSettings(this.#file(), this.#documents),
      documents: this.#documents,
      store: this.store,
      random: seededRandom(7),
      watch: { sent: (sent) => void this.sends.push(sent), ended: () => undefined },
      urlAt: (url) => this.#urlAt(url),
      event: (event) => void this.events.push(event),
    });
  }

  /** An operator takes a provider out, or puts it back. */
  cordon(name: string, order: 'cordon' | 'uncordon'): void {
    this.#control().cordon(this.upstream(name).endpoint.key, order);
  }

  /** Ends the gateway as SIGKILL does: nothing is told, nothing is stored. */
  kill(): void {
    this.#process?.clock.kill();
    this.#process = undefined;
  }

  /** Ends the gateway in order. */
  stop(): void {
    this.#process?.close();
    this.kill();
  }

  /** Lets time pass, for the providers and the gateway alike. */
  async pass(ms: number): Promise<void> {
    await this.clock.advanceAsync(ms);
  }

  /** Lets time pass until something holds; fails where it does not within 20 hours of the stage, or `withinMs`. */
  async until(holds: () => boolean, withinMs = mostSteps * stepMs): Promise<void> {
    for (let passed = 0; !holds(); passed += stepMs) {
      if (passed >= withinMs) throw new Error(`it never came to this: ${holds}\n${this.story()}`);
      await this.pass(stepMs);
    }
  }

  /** What operators see now. */
  view(): ChainView {
    return this.#control().view();
  }

  upstream(name: string): UpstreamView {
    const found = this.view().upstreams.find(({ endpoint }) => endpoint.provider === name);
    if (found === undefined) throw new Error(`there is no provider ${name}`);
    return found;
  }

  /** Standing of every provider, by name. */
  standings(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.view().upstreams.map(({ endpoint, standing }) => [endpoint.provider, standing]));
  }

  /** Asks as a client does, and lets time pass until the answer is there. `headers` steer, without their prefix. */
  async ask(
    method: string,
    params: readonly unknown[] = [],
    headers: Readonly<Record<string, string>> = {},
  ): Promise<StageAnswer> {
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }));
    const client = { address: '127.0.0.1', loopback: true };
    const request = { chain: 'staged', body, client, steering: new Map(Object.entries(headers)) };
    let settled: (() => StageAnswer) | undefined;
    this.#living()
      .pipeline.handle(request, () => undefined)
      .then(
        (reply) => {
          settled = () => readStageAnswer(reply);
        },
        (error) => {
          settled = () => {
            throw error;
          };
        },
      );
    for (let waited = 0; settled === undefined; waited += 10) {
      if (waited >= longestCallMs) throw new Error(`${method} was never answered\n${this.story()}`);
      await this.pass(10);
    }
    return settled();
  }

  /**
   * Asks as a client at that address does, and lets no time pass: the answer comes as the test goes on. `onClientGone` is handed what
   * is to be called when the client goes.
   */
  begin(
    address: string,
    body: string,
    onClientGone: (cancel: Cancel) => void = () => undefined,
  ): Promise<GatewayReply> {
    const client = { address, loopback: false };
    const request = { chain: 'staged', body: Buffer.from(body), client, steering: new Map<string, string>() };
    return this.#living().pipeline.handle(request, onClientGone);
  }

  /** How many calls a provider was sent for a purpose. */
  sentTo(name: string, purpose: Purpose): number {
    return this.sends.filter((sent) => sent.key.split('/')[1] === name && sent.purpose === purpose).length;
  }

  /** Every event of a kind, in order. */
  told<Kind extends GatewayEvent['kind']>(kind: Kind): readonly Extract<GatewayEvent, { readonly kind: Kind }>[] {
    const isOfKind = (event: GatewayEvent): event is Extract<GatewayEvent, { readonly kind: Kind }> =>
      event.kind === kind;
    return this.events.filter(isOfKind);
  }

  /** Changes of one provider's standing, as `blocked refused-connections` or `serving`. */
  changesOf(name: string): readonly string[] {
    return this.told('standing-changed')
      .filter(({ upstream }) => upstream.split('/')[1] === name)
      .map(({ to, reason }) => (reason === undefined ? to : `${to} ${reason}`));
  }

  /** Where every provider stands, in sentences: for failures. */
  story(): string {
    const { state, tip, reason, upstreams } = this.view();
    const lines = upstreams.map(({ endpoint, sentence, head }) => `${endpoint.provider} (${head}): ${sentence}`);
    return [`${state}, tip ${tip} ${reason}`, ...lines].join('\n');
  }

  #file(): object {
    const { blockTimeMs } = this.chain;
    const tier = (wanted: StageProvider['tier']): readonly object[] =>
      this.#providers
        .filter((one) => one.tier === wanted)
        .map(({ tier: _, ...rest }) => ({ ...rest, url: urlOf(rest.name) }));
    const staged = {
      family: 'evm',
      chainId: 31_337,
      blockTime: `${blockTimeMs}ms`,
      epochBlocks: 60,
      ...this.#config,
      primary: tier('primary'),
      backup: tier('backup'),
    };
    return { ...this.#gateway, chains: { staged } };
  }

  #open(name: string): void {
    const program: Phase[] = [];
    const url = urlOf(name);
    this.#programs.set(name, program);
    this.#urls.set(
      url,
      new SimUrl({ url, program, latencyMs: 20, membersLagMs: [0] }, this.chain, seededRandom(this.#urls.size + 1)),
    );
  }

  #urlAt(url: string): SimUrl {
    const found = this.#urls.get(url);
    if (found === undefined) throw new Error(`nobody is at ${url}`);
    return found;
  }

  #control(): ChainControl {
    const chain = this.#living().chain('staged');
    if (chain === undefined) throw new Error('the staged chain is not configured');
    return chain.control;
  }

  #living(): SimProcess {
    if (this.#process === undefined) throw new Error('no gateway runs now');
    return this.#process;
  }
}

function urlOf(name: string): string {
  return `https://${name}.example/`;
}
