import { needOf } from '../classify/block-need.ts';
import type { BlockNeed } from '../model/pick.ts';
import { servedHeight } from '../select/terms.ts';
import { quorumOf } from './quorum-trip.ts';
import type { Session } from './sessions.ts';
import { shownHeight } from './shown-height.ts';
import type { Answered, Trip } from './trip.ts';

/** A height that nobody has shown for so long is forgotten: a chain that was set back must not hold its sessions up for ever. In milliseconds. */
const forgetAfterMs = 600_000;

/**
 * What a session's read must not come from below. `held`: it reads the newest block, and waits for somebody who has the height;
 * `preferred`: it names a block or a transaction by its hash, which whoever is behind may not have yet.
 */
export interface Floor {
  readonly kind: 'held' | 'preferred';
  readonly height: number;
}

/** The floor of a session's read, or undefined where it may be read anywhere: nothing was seen yet, or it names a height of its own. */
export function floorOf({ lane, classified }: Trip, session: Session, now: number): Floor | undefined {
  const seen = lane.sessions.seen(session.name);
  if (seen === undefined) return undefined;
  if (session.promise === 'lenient' && now - seen.at > forgetAfterMs) return undefined;
  const { height } = seen;
  if (followsTip(needOf(classified.block, lane.spec.family))) return { kind: 'held', height };
  return classified.block.kind === 'hash' ? { kind: 'preferred', height } : undefined;
}

/**
 * Takes note of what an answer showed a session: the height in it, the height it was asked for, and where the newest was asked for
 * what its upstream had.
 *
 * No more than the chain's lag limit above what its upstreams agree on: one that invents heights cannot make all the others look
 * behind for longer than it takes the chain to get there.
 */
export function noteSeen(trip: Trip, session: Session, { served, now }: { served: Answered; now: number }): void {
  const { lane } = trip;
  const height = heightSeen(trip, served);
  if (height === undefined) return;
  const { tip } = lane.pairing();
  const lagLimit = lane.settings.health.lagLimit ?? lane.spec.lagLimit;
  const plausible = tip === undefined ? height : Math.min(height, tip + lagLimit);
  lane.sessions.note(session.name, { height: plausible, at: now });
}

/** True for what reads the newest block. */
function followsTip({ kind }: BlockNeed): boolean {
  return kind === 'tip';
}

function heightSeen(trip: Trip, served: Answered): number | undefined {
  const { lane, classified } = trip;
  const { answer } = served;
  const asked = classified.block.kind === 'height' ? classified.block.height : undefined;
  if (answer.kind === 'result') {
    const shown = shownHeight(classified, { result: answer.result, form: lane.spec.head.quantity });
    if (shown !== undefined) return shown;
  }
  if (asked !== undefined) return answer.kind === 'result' && !isNull(answer.result) ? asked : undefined;
  return followsTip(needOf(classified.block, lane.spec.family)) ? headOf(trip, served) : undefined;
}

/** What the one who answered had, as far as is known; of several that agree, the height they were asked at. */
function headOf(trip: Trip, { upstream, facts }: Answered): number | undefined {
  const { lane } = trip;
  if (upstream === undefined || quorumOf(trip) !== undefined) return facts.height;
  const { tip, upstreams } = lane.pairing();
  const now = upstreams[upstream.endpoint.index] ?? upstream;
  return servedHeight(now.endpoint.key === upstream.endpoint.key ? now : upstream, tip);
}

const nullText = Buffer.from('null');

function isNull(result: Buffer): boolean {
  return result.equals(nullText);
}
