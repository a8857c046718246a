import { keyOf, maxKeyedBytes } from '../cache/call-key.ts';
import type { Moment } from '../cache/moment.ts';
import { isMoving } from '../cache/read-height.ts';
import { compactParams } from '../codec/compact-params.ts';
import { quorumText } from '../model/quorum.ts';
import type { Hash } from '../ports/hash.ts';
import type { LaneCache } from './lane.ts';
import { quorumOf } from './quorum-trip.ts';
import { callerOf, sessionOf } from './sessions.ts';
import { steeringKey } from './steering.ts';
import type { Trip } from './trip.ts';

/** What tells a read from all others, or undefined where its params are too long to be compared. */
export function readKey(trip: Trip, { answers }: LaneCache, hash: Hash): string | undefined {
  const { method, params } = trip.classified.call;
  if (params !== undefined && params.length > maxKeyedBytes) return undefined;
  const compact = params === undefined ? undefined : compactParams(params);
  const steering = steeringKey(trip.steering) + configuredQuorum(trip) + whoseKey(trip);
  return keyOf({ part: answers.part, method, steering, params: compact }, hash);
}

/** How many had to agree, where the configuration says so: what was read before it did must not answer what is asked from then on. */
function configuredQuorum(trip: Trip): string {
  const quorum = quorumOf(trip);
  return quorum === undefined || trip.steering.quorum !== undefined ? '' : ` quorum ${quorumText(quorum)}`;
}

/** When a read is made, as far as it matters to whom its answer will do. */
export function momentOf(trip: Trip, { answers }: LaneCache): Moment {
  const { shownHead, sessions } = trip.lane;
  const session = sessionOf(trip);
  const floor = session === undefined ? undefined : sessions.seen(session.name)?.height;
  return { turn: answers.turn, shown: shownHead.newest, floor: floor ?? 0 };
}

/**
 * Whose read it is, where it is not the same for everybody: what is newest to one session need not be so to another, and who wrote just now
 * counts on what was written.
 */
function whoseKey(trip: Trip): string {
  const { policy, block } = trip.classified;
  if (!isMoving(block)) return '';
  const session = sessionOf(trip);
  const held = session === undefined ? '' : ` ${session.promise} ${session.name}`;
  return policy.readsNonce === true ? `${held} ${callerOf(trip) ?? ''}` : held;
}
