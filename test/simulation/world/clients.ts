import type { VirtualClock } from '../../support/virtual-clock.ts';
import type { CallRecord, CallReply, Scene } from '../watch.ts';
import type { Chance } from './chance.ts';
import { repliesIn, requestOf, type Visit } from './client.ts';
import { drawVisit } from './draw-visit.ts';
import type { Sent } from './sim-network.ts';
import type { SimPlan } from './sim-plan.ts';
import type { SimProcess } from './sim-process.ts';

/** What the clients of a world need of it. */
export interface ClientParts {
  readonly plan: SimPlan;
  readonly time: VirtualClock;
  readonly chance: Chance;
  /** The process that answers now; undefined while none does. */
  process(): SimProcess | undefined;
  phase(): ReturnType<Scene['phase']>;
  arrived(record: CallRecord): void;
  answered(visit: Visit, replies: readonly (readonly [number, CallReply])[]): void;
  settled(record: CallRecord): void;
  /** The handle must never reject. */
  rejected(error: unknown): void;
}

/** The clients of one world: they call, they leave, and they take what they are answered. */
export class Clients {
  readonly records = new Map<number, CallRecord>();
  readonly #parts: ClientParts;
  readonly #open = new Set<CallRecord>();
  #calls = 0;

  constructor(parts: ClientParts) {
    this.#parts = parts;
  }

  get calls(): number {
    return this.#calls;
  }

  /** Calls at random moments, so often on average, for as long as the phase lasts. */
  callEvery(meanMs: number, phase: 'trouble' | 'recovery' | 'well'): void {
    const { time, chance } = this.#parts;
    const next = (): void => {
      if (this.#parts.phase() !== phase) return;
      const visit = this.#draw(phase);
      time.after(meanMs * 2 * chance.random() * visit.records.length, next);
      this.#pay(visit);
    };
    time.after(meanMs, next);
  }

  /** Many calls at once, spread over a second. */
  burst({ at, count }: SimPlan['calls']['bursts'][number]): void {
    for (let call = 0; call < count; call += 1)
      this.#parts.time.after(at + (1000 * call) / count, () => this.#pay(this.#draw('trouble')));
  }

  /** Notes a send for a client's call under that call. */
  noteSend(sent: Sent): void {
    const { call, purpose } = sent;
    if (purpose === 'poll' || purpose === 'probe' || purpose === 'backfill') return;
    const record = this.records.get(call.number);
    if (record === undefined) return;
    if (record.sends.length === 0) record.pairing = record.snapshot();
    record.sends.push(sent);
  }

  /** The process is gone: whoever waited for it gets nothing. */
  lose(): void {
    for (const record of [...this.#open]) this.#settle(record, { kind: 'lost', at: this.#parts.time.now() });
  }

  #draw(phase: 'trouble' | 'recovery' | 'well'): Visit {
    const { plan, time, chance, process } = this.#parts;
    const chain = chance.oneOf(plan.chains);
    const providers = process()?.chain(chain.name)?.lane.providers ?? [];
    const visit = drawVisit(plan, { chance, at: time.now(), chain, providers, firstNumber: this.#calls, phase });
    this.#calls += visit.records.length;
    return visit;
  }

  #pay(visit: Visit): void {
    const { time, process: living, arrived, answered, rejected } = this.#parts;
    const process = living();
    const lane = process?.chain(visit.chain)?.lane;
    if (process === undefined || lane === undefined) return;
    // A call that waits for a first proof goes on with whatever a reload has made of its chain.
    const snapshot = lane.isProven() ? () => lane.pairing() : () => lane.successor().pairing();
    for (const record of visit.records) {
      this.records.set(record.call.number, Object.assign(record, { snapshot, pairing: snapshot() }));
      this.#open.add(record);
      arrived(record);
    }
    process.pipeline
      .handle(requestOf(visit), (leave) => this.#maybeLeave(visit, leave))
      .then((reply) => {
        reply.letGo?.();
        if (living() !== process) return;
        const replies = repliesIn(reply, time.now());
        answered(visit, replies);
        this.#take(visit, replies);
      }, rejected);
  }

  #maybeLeave(visit: Visit, leave: () => void): void {
    const { plan, time, chance } = this.#parts;
    if (!chance.happens(plan.calls.leaveShare)) return;
    time.after(chance.spread(1, 3000), () => {
      for (const record of visit.records)
        if (this.#open.has(record)) this.#settle(record, { kind: 'left', at: time.now() });
      leave();
    });
  }

  #take({ records }: Visit, replies: readonly (readonly [number, CallReply])[]): void {
    for (const record of records) {
      const [, reply] = replies.find(([number]) => number === record.call.number || number === everybody) ?? [];
      if (reply !== undefined) this.#settle(record, reply);
      this.#open.delete(record);
    }
  }

  /** Only the first time counts. */
  #settle(record: CallRecord, reply: CallReply): void {
    if (!this.#open.delete(record)) return;
    record.reply = reply;
    this.#parts.settled(record);
  }
}

/** The number of an answer that was given to a whole request, before its calls were read. */
export const everybody = -1;
