import type { Flight } from '../cache/flights.ts';
import { mayBeKept } from '../cache/lifetime.ts';
import { heightRead } from '../cache/read-height.ts';
import type { AnswerRest } from '../model/answer.ts';
import type { FaultName } from '../model/faults.ts';
import type { CacheUse } from '../model/traffic.ts';
import type { Clock } from '../ports/clock.ts';
import type { Hash } from '../ports/hash.ts';
import { type Began, beginKeeping, keepAnswer } from './keep-answer.ts';
import type { LaneCache } from './lane.ts';
import { bugAnswer, deadlinePassed } from './own-answers.ts';
import { momentOf, readKey } from './read-key.ts';
import { noteSeen } from './seen-heights.ts';
import { sessionOf } from './sessions.ts';
import { callTimeMs } from './steering.ts';
import { type Answered, gone, refused, type Serve, type Served, type Trip } from './trip.ts';

/** What the cache needs of the world. */
export interface CacheTripDeps {
  readonly clock: Clock;
  readonly hash: Hash;
}

/** The outermost layer of the way, and its short cut. */
export interface CacheTrip {
  readonly serve: Serve;
  /** The kept answer to a call, where there is one: it costs no place among the calls in flight. Looks only where one may be. */
  find(trip: Trip): Answered | undefined;
}

/** The layer, as its parts see it. */
interface Layer {
  readonly deps: CacheTripDeps;
  readonly inner: Serve;
}

/**
 * Keeps answers, and lets identical reads that are under way at one time be one. Writes, filters and what the spec does not want
 * kept pass as they are.
 */
export function createCacheTrip(deps: CacheTripDeps, inner: Serve): CacheTrip {
  const layer: Layer = { deps, inner };
  return {
    serve(trip) {
      const { cache } = trip.lane;
      if (cache === undefined) return inner(trip);
      const { policy } = trip.classified;
      if (policy.kind === 'write') return serveWrite(inner, trip, cache);
      if (policy.kind !== 'read' || policy.cache === 'never') return inner(trip);
      return serveRead(layer, trip, { cache, failures: 0 });
    },
    find(trip) {
      const { cache } = trip.lane;
      const { policy } = trip.classified;
      if (cache === undefined || policy.kind !== 'read' || policy.cache === 'never') return undefined;
      // Whether a range is too wide for this client is known only further on.
      if (policy.block.kind === 'range' || trip.steering.cache === 'bypass' || !mayHit(trip)) return undefined;
      const key = readKey(trip, cache, deps.hash);
      return key === undefined ? undefined : findKept(layer, trip, { cache, key });
    },
  };
}

/** What was read before a write was sent, and before it was answered, is not what is there afterwards. */
async function serveWrite(inner: Serve, trip: Trip, { answers }: LaneCache): Promise<Served> {
  answers.move();
  try {
    return await inner(trip);
  } finally {
    answers.move();
  }
}

/** A read on its way through the cache. */
interface Reading {
  readonly cache: LaneCache;
  /** Reads of others it waited for in vain. */
  readonly failures: number;
}

function serveRead(layer: Layer, trip: Trip, { cache, failures }: Reading): Promise<Served> {
  const key = readKey(trip, cache, layer.deps.hash);
  if (key === undefined) return serveAlone(layer, trip, { use: 'bypass' });
  const moment = momentOf(trip, cache);
  const isBypassed = trip.steering.cache === 'bypass';
  const kept = !isBypassed && mayHit(trip) ? findKept(layer, trip, { cache, key }) : undefined;
  if (kept !== undefined) return Promise.resolve(kept);
  const shared = flightKey(trip, key);
  const flight = isBypassed ? undefined : cache.flights.find(shared, moment);
  if (flight !== undefined) return follow(layer, trip, { flight, cache, failures });
  const began = mayHit(trip) ? beginKeeping(trip, key, moment) : undefined;
  if (isBypassed) return serveAlone(layer, trip, { use: 'bypass', began });
  const begun = cache.flights.begin(shared, isFixed(trip) ? 'fixed' : moment);
  return begun === undefined
    ? serveAlone(layer, trip, { use: 'miss', began })
    : lead(layer, trip, { flight: begun, began });
}

/** What cannot be streamed is refused where it is too large: that is no answer to whoever can be streamed to. */
function flightKey({ large }: Trip, key: string): string {
  return large === 'streamed' ? key : key + unstreamed;
}

/** No key ends so: neither params without white space do, nor digests. */
const unstreamed = ' ';

/** Relays a read that nobody may join. What it comes to is kept all the same: who passes the cache by renews it. */
async function serveAlone(
  { inner }: Layer,
  trip: Trip,
  { use, began }: { readonly use: CacheUse; readonly began?: Began | undefined },
): Promise<Served> {
  note(trip, use);
  const served = await inner(trip);
  if (began !== undefined) keepAnswer(trip, served, began);
  return withUse(served, use);
}

/** Relays a read for its own client and for all who join. That the client goes away stops the relay only where nobody else waits. */
function lead(
  { inner }: Layer,
  trip: Trip,
  { flight, began }: { readonly flight: Flight<Served>; readonly began: Began | undefined },
): Promise<Served> {
  note(trip, 'miss');
  let isLeft = false;
  return new Promise((resolve, reject) => {
    trip.onCancel(() => {
      isLeft = true;
      resolve(gone);
      flight.leaderLeft();
    });
    const land = (served: Served): void => {
      if (began !== undefined) keepAnswer(trip, served, began);
      if (isLeft) restOf(served)?.cancel();
      resolve(withUse(served, 'miss'));
      flight.land(served);
    };
    const breakDown = (bug: unknown): void => {
      reject(bug);
      flight.land(refused(bugAnswer));
    };
    inner({ ...trip, onCancel: (cancel) => flight.onCancel(cancel) })
      .then(land)
      .catch(breakDown);
  });
}

/** Waits for another's read, for as long as the call itself has. Of those whose leader failed, the first to hear of it leads the others. */
function follow(
  layer: Layer,
  trip: Trip,
  { flight, cache, failures }: Reading & { readonly flight: Flight<Served> },
): Promise<Served> {
  const { clock } = layer.deps;
  return new Promise((resolve) => {
    const leave = flight.join((served) => {
      stop();
      if (restOf(served) !== undefined) resolve(serveAlone(layer, trip, { use: 'miss' }));
      else if (isForAll(served, failures)) {
        note(trip, 'coalesced');
        noteShown(trip, served, clock.now());
        resolve(withUse(served, 'coalesced'));
      } else resolve(serveRead(layer, trip, { cache, failures: failures + 1 }));
    });
    const stop = clock.after(leftMs(trip, clock.now()), () => {
      leave();
      note(trip, 'coalesced');
      resolve(refused(deadlinePassed));
    });
    trip.onCancel(() => {
      stop();
      leave();
      resolve(gone);
    });
  });
}

/** That somebody's time was over, or somebody's rate, says nothing about anybody else's. */
const ofOneClient: ReadonlySet<FaultName> = new Set<FaultName>(['DEADLINE_PASSED', 'RATE_LIMITED']);

/**
 * Whether what one read came to is the answer to all. A failure is not, but for the second in a row: then it is no accident of one
 * relay.
 */
function isForAll(served: Served, failures: number): boolean {
  switch (served.kind) {
    case 'answered':
      return served.verdict.retry === 'no' || failures > 0;
    case 'refused':
      return failures > 0 && !ofOneClient.has(served.answer.fault);
    case 'gone':
      return false;
  }
}

/** What of an answer is still on its way: only one can read it. */
function restOf(served: Served): AnswerRest | undefined {
  return served.kind === 'answered' && served.answer.kind === 'result' ? served.answer.rest : undefined;
}

/** The time a call has left, in milliseconds. */
function leftMs({ lane, steering, times }: Trip, now: number): number {
  return Math.max(0, times.startedAt + callTimeMs(steering, lane.settings.limits) - now);
}

function findKept(
  { deps }: Layer,
  trip: Trip,
  { cache, key }: { readonly cache: LaneCache; readonly key: string },
): Answered | undefined {
  const { lane } = trip;
  const kept = cache.answers.find(key, { moment: momentOf(trip, cache), recent: lane.recent });
  if (kept === undefined) return undefined;
  note(trip, 'hit');
  lane.noteCall();
  const { answer, verdict, upstream } = kept;
  const facts = { upstream, attempts: 0, height: lane.pairing().tip, degraded: undefined, cache: 'hit' } as const;
  const served: Answered = { kind: 'answered', answer, verdict, facts, upstream: undefined };
  noteShown(trip, served, deps.clock.now());
  return served;
}

/** What a session was shown counts, be it kept or another's. */
function noteShown(trip: Trip, served: Served, now: number): void {
  const session = sessionOf(trip);
  if (session !== undefined && served.kind === 'answered') noteSeen(trip, session, { served, now });
}

/** True where an answer to this call may have been kept, or may be. */
function mayHit({ lane, classified }: Trip): boolean {
  const { cache } = lane.settings;
  return cache !== 'off' && mayBeKept(classified, cache);
}

/** True where the block that is read is final: nothing that happens from now on changes what is read. */
function isFixed({ lane, classified }: Trip): boolean {
  const height = heightRead(classified.block);
  return height !== undefined && height <= (lane.pairing().finalized ?? -1);
}

function note({ lane, classified }: Trip, use: CacheUse): void {
  lane.meter.cached(classified.policy.name, use);
}

function withUse(served: Served, use: CacheUse): Served {
  return served.kind === 'answered' ? { ...served, facts: { ...served.facts, cache: use } } : served;
}
