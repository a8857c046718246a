import { needOf } from '../classify/block-need.ts';
import type { Clock } from '../ports/clock.ts';
import { callerOf } from './sessions.ts';
import type { Serve, Served, Trip } from './trip.ts';

/** What following a caller's writes needs of the world. */
export interface NonceDeps {
  readonly clock: Clock;
}

/**
 * Reads an account's nonce where its caller's last write went, for a while: others may not have heard of that transaction yet, and would
 * give out its nonce again. A preference only: where that upstream does not serve, any other does.
 */
export function createNonceTrip({ clock }: NonceDeps, inner: Serve): Serve {
  return (trip) => {
    const { policy } = trip.classified;
    if (policy.class === 'write') return inner(trip).then((served) => noteWrite(trip, served, clock.now()));
    return policy.readsNonce === true ? inner(favouring(trip, clock.now())) : inner(trip);
  };
}

function favouring(trip: Trip, now: number): Trip {
  const { lane, classified } = trip;
  const caller = callerOf(trip);
  if (caller === undefined || needOf(classified.block, lane.spec.family).kind !== 'tip') return trip;
  const favour = lane.recentWrites.where(caller, { tip: lane.pairing().tip, at: now });
  return favour === undefined ? trip : { ...trip, wish: { ...trip.wish, favour } };
}

function noteWrite(trip: Trip, served: Served, now: number): Served {
  const caller = callerOf(trip);
  if (caller === undefined || served.kind !== 'answered' || served.answer.kind !== 'result') return served;
  const { lane } = trip;
  const upstream = served.upstream?.endpoint.key;
  if (upstream !== undefined) lane.recentWrites.note(caller, { upstream, tip: lane.pairing().tip, at: now });
  return served;
}
