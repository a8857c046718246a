import { fractionOf } from '../model/fraction.ts';
import type { Verdict } from '../model/verdict.ts';
import type { AttemptFailed } from './health-event.ts';

/** The different calls a door in front of an endpoint turned away lately, oldest first; never more than prove it closed. */
export type RefusedPayloads = readonly RefusedPayload[];

/** One of them, by its trace alone: what clients asked is not kept. */
export interface RefusedPayload {
  readonly trace: string;
  /** When it was turned away last, monotonic milliseconds. */
  readonly at: number;
}

/** So many different calls are not turned away for what stands in them, but for who asks: the key is refused. */
const provingPayloads = 3;

/** Nobody was turned away. */
export const nothingRefused: RefusedPayloads = [];

/** True for an answer that turns the asker away: 401, 403 and their kin. */
export function isRefusal({ meaning, blame }: Verdict): boolean {
  return meaning === 'auth-failed' && blame === 'upstream';
}

/** Adds a call that was turned away and forgets those older than `spanMs`. The same call counts once, however often it comes. */
export function addRefused(
  refused: RefusedPayloads,
  failed: Pick<AttemptFailed, 'method' | 'replay' | 'at'>,
  spanMs: number,
): RefusedPayloads {
  const { at } = failed;
  const trace = traceOf(failed);
  const others = refused.filter((one) => one.trace !== trace && at - one.at <= spanMs);
  return [...others, { trace, at }].slice(-provingPayloads);
}

/** True where the door is closed to us, whatever is asked: from then on being turned away counts as a failure. */
export function isDoorClosed(refused: RefusedPayloads): boolean {
  return refused.length >= provingPayloads;
}

/** A call whose params nobody kept is told from others by its method alone. */
function traceOf({ method, replay }: Pick<AttemptFailed, 'method' | 'replay'>): string {
  return replay === undefined ? method : `${method} ${replay.params.length} ${fractionOf(replay.params)}`;
}
