import type { ChainDocuments } from '../../src/model/chain-document.ts';
import type { UpstreamKey } from '../../src/model/names.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { createVirtualClock, type VirtualClock } from '../support/virtual-clock.ts';
import { createTrace, type Trace } from './trace.ts';
import type { CallRecord, CallReply, Scene, Vow, Watch } from './watch.ts';
import { createChance } from './world/chance.ts';
import { repliesIn, requestOf, type Visit } from './world/client.ts';
import { drawVisit } from './world/draw-visit.ts';
import type { Sent, SentEnd } from './world/sim-network.ts';
import { drawPlan, type Order, type SimPlan } from './world/sim-plan.ts';
import { type ProcessParts, readSettings, type SimProcess, startProcess } from './world/sim-process.ts';
import { SimUrl } from './world/sim-url.ts';

/** What came of one world. */
export interface WorldOutcome {
  readonly seed: number;
  readonly calls: number;
  readonly sends: number;
  /** Seconds that passed in it. */
  readonly seconds: number;
  /** The first broken promise, in words. */
  readonly broken: string | undefined;
  readonly trace: Trace;
}

/** Runs the world of one seed to its end, or to the first promise that is broken in it. */
export async function runWorld(seed: number, vows: readonly Vow[], documents: ChainDocuments): Promise<WorldOutcome> {
  const world = new World(drawPlan(seed), vows, documents);
  await world.live();
  return world.outcome();
}

/** Longest time a call may take: its own, and the wait for a first proof. */
const longestCallMs = 35_000;

/** Once everything is well the gateway gets so long to find out; no hold-off and no schedule is longer. */
const longestRecoveryMs = 1_500_000;

/** For so long clients are watched after all upstreams are back. */
const wellMs = 10_000;

class World {
  readonly #plan: SimPlan;
  readonly #time: VirtualClock = createVirtualClock();
  readonly #trace = createTrace();
  readonly #chance: ReturnType<typeof createChance>;
  readonly #watches: readonly Watch[];
  readonly #urls: ReadonlyMap<string, SimUrl>;
  readonly #parts: ProcessParts;
  readonly #records = new Map<number, CallRecord>();
  readonly #open = new Set<CallRecord>();
  #process: SimProcess | undefined;
  #broken: string | undefined;
  #calls = 0;
  #sends = 0;
  #phase: ReturnType<Scene['phase']> = 'trouble';

  constructor(plan: SimPlan, vows: readonly Vow[], documents: ChainDocuments) {
    const { seed, history } = plan;
    this.#plan = plan;
    this.#chance = createChance(seededRandom(seed ^ 0x5eed));
    this.#urls = new Map(
      plan.urls.map((url, at) => [url.url, new SimUrl(url, history, seededRandom(seed * 31 + at))] as const),
    );
    this.#parts = {
      time: this.#time,
      settings: readSettings(plan.config, documents),
      documents,
      store: createMemoryStore(),
      random: seededRandom(seed ^ 0xca11),
      watch: { sent: (sent) => this.#sent(sent), ended: (sent, end) => this.#ended(sent, end) },
      urlAt: (url) => this.#urlAt(url),
      event: (event) => {
        this.#note({ kind: 'event', event });
        for (const watch of this.#watches) watch.event?.(event);
      },
    };
    this.#watches = vows.map((vow) => vow.watch(this.#sceneFor(vow)));
  }

  outcome(): WorldOutcome {
    return {
      seed: this.#plan.seed,
      calls: this.#calls,
      sends: this.#sends,
      seconds: this.#time.now() / 1000,
      broken: this.#broken,
      trace: this.#trace,
    };
  }

  /** Trouble, recovery, a while of calm weather, and the end. */
  async live(): Promise<void> {
    const { healAt, orders, stalls, calls } = this.#plan;
    this.#boot();
    for (const order of orders) this.#time.after(order.at, () => this.#obey(order));
    for (const { at, forMs } of stalls) this.#time.after(at, () => this.#stall(forMs));
    for (const burst of calls.bursts) this.#burst(burst);
    this.#callEvery((healAt - this.#time.now()) / calls.count, 'trouble');
    await this.#runUntil(healAt);
    this.#phase = 'recovery';
    if (calls.calmRate > 0) this.#callEvery(1000 / calls.calmRate, 'recovery');
    await this.#untilRecovered();
    this.#phase = 'rest';
    await this.#runUntil(this.#time.now() + longestCallMs);
    await this.#untilRecovered();
    this.#phase = 'well';
    this.#callEvery(200, 'well');
    await this.#runUntil(this.#time.now() + wellMs);
    await this.#end();
  }

  async #untilRecovered(): Promise<void> {
    const latest = this.#plan.healAt + longestRecoveryMs;
    while (this.#broken === undefined && !this.#isRecovered() && this.#time.now() < latest)
      await this.#runUntil(this.#time.now() + 1000);
  }

  async #end(): Promise<void> {
    this.#phase = 'over';
    await this.#runUntil(this.#time.now() + longestCallMs);
    for (const watch of this.#watches) watch.calm?.();
    this.#process?.drain();
    this.#process?.built.control.close();
    await this.#runUntil(this.#time.now() + 5000);
    for (const watch of this.#watches) watch.closed?.();
  }

  async #runUntil(until: number): Promise<void> {
    while (this.#broken === undefined && this.#time.now() < until) {
      await this.#time.advanceAsync(Math.min(1000, until - this.#time.now()));
      const view = this.#process?.built.control.view();
      if (view !== undefined && this.#phase !== 'over') for (const watch of this.#watches) watch.looked?.(view);
    }
  }

  #boot(): void {
    this.#note({ kind: 'noted', words: '■ a process starts' });
    this.#process = startProcess(this.#parts);
    for (const watch of this.#watches) watch.booted?.();
  }

  #obey({ act, target }: Order): void {
    const control = this.#process?.built.control;
    const key = this.#process?.built.lane.pairing().upstreams[target]?.endpoint.key;
    if (control === undefined || key === undefined) return;
    this.#note({ kind: 'noted', words: `■ operator: ${act} ${key}` });
    switch (act) {
      case 'cordon':
      case 'uncordon':
        control.cordon(key, act);
        return;
      case 'probe':
        control.probe(key);
        return;
      case 'restart':
        this.#process?.drain();
        this.#time.after(3000, () => {
          control.close();
          this.#die();
        });
        return;
      case 'kill':
        return this.#die();
    }
  }

  /** The process is gone; whoever waited for it gets nothing. Another one starts a moment later. */
  #die(): void {
    this.#note({ kind: 'noted', words: '■ the process ends' });
    this.#process?.clock.kill();
    for (const record of [...this.#open]) this.#settle(record, { kind: 'lost', at: this.#time.now() });
    this.#process = undefined;
    this.#time.after(500, () => this.#boot());
  }

  #stall(forMs: number): void {
    this.#note({ kind: 'noted', words: `■ the loop stands still for ${Math.round(forMs)} ms` });
    this.#process?.clock.stallFor(forMs);
  }

  #callEvery(meanMs: number, phase: 'trouble' | 'recovery' | 'well'): void {
    const next = (): void => {
      if (this.#phase !== phase || this.#broken !== undefined) return;
      const visit = this.#drawVisit(phase);
      this.#time.after(meanMs * 2 * this.#chance.random() * visit.records.length, next);
      this.#pay(visit);
    };
    this.#time.after(meanMs, next);
  }

  /** Many calls at once, spread over a second. */
  #burst({ at, count }: SimPlan['calls']['bursts'][number]): void {
    for (let call = 0; call < count; call += 1)
      this.#time.after(at + (1000 * call) / count, () => this.#pay(this.#drawVisit('trouble')));
  }

  #drawVisit(phase: 'trouble' | 'recovery' | 'well'): Visit {
    const providers = this.#process?.built.lane.providers ?? [];
    const { plan, at } = { plan: this.#plan, at: this.#time.now() };
    const visit = drawVisit(plan, { chance: this.#chance, at, providers, firstNumber: this.#calls, phase });
    this.#calls += visit.records.length;
    return visit;
  }

  #pay(visit: Visit): void {
    const process = this.#process;
    if (process === undefined) return;
    for (const record of visit.records) {
      this.#records.set(record.call.number, record);
      this.#open.add(record);
      record.pairing = process.built.control.pairing();
      this.#note({ kind: 'arrived', record });
    }
    const settled = process.pipeline.handle(requestOf(visit), (leave) => this.#maybeLeave(visit, leave));
    void settled.then(
      (reply) => {
        if (this.#process !== process) return;
        this.#take(visit, repliesIn(reply, this.#time.now()));
      },
      (error) => this.#complain('the handle never rejects', String(error)),
    );
  }

  #maybeLeave(visit: Visit, leave: () => void): void {
    if (!this.#chance.happens(this.#plan.calls.leaveShare)) return;
    this.#time.after(this.#chance.spread(1, 3000), () => {
      for (const record of visit.records)
        if (this.#open.has(record)) this.#settle(record, { kind: 'left', at: this.#time.now() });
      leave();
    });
  }

  #take(visit: Visit, replies: readonly (readonly [number, CallReply])[]): void {
    const wanted = visit.style === 'notification' ? 0 : visit.records.length;
    const isGone = visit.records.every(({ reply }) => reply?.kind === 'left');
    const isRefusedWhole = replies.length === 1 && replies[0]?.[0] === -1;
    if (!isGone && !isRefusedWhole && replies.length !== wanted)
      this.#complain('exactly one answer per call', `${replies.length} answers to ${wanted} calls`);
    const [first] = replies;
    const answers = first?.[0] === -1 ? visit.records.map(({ call }) => [call.number, first[1]] as const) : replies;
    for (const [number, reply] of answers) {
      const record = visit.records.find(({ call }) => call.number === number);
      if (record === undefined)
        this.#complain('exactly one answer per call', `an answer for #${number}, which was not asked`);
      else this.#settle(record, reply);
    }
    for (const record of visit.records) this.#open.delete(record);
  }

  #settle(record: CallRecord, reply: CallReply): void {
    if (!this.#open.delete(record)) {
      if (record.reply?.kind !== 'left')
        this.#complain('exactly one answer per call', `a second one for #${record.call.number}`);
      return;
    }
    record.reply = reply;
    this.#note({ kind: 'settled', record });
    for (const watch of this.#watches) watch.settled?.(record);
  }

  #sent(sent: Sent): void {
    this.#sends += 1;
    this.#note({ kind: 'sent', send: sent });
    const record = isClients(sent) ? this.#records.get(sent.call.number) : undefined;
    if (record !== undefined) {
      if (record.sends.length === 0) record.pairing = this.#process?.built.control.pairing();
      record.sends.push(sent);
    }
    for (const watch of this.#watches) watch.sent?.(sent);
  }

  #ended(sent: Sent, end: SentEnd): void {
    this.#note({ kind: 'ended', send: sent });
    for (const watch of this.#watches) watch.ended?.(sent, end);
  }

  #isRecovered(): boolean {
    const view = this.#process?.built.control.view();
    if (view === undefined) return false;
    return view.upstreams.every(({ endpoint, standing, heldOff }) => {
      const isForEver = this.#urlOf(endpoint.key).plan.program.some(({ to }) => to === Number.POSITIVE_INFINITY);
      return isForEver || (standing === 'serving' && heldOff === undefined);
    });
  }

  #sceneFor({ words }: Vow): Scene {
    const living = (): SimProcess => {
      if (this.#process === undefined) throw new Error('no process lives now');
      return this.#process;
    };
    return {
      plan: this.#plan,
      now: () => this.#time.now(),
      phase: () => this.#phase,
      pairing: () => living().built.control.pairing(),
      view: () => living().built.control.view(),
      url: (key) => this.#urlOf(key),
      calls: () => this.#records,
      inFlight: (key) => living().network.inFlight(key),
      armed: () => living().clock.armed(),
      complain: (detail) => this.#complain(words, detail),
    };
  }

  #urlOf(key: UpstreamKey): SimUrl {
    const [, provider] = key.split('/');
    const [chain] = this.#parts.settings.chains;
    const endpoint = chain?.endpoints.find((one) => one.provider === provider);
    return this.#urlAt(endpoint?.url ?? '');
  }

  #urlAt(url: string): SimUrl {
    const found = this.#urls.get(url);
    if (found === undefined) throw new Error(`no such URL in this world: ${url}`);
    return found;
  }

  #note(happening: Parameters<Trace['note']>[1]): void {
    this.#trace.note(this.#time.now(), happening);
  }

  #complain(words: string, detail: string): void {
    if (this.#broken !== undefined) return;
    this.#broken = `${words}: ${detail}`;
    this.#note({ kind: 'noted', words: `✗ ${this.#broken}` });
  }
}

function isClients({ purpose, call }: Sent): boolean {
  return call.number >= 0 && purpose !== 'poll' && purpose !== 'probe' && purpose !== 'backfill';
}
