import type { FaultAnswer } from '../model/faults.ts';
import type { UpstreamKey } from '../model/names.ts';
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import { type Reach, reachOf } from '../select/reach.ts';
import { needFor } from './call-plan.ts';
import { createHeightWait, type HeightWait } from './height-wait.ts';
import { type Floor, floorOf, noteSeen } from './seen-heights.ts';
import { type Session, sessionOf } from './sessions.ts';
import { callTimeMs } from './steering.ts';
import { gone, refused, type Serve, type Served, type Trip } from './trip.ts';

/** What keeping a session's heights needs of the world. */
export interface ConsistencyDeps {
  readonly clock: Clock;
  readonly random: Random;
}

/** The layer, as its parts see it. */
interface Layer extends ConsistencyDeps {
  readonly inner: Serve;
  readonly wait: HeightWait;
}

/** A session's read, and what it must not come from below. */
interface Held {
  readonly trip: Trip;
  readonly floor: Floor;
  readonly promise: Session['promise'];
}

/** The longest a read waits for its height, in milliseconds: popular clients give up after ten seconds. */
const longestWaitMs = 5000;

/**
 * Keeps sessions from going back: a read of the newest block is answered by somebody who has reached what the session saw.
 *
 * Where nobody has, it waits for one block time; then it is answered all the same, and says so, or refused where that was asked for.
 * What belongs to no session passes as it is.
 */
export function createConsistencyTrip(deps: ConsistencyDeps, inner: Serve): Serve {
  const layer: Layer = { ...deps, inner, wait: createHeightWait(deps.clock) };
  return (trip) => {
    const session = trip.classified.policy.kind === 'read' ? sessionOf(trip) : undefined;
    return session === undefined ? inner(trip) : serveSession(layer, trip, session);
  };
}

async function serveSession(layer: Layer, trip: Trip, session: Session): Promise<Served> {
  const floor = floorOf(trip, session, layer.clock.now());
  const { promise } = session;
  const served = floor === undefined ? await layer.inner(trip) : await serveAbove(layer, { trip, floor, promise });
  if (served.kind === 'answered') noteSeen(trip, session, { served, now: layer.clock.now() });
  return served;
}

/** Asks those that have reached the floor; where there are none, or they failed, goes on as the floor says. */
async function serveAbove(layer: Layer, held: Held): Promise<Served> {
  const { at, below } = reachNow(layer, held);
  // Where only last resorts are left, one of them may have the height.
  const served = at.length > 0 || below === 0 ? await layer.inner(above(held)) : undefined;
  if (served !== undefined && isEnd(served)) return served;
  const isAlone = below === 0 && at.length > 0 && served?.kind === 'refused';
  if (served !== undefined && (isAlone || !isPaid(layer, held))) return promised(served, held);
  return held.floor.kind === 'held' ? serveLater(layer, held, { inVain: at, served }) : layer.inner(held.trip);
}

/** What was asked before there was anything to wait for: whom, and what came of it. */
interface Before {
  readonly inVain: readonly UpstreamKey[];
  /** Undefined where nobody was asked. */
  readonly served: Served | undefined;
}

/** Waits for others to get there, and asks once more: those asked in vain before only where they did answer, from below. */
async function serveLater(layer: Layer, held: Held, { inVain, served }: Before): Promise<Served> {
  const how = await layer.wait({
    until: waitEnd(layer, held),
    isReached: () => reachNow(layer, held).at.some((upstream) => !inVain.includes(upstream)),
    onCancel: held.trip.onCancel,
  });
  if (how === 'gone') return gone;
  // Whoever waited is served by whoever is there now, be it after a reload.
  const late: Held = { ...held, trip: { ...held.trip, lane: held.trip.lane.successor() } };
  const again = how === 'reached' || served?.kind === 'answered' ? await layer.inner(above(late)) : undefined;
  if (again !== undefined && (isEnd(again) || again.kind === 'answered')) return promised(again, late);
  return held.promise === 'strict' ? refused(notReached(late)) : serveBelow(layer, late);
}

/** Nobody got there in time: an answer from below, which says what it is. */
async function serveBelow({ inner }: Layer, { trip }: Held): Promise<Served> {
  const served = await inner(trip);
  return served.kind === 'answered' ? { ...served, facts: { ...served.facts, degraded: 'height' } } : served;
}

/** An answer that shows less than was seen is none to whoever asked for strictness. */
function promised(served: Served, held: Held): Served {
  const isBelow = served.kind === 'answered' && !isEnd(served);
  return isBelow && held.floor.kind === 'held' && held.promise === 'strict' ? refused(notReached(held)) : served;
}

function above({ trip, floor }: Held): Trip {
  return { ...trip, wish: { ...trip.wish, atLeast: floor.height } };
}

function reachNow({ clock, random }: Layer, { trip, floor }: Held): Reach {
  const lane = trip.lane.successor();
  const need = needFor(lane, trip.classified, trip.steering);
  const sight = { asked: [], load: lane.load, now: clock.now(), random };
  return reachOf(lane.pairing(), need, { height: floor.height, sight });
}

/** Whether a call is over with this: served from the height it was promised, or refused for a reason that waiting does not change. */
function isEnd(served: Served): boolean {
  switch (served.kind) {
    case 'gone':
      return true;
    case 'answered':
      return served.verdict.meaning !== 'lagging';
    case 'refused':
      return served.answer.fault !== 'NO_UPSTREAM' && served.answer.fault !== 'UPSTREAMS_EXHAUSTED';
  }
}

/** A second round after one that failed is a retry, and paid for as one. */
function isPaid({ clock }: Layer, { trip }: Held): boolean {
  return trip.lane.budget.take(clock.now());
}

/** One block time from now, no more than half of what the call has left. */
function waitEnd({ clock }: Layer, { trip }: Held): number {
  const { settings, spec } = trip.lane;
  const now = clock.now();
  const leftMs = trip.times.startedAt + callTimeMs(trip.steering, settings.limits) - now;
  return now + Math.min(settings.blockTimeMs ?? spec.blockTimeMs, longestWaitMs, leftMs / 2);
}

function notReached({ trip: { lane }, floor: { height } }: Held): FaultAnswer {
  const blockTimeMs = lane.settings.blockTimeMs ?? lane.spec.blockTimeMs;
  return {
    fault: 'HEIGHT_NOT_REACHED',
    message: `This session saw height ${height}, and no upstream that can be asked has reached it. Try again after the time in Retry-After, or do without strictness.`,
    retryAfterSeconds: Math.min(60, Math.max(1, Math.ceil(blockTimeMs / 1000))),
    data: { height },
  };
}
