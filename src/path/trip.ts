import type { Answer } from '../model/answer.ts';
import type { ClassifiedCall } from '../model/call.ts';
import type { FaultAnswer } from '../model/faults.ts';
import type { Purpose } from '../model/names.ts';
import type { Upstream } from '../model/pairing.ts';
import type { Verdict } from '../model/verdict.ts';
import type { Cancel } from '../ports/clock.ts';
import type { Lane } from './lane.ts';
import type { ReplyFacts } from './render.ts';
import type { Steering } from './steering.ts';

/** One call on its way, classified and admitted: what every layer of the way reads. */
export interface Trip {
  readonly lane: Lane;
  readonly classified: ClassifiedCall;
  readonly steering: Steering;
  readonly times: CallTimes;
  /** What its first send is counted as; a retry or a hedge is counted as such. */
  readonly purpose: Purpose;
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
