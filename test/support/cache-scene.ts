import { ChainAnswers } from '../../src/cache/chain-answers.ts';
import { Flights } from '../../src/cache/flights.ts';
import type { Kept } from '../../src/cache/kept.ts';
import { classifyCall } from '../../src/classify/classify-call.ts';
import type { Answer } from '../../src/model/answer.ts';
import { okVerdict } from '../../src/model/verdict.ts';
import { type CacheTrip, createCacheTrip } from '../../src/path/cache-trip.ts';
import type { Lane } from '../../src/path/lane.ts';
import { readSteering, type Steering, unsteered } from '../../src/path/steering.ts';
import type { Answered, Served, Trip } from '../../src/path/trip.ts';
import type { Cancel } from '../../src/ports/clock.ts';
import { createLruStore } from '../../src/store/lru-store.ts';
import { hash } from '../../src/system/hash.ts';
import { buildChainSettings, buildLane, buildPolicy, specWith } from './build-lane.ts';
import { result } from './build-outcome.ts';
import { buildPairing, buildUpstream } from './build-pairing.ts';
import { createVirtualClock } from './virtual-clock.ts';

const byHeight = { kind: 'param', path: ['0'], missing: 'latest' } as const;
const read = { kind: 'read', class: 'light' } as const;
const methods = specWith(
  buildPolicy('block', {
    ...read,
    block: byHeight,
    cache: 'finalized',
    showsBlock: { height: ['number'], hash: ['hash'] },
  }),
  buildPolicy('balance', { ...read, block: byHeight, cache: 'finalized' }),
  buildPolicy('logs', {
    ...read,
    block: { kind: 'range', from: ['0'], to: ['1'], missing: 'latest' },
    cache: 'finalized',
  }),
  buildPolicy('nonce', { ...read, block: byHeight, cache: 'finalized', readsNonce: true }),
  buildPolicy('price', { ...read, block: { kind: 'tip' }, cache: 'tip' }),
  buildPolicy('syncing', { ...read, cache: 'never' }),
  buildPolicy('filter', { kind: 'filter', class: 'light', cache: 'never' }),
  buildPolicy('send', { kind: 'write', class: 'write', cache: 'never', write: { kind: 'once' } }),
);

const spec = { ...methods, head: { ...methods.head, quantity: 'hex' } } as const;

/** One relay of the layer inside, as a test ends it. */
export interface CacheRelay {
  readonly trip: Trip;
  isCancelled: boolean;
  end(served: Served): Promise<void>;
}

/** One call of a client, and what came of it so far. */
export interface CacheCall {
  served?: Served;
  leave(): void;
}

/** How a scene is set; everything has a usual value. */
export interface CacheSceneOptions {
  readonly tipMs?: number;
  readonly finalizedMs?: number;
  readonly lane?: Partial<Lane>;
  readonly cache?: 'off';
}

/** The cache's layer over a scripted one, on a chain at 100 that is final up to 90, with one upstream. */
export class CacheScene {
  readonly clock = createVirtualClock();
  readonly answers: ChainAnswers;
  readonly flights = new Flights<Served>();
  readonly relays: CacheRelay[] = [];
  /** What was counted: `balance hit`. */
  readonly uses: string[] = [];
  readonly lane: Lane;
  pairing = buildPairing([{}], { finalized: 90, tip: 100 });
  readonly #layer: CacheTrip;

  constructor(options: CacheSceneOptions = {}) {
    const { clock, flights } = this;
    let parts = 0;
    const nextPart = (): string => {
      parts += 1;
      return String(parts);
    };
    this.answers = new ChainAnswers({ store: createLruStore<Kept>(1024 ** 2), clock, nextPart });
    const cache = options.cache === 'off' ? undefined : { answers: this.answers, flights };
    this.lane = this.#createLane(options, cache);
    this.#layer = createCacheTrip({ clock, hash }, (trip) => this.#relay(trip));
  }

  /** A client asks: the method, a space, and its params. */
  ask(call: string, more: Partial<Trip> = {}): CacheCall {
    const cancels: Cancel[] = [];
    const leave = (): void => {
      for (const cancel of cancels) cancel();
    };
    const asked: CacheCall = { leave };
    const onCancel = (cancel: Cancel): void => void cancels.push(cancel);
    void this.#layer.serve(this.trip(call, { onCancel, ...more })).then((served) => {
      asked.served = served;
    });
    return asked;
  }

  /** What is kept of a call. */
  find(call: string, more: Partial<Trip> = {}): Answered | undefined {
    return this.#layer.find(this.trip(call, more));
  }

  relay(at: number): CacheRelay {
    const found = this.relays[at];
    if (found === undefined) throw new Error(`there was no relay ${at}`);
    return found;
  }

  trip(call: string, more: Partial<Trip> = {}): Trip {
    const [method = '', params] = call.split(/ (.*)/);
    const body = { id: Buffer.from('1'), method, params: params === undefined ? undefined : Buffer.from(params) };
    return {
      lane: this.lane,
      classified: classifyCall(spec, body),
      steering: unsteered,
      times: { startedAt: this.clock.now(), sentAt: 0, settledAt: 0 },
      purpose: 'client',
      onCancel: () => undefined,
      ...more,
    };
  }

  #createLane({ tipMs = 0, finalizedMs = 60_000, lane: traits }: CacheSceneOptions, cache: Lane['cache']): Lane {
    const settings = { ...buildChainSettings(), cache: { maxBytes: 1024 ** 2, tipMs, finalizedMs } };
    const base = buildLane({ spec, settings, cache, pairing: () => this.pairing, ...traits });
    const cached = (method: string, use: string): void => void this.uses.push(`${method} ${use}`);
    const lane: Lane = { ...base, meter: { ...base.meter, cached }, successor: () => lane };
    return lane;
  }

  #relay(trip: Trip): Promise<Served> {
    return new Promise((resolve) => {
      const relay: CacheRelay = {
        trip,
        isCancelled: false,
        async end(served) {
          resolve(served);
          await allSettled();
        },
      };
      trip.onCancel(() => {
        relay.isCancelled = true;
      });
      this.relays.push(relay);
    });
  }
}

/** Lets everything run that waits on promises alone. */
export async function allSettled(): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
}

/** What a test says of an answer. */
export type AnsweredTraits = Partial<Answered>;

/** A good answer of the first upstream, unless said otherwise. */
export function answered(answer: Answer = result('"0x1"'), traits: AnsweredTraits = {}): Answered {
  const facts = { upstream: 'p0/json-rpc', attempts: 2, height: 100, degraded: undefined, cache: 'bypass' } as const;
  return { kind: 'answered', answer, verdict: okVerdict, facts, upstream: buildUpstream(0), ...traits };
}

/** The steering a client's headers ask for. */
export function steered(headers: Record<string, string>): Steering {
  const steering = readSteering(new Map(Object.entries(headers)), ['p0', 'p1']);
  if ('fault' in steering) throw new Error(steering.message);
  return steering;
}
