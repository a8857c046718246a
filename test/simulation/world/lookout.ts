import type { GatewayEvent } from '../../../src/model/events.ts';
import type { UpstreamKey } from '../../../src/model/names.ts';
import { createTrace, type Trace } from '../trace.ts';
import type { CallRecord, Scene, Vow, Watch } from '../watch.ts';
import type { Sent } from './sim-network.ts';
import type { ChainPlan, SimPlan } from './sim-plan.ts';
import type { SimProcess } from './sim-process.ts';
import type { SimUrl } from './sim-url.ts';

/** What those who watch over a world see of it. */
export interface LookoutParts {
  readonly plan: SimPlan;
  now(): number;
  phase(): ReturnType<Scene['phase']>;
  process(): SimProcess | undefined;
  calls(): ReadonlyMap<number, CallRecord>;
  urlAt(url: string): SimUrl;
}

/** Every promise watched over on every chain of one world, the trace of what happened, and the first promise that was broken. */
export class Lookout {
  readonly trace: Trace = createTrace();
  readonly #parts: LookoutParts;
  readonly #watches: ReadonlyMap<string, readonly Watch[]>;
  readonly #all: readonly Watch[];
  #broken: string | undefined;

  constructor(vows: readonly Vow[], parts: LookoutParts) {
    this.#parts = parts;
    const { chains, ...rest } = parts.plan;
    this.#watches = new Map(
      chains.map((chain) => [chain.name, vows.map((vow) => vow.watch(this.#sceneOf(vow, { ...rest, ...chain })))]),
    );
    this.#all = [...this.#watches.values()].flat();
  }

  /** The first broken promise, in words. */
  get broken(): string | undefined {
    return this.#broken;
  }

  sent(sent: Sent): void {
    this.note({ kind: 'sent', send: sent });
    for (const watch of this.#of(chainOf(sent.key))) watch.sent?.(sent);
  }

  ended(sent: Sent): void {
    const { end } = sent;
    this.note({ kind: 'ended', send: sent });
    if (end !== undefined) for (const watch of this.#of(chainOf(sent.key))) watch.ended?.(sent, end);
  }

  event(event: GatewayEvent): void {
    this.note({ kind: 'event', event });
    for (const watch of this.#of(chainOfEvent(event))) watch.event?.(event);
  }

  answered: NonNullable<Watch['answered']> = (visit, replies) => {
    for (const watch of this.#of(visit.chain)) watch.answered?.(visit, replies);
  };

  settled(record: CallRecord): void {
    this.note({ kind: 'settled', record });
    for (const watch of this.#of(record.chain)) watch.settled?.(record);
  }

  /** Once a second, while a process lives. */
  looked(process: SimProcess): void {
    for (const [name, watches] of this.#watches) {
      const view = process.view(name);
      if (view !== undefined) for (const watch of watches) watch.looked?.(view);
    }
  }

  tell(what: 'booted' | 'reloaded' | 'calm' | 'closed'): void {
    for (const watch of this.#all) watch[what]?.();
  }

  note(happening: Parameters<Trace['note']>[1]): void {
    this.trace.note(this.#parts.now(), happening);
  }

  complain(words: string, detail: string): void {
    if (this.#broken !== undefined) return;
    this.#broken = `${words}: ${detail}`;
    this.note({ kind: 'noted', words: `✗ ${this.#broken}` });
  }

  #of(chain: string | undefined): readonly Watch[] {
    return this.#watches.get(chain ?? '') ?? [];
  }

  #sceneOf({ words }: Vow, plan: Scene['plan']): Scene {
    const { now, phase, calls, process, urlAt } = this.#parts;
    const urls = new Map<string, SimUrl>();
    const living = (): SimProcess => lives(process());
    return {
      plan,
      now,
      phase,
      pairing: () => lives(living().chain(plan.name)).control.pairing(),
      view: () => lives(living().view(plan.name)),
      url: (key) => {
        const url = urls.get(key) ?? urlAt(urlOf(plan, key));
        urls.set(key, url);
        return url;
      },
      calls,
      inFlight: (key) => living().network.inFlight(key),
      chains: () => this.#parts.plan.chains.length,
      endpoints: () => {
        const upstreams = this.#parts.plan.chains.flatMap(({ name }) => living().view(name)?.upstreams ?? []);
        return upstreams.length;
      },
      armed: () => living().clock.armed(),
      complain: (detail) => this.complain(words, detail),
    };
  }
}

function lives<Thing>(thing: Thing | undefined): Thing {
  if (thing === undefined) throw new Error('no process lives now');
  return thing;
}

/** The URL behind an upstream: a provider keeps it through all configurations. */
export function urlOf({ providers }: ChainPlan, key: UpstreamKey): string {
  const [, provider = ''] = key.split('/');
  return providers[provider] ?? '';
}

function chainOf(key: UpstreamKey): string {
  return key.slice(0, key.indexOf('/'));
}

function chainOfEvent(event: GatewayEvent): string | undefined {
  if ('upstream' in event) return chainOf(event.upstream);
  if ('chain' in event) return event.chain;
  return event.kind === 'pairing-published' ? event.pairing.chain : undefined;
}
