import type { ChainDocuments } from '../../src/model/chain-document.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { createVirtualClock, type VirtualClock } from '../support/virtual-clock.ts';
import type { Trace } from './trace.ts';
import type { Scene, Vow } from './watch.ts';
import { type Breach, sound } from './world/breach.ts';
import { createChance } from './world/chance.ts';
import { Clients } from './world/clients.ts';
import type { SimConfig } from './world/draw-config.ts';
import { Lookout, urlOf } from './world/lookout.ts';
import { obey } from './world/operator.ts';
import { drawPlan, type SimPlan } from './world/sim-plan.ts';
import { type ProcessParts, readSettings, type SimProcess, startProcess } from './world/sim-process.ts';
import { SimUrl } from './world/sim-url.ts';

/** What came of one world. */
export interface WorldOutcome {
  readonly plan: SimPlan;
  readonly calls: number;
  readonly sends: number;
  /** Seconds that passed in it. */
  readonly seconds: number;
  /** Changes of standing. */
  readonly turns: number;
  readonly epochs: number;
  /** The first broken promise, in words. */
  readonly broken: string | undefined;
  readonly trace: Trace;
}

/** How a world is run: what is watched over, and what is planted to be found. */
export interface WorldOptions {
  readonly vows: readonly Vow[];
  readonly documents: ChainDocuments;
  readonly breach?: Breach;
}

/** Runs the world of one seed to its end, or to the first promise that is broken in it. */
export async function runWorld(seed: number, options: WorldOptions): Promise<WorldOutcome> {
  const world = new World(drawPlan(seed), options);
  await world.live();
  return world.outcome();
}

/** Longest time a call may take: its own, and the wait for a first proof. */
const longestCallMs = 35_000;

/** Once everything is well the gateway gets so long to find out; no hold-off and no schedule is longer. */
const longestRecoveryMs = 1_500_000;

/** For so long clients are watched after all upstreams are back. */
const wellMs = 10_000;

/** A process is down for so long before the next one starts. */
const downMs = 500;

class World {
  readonly #plan: SimPlan;
  readonly #time: VirtualClock = createVirtualClock();
  readonly #lookout: Lookout;
  readonly #clients: Clients;
  readonly #parts: Omit<ProcessParts, 'settings'>;
  readonly #counts = { sends: 0, turns: 0, epochs: 0 };
  #config: SimConfig;
  #process: SimProcess | undefined;
  #phase: ReturnType<Scene['phase']> = 'trouble';

  constructor(plan: SimPlan, { vows, documents, breach = sound }: WorldOptions) {
    this.#plan = plan;
    this.#config = plan.config;
    const urlAt = openUrls(plan);
    const [time, process, phase] = [this.#time, () => this.#process, () => this.#phase];
    const calls = () => this.#clients.records;
    const lookout = new Lookout(vows, { plan, now: () => time.now(), phase, process, calls, urlAt });
    this.#lookout = lookout;
    this.#clients = new Clients({
      plan,
      time,
      chance: createChance(seededRandom(plan.seed ^ 0x5eed)),
      process,
      phase,
      arrived: (record) => lookout.note({ kind: 'arrived', record }),
      answered: lookout.answered,
      settled: (record) => lookout.settled(record),
      rejected: (error) => lookout.complain('the handle never rejects', String(error)),
    });
    this.#parts = {
      time,
      documents,
      breach,
      store: createMemoryStore(),
      random: seededRandom(plan.seed ^ 0xca11),
      watch: { sent: (sent) => this.#sent(sent), ended: (sent) => lookout.ended(sent) },
      urlAt,
      event: (event) => this.#event(event),
    };
  }

  outcome(): WorldOutcome {
    const [{ broken, trace }, { calls }] = [this.#lookout, this.#clients];
    return { plan: this.#plan, calls, ...this.#counts, seconds: this.#time.now() / 1000, broken, trace };
  }

  /** Trouble, recovery, a while of calm weather, and the end. */
  async live(): Promise<void> {
    const { healAt, orders, stalls, calls } = this.#plan;
    this.#boot();
    for (const order of orders) this.#time.after(order.at, () => this.#obey(order));
    for (const { at, forMs } of stalls) this.#time.after(at, () => this.#stall(forMs));
    for (const burst of calls.bursts) this.#clients.burst(burst);
    this.#clients.callEvery((healAt - this.#time.now()) / calls.count, 'trouble');
    await this.#runUntil(healAt);
    this.#phase = 'recovery';
    if (calls.calmRate > 0) this.#clients.callEvery(1000 / calls.calmRate, 'recovery');
    await this.#untilRecovered();
    this.#phase = 'rest';
    await this.#runUntil(this.#time.now() + longestCallMs);
    await this.#untilRecovered();
    this.#phase = 'well';
    this.#clients.callEvery(200, 'well');
    await this.#runUntil(this.#time.now() + wellMs);
    await this.#end();
  }

  async #untilRecovered(): Promise<void> {
    const latest = this.#plan.healAt + longestRecoveryMs;
    while (this.#lookout.broken === undefined && !this.#isRecovered() && this.#time.now() < latest)
      await this.#runUntil(this.#time.now() + 1000);
  }

  async #end(): Promise<void> {
    this.#phase = 'over';
    await this.#runUntil(this.#time.now() + longestCallMs);
    this.#lookout.tell('calm');
    this.#process?.drain();
    this.#process?.close();
    await this.#runUntil(this.#time.now() + 5000);
    this.#lookout.tell('closed');
  }

  async #runUntil(until: number): Promise<void> {
    while (this.#lookout.broken === undefined && this.#time.now() < until) {
      await this.#time.advanceAsync(Math.min(1000, until - this.#time.now()));
      if (this.#process !== undefined && this.#phase !== 'over') this.#lookout.looked(this.#process);
    }
  }

  #boot(): void {
    this.#lookout.note({ kind: 'noted', words: '■ a process starts' });
    const settings = readSettings(this.#config, this.#parts.documents);
    this.#process = startProcess({ ...this.#parts, settings });
    this.#lookout.tell('booted');
  }

  #obey(order: SimPlan['orders'][number]): void {
    obey(order, {
      time: this.#time,
      process: () => this.#process,
      reload: (config, process) => this.#reload(config, process),
      end: (process) => this.#die(process),
      note: (words) => this.#lookout.note({ kind: 'noted', words }),
    });
  }

  #reload(config: SimConfig, process: SimProcess): void {
    this.#config = config;
    process.take(readSettings(config, this.#parts.documents)).then(
      ({ kind }) => {
        if (kind === 'taken' && this.#process === process) this.#lookout.tell('reloaded');
      },
      (error) => this.#lookout.complain('a good configuration is taken', String(error)),
    );
  }

  /** The process is gone; whoever waited for it gets nothing. Another one starts a moment later. */
  #die(process: SimProcess): void {
    process.clock.kill();
    this.#clients.lose();
    this.#process = undefined;
    this.#time.after(downMs, () => this.#boot());
  }

  #stall(forMs: number): void {
    this.#lookout.note({ kind: 'noted', words: `■ the loop stands still for ${Math.round(forMs)} ms` });
    this.#process?.clock.stallFor(forMs);
  }

  #sent(sent: Parameters<Lookout['sent']>[0]): void {
    this.#counts.sends += 1;
    this.#clients.noteSend(sent);
    this.#lookout.sent(sent);
  }

  #event(event: Parameters<Lookout['event']>[0]): void {
    if (event.kind === 'standing-changed') this.#counts.turns += 1;
    if (event.kind === 'epoch-started') this.#counts.epochs += 1;
    this.#lookout.event(event);
  }

  /** Everything serves, save what never will. */
  #isRecovered(): boolean {
    return this.#plan.chains.every((chain) => {
      const upstreams = this.#process?.view(chain.name)?.upstreams;
      return upstreams?.every(({ endpoint, standing, heldOff }) => {
        const { program } = this.#parts.urlAt(urlOf(chain, endpoint.key)).plan;
        const isForEver = program.some(({ to }) => to === Number.POSITIVE_INFINITY);
        return isForEver || (standing === 'serving' && heldOff === undefined);
      });
    });
  }
}

/** The URLs of a world, each with chance of its own. */
function openUrls({ seed, chains }: SimPlan): (url: string) => SimUrl {
  const plans = chains.flatMap(({ history, urls }) => urls.map((url) => ({ history, url })));
  const open = new Map(
    plans.map(({ history, url }, at) => [url.url, new SimUrl(url, history, seededRandom(seed * 31 + at))]),
  );
  return (url) => {
    const found = open.get(url);
    if (found === undefined) throw new Error(`no such URL in this world: ${url}`);
    return found;
  };
}
