import type { TrackPolicy } from './track-policy.ts';
import type { Witness } from './witness.ts';

/**
 * How the highest head has moved while the second highest stood still: what tells a chain that most upstreams lost sight
 * of from a head that somebody made up.
 */
export interface Pace {
  /** The second highest head, and since when it stands there. */
  readonly second: number;
  readonly since: number;
  /** Who is highest, and how high it was then. */
  readonly leader: string;
  readonly from: number;
  /** The leader's way ahead of the second. */
  readonly gap: number;
  /** `yes` once the leader was believed: it is then followed beyond the bound too. */
  readonly followed: 'yes' | 'no';
}

/** The two highest witnesses at one moment. */
export interface Front {
  readonly first: Witness;
  readonly second: Witness;
  readonly now: number;
}

/** Blocks of slack in what counts as a plausible pace: polls come in steps. */
const slackBlocks = 8;

/**
 * Folds the two highest heads into the pace.
 *
 * The count starts anew when the second moves or another one leads. One exception: while a leader is followed and the
 * second comes closer, the second is catching up with the truth, and the leader stays believed.
 */
export function nextPace(prev: Pace | undefined, front: Front, policy: TrackPolicy): Pace {
  const gap = front.first.head.height - front.second.head.height;
  const kept = prev === undefined ? undefined : keptPace(prev, front, gap);
  if (kept === undefined) return freshPace(front, gap);
  return { ...kept, followed: isBelieved(kept, front, policy) ? 'yes' : 'no' };
}

function keptPace(prev: Pace, { first, second }: Front, gap: number): Pace | undefined {
  if (prev.leader !== first.name) return undefined;
  if (prev.second === second.head.height) return { ...prev, gap };
  const isCatchingUp = prev.followed === 'yes' && gap < prev.gap && second.head.height > prev.second;
  return isCatchingUp ? { ...prev, second: second.head.height, gap } : undefined;
}

function freshPace({ first, second, now }: Front, gap: number): Pace {
  return { second: second.head.height, since: now, leader: first.name, from: first.head.height, gap, followed: 'no' };
}

/**
 * Believed is who has gone on alone for long enough, at between a quarter and twice the chain's pace, and was within the
 * bound when it was first believed. Once believed it may slow down (a chain that stops), but not race.
 */
function isBelieved(pace: Pace, { first, now }: Front, policy: TrackPolicy): boolean {
  const elapsed = now - pace.since;
  if (elapsed < policy.standStillMs) return false;
  const expected = elapsed / policy.blockTimeMs;
  const advanced = first.head.height - pace.from;
  if (advanced > 2 * expected + slackBlocks) return false;
  if (pace.followed === 'yes') return true;
  return pace.gap <= policy.bound && advanced >= Math.max(1, expected / 4);
}
