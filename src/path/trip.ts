import type { Answer } from '../model/answer.ts';
import type { ClassifiedCall } from '../model/call.ts';
import type { FaultAnswer } from '../model/faults.ts';
import type { Purpose } from '../model/names.ts';
import type { Upstream } from '../model/pairing.ts';
import type { Wish } from '../model/pick.ts';
import type { Verdict } from '../model/verdict.ts';
import type { Cancel } from '../ports/clock.ts';
import type { Emit } from '../ports/emit.ts';
import type { Lane } from './lane.ts';
import type { ReplyFacts } from './render.ts';
import type { Steering } from './steering.ts';
import type { Trail } from './trail.ts';

/** One call on its way, classified and admitted: what every layer of the way reads. */
export interface Trip {
  readonly lane: Lane;
  readonly classified: ClassifiedCall;
  readonly steering: Steering;
  readonly times: CallTimes;
  /** What its first send is counted as; a retry or a hedge is counted as such. */
  readonly purpose: Purpose;
  /** Whose call it is: the chain, and the client's key or address. Absent: nobody tells clients apart. */
  readonly party?: string;
  /** What layers on the way ask of the upstream, beside what the call itself needs. */
  readonly wish?: Wish;
  /** Where attempts tell of what was not good, where several relays of one call judge it together. */
  readonly tell?: Emit;
  /** What becomes of an answer over `limits.maxHeldBytes`: streamed to whoever asked for it alone, else refused, as where this is absent. */
  readonly large?: 'streamed' | 'refused';
  /** What its attempts leave behind; undefined where calls are not remembered. */
  readonly trail?: Trail | undefined;
  /** Charges one more send of this call to whoever asks; a fault where that is over what they may use. Absent: nobody counts. */
  charge?(): Promise<FaultAnswer | undefined>;
  /** To be called with whatever must stop when the client has gone. */
  onCancel(cancel: Cancel): void;
}

/** When a call came, first went to an upstream, and had its answer: what lies between the last two is not our share. Monotonic milliseconds. */
export interface CallTimes {
  readonly startedAt: number;
  /** 0 while nothing was sent. */
  sentAt: number;
  /** 0 while nothing was answered. */
  settledAt: number;
}

/** What a call came to: an upstream's own answer, however it got here; a fault of ours; or nobody who waits for it any more. */
export type Served = Answered | { readonly kind: 'refused'; readonly answer: FaultAnswer } | { readonly kind: 'gone' };

/** An upstream's own answer, a valid error of its own included. */
export interface Answered {
  readonly kind: 'answered';
  readonly answer: Answer;
  readonly verdict: Verdict;
  readonly facts: ReplyFacts;
  /** Who answered; undefined where several did, or nobody just now. */
  readonly upstream: Upstream | undefined;
}

/** One layer of the way: serves a call, by itself or by the layer inside it. Never rejects but for a bug. */
export type Serve = (trip: Trip) => Promise<Served>;

/** What is left of a call whose client has gone. */
export const gone: Served = Object.freeze({ kind: 'gone' });

/** A fault as the end of a trip. */
export function refused(answer: FaultAnswer): Served {
  return { kind: 'refused', answer };
}
