import type { AttemptOutcome } from '../model/answer.ts';
import type { GatewayEvent } from '../model/events.ts';
import type { Purpose } from '../model/names.ts';
import type { Upstream } from '../model/pairing.ts';
import type { Refusal, Resort } from '../model/pick.ts';
import type { RelayOutcome, RelayPlan } from './relay-plan.ts';

/** One send of a relay. Its place in the list of attempts is its slot. */
export interface Attempt {
  readonly upstream: Upstream;
  readonly resort: Resort;
  readonly purpose: Purpose;
  readonly sentAt: number;
  /** What came of it; undefined while it runs. */
  readonly outcome: AttemptOutcome | undefined;
  readonly endedAt: number;
}

/** Whom a relay wants to ask next, and at whose expense. */
export interface PickRequest {
  readonly purpose: Purpose;
  /** `answering`: only an upstream that answered well just now. */
  readonly among: 'all' | 'answering';
  /** The budget that pays for it. */
  readonly charge: 'nothing' | 'retry' | 'hedge';
  /** The only rung that will do; undefined where any will. */
  readonly resort: Resort | undefined;
}

/** A relay under way. */
export interface OpenRelay {
  readonly kind: 'open';
  readonly plan: RelayPlan;
  readonly attempts: readonly Attempt[];
  /** The choice that is being made, or that waits for room; undefined while there is none. */
  readonly picking: PickRequest | undefined;
  /** Whether the one retry after a verdict of `once` was taken. */
  readonly second: 'unused' | 'used';
  /** Whether the one attempt beyond attempts and budget was taken. */
  readonly extra: 'unused' | 'used';
  /** Until when upstreams that are full are waited for, monotonic milliseconds; undefined where none was met. */
  readonly roomUntil: number | undefined;
  /** Whether the upstreams are being asked what became of a write. */
  readonly lookUp: 'none' | 'running';
  /** When the one hedge is due, monotonic milliseconds; undefined where none is wanted any more. */
  readonly hedgeAt: number | undefined;
}

/** What upstreams know of a transaction: `found` by one of them, `absent` for all that were asked, or nobody can tell. */
export type LookUpResult = 'found' | 'absent' | 'unclear';

/** A relay, from its first choice to its end. */
export type RelayState = OpenRelay | { readonly kind: 'settled' };

/** What happens to a relay. `now` is of the monotonic clock in milliseconds. */
export type RelayEvent =
  | {
      readonly kind: 'picked';
      readonly now: number;
      readonly upstream: Upstream;
      readonly resort: Resort;
      /** Upstreams that could be asked now, this one included. */
      readonly askable: number;
      /** After how long without an answer a hedge is worth it; undefined where nothing is known. */
      readonly hedgeAfterMs: number | undefined;
      /** After how long without an answer to look whether it hangs; undefined where nobody could tell. */
      readonly lookAfterMs: number | undefined;
    }
  | {
      readonly kind: 'nobody';
      readonly now: number;
      readonly refusals: readonly Refusal[];
      readonly retryAfterMs: number;
      /** Present where too many calls wait for room already. */
      readonly room?: 'crowded';
    }
  | { readonly kind: 'over-budget'; readonly now: number }
  | { readonly kind: 'ended'; readonly now: number; readonly slot: number; readonly outcome: AttemptOutcome }
  /** `hanging`: every attempt that runs is overdue. Undefined where nobody could tell. */
  | { readonly kind: 'woke'; readonly now: number; readonly waiting: 'hanging' | 'patient' | undefined }
  | { readonly kind: 'looked-up'; readonly now: number; readonly result: LookUpResult }
  | { readonly kind: 'client-gone' };

/** What is to be done for a relay, in order. A `pick` comes last of its step. */
export type RelayEffect =
  | {
      readonly kind: 'send';
      readonly slot: number;
      readonly upstream: Upstream;
      readonly timeoutMs: number;
      readonly purpose: Purpose;
    }
  | { readonly kind: 'cancel'; readonly slot: number }
  /** Replaces the wake-up asked for before. */
  | { readonly kind: 'wake'; readonly afterMs: number }
  /** Ask what became of a write; `sentTo` are those it went to, those that answered first. */
  | { readonly kind: 'look-up'; readonly sentTo: readonly Upstream[] }
  | { readonly kind: 'emit'; readonly event: GatewayEvent }
  /** The end. No wake-up is wanted any more. */
  | { readonly kind: 'settle'; readonly outcome: RelayOutcome }
  /** The end, where nobody waits for an outcome. */
  | { readonly kind: 'drop' }
  | { readonly kind: 'pick'; readonly asked: readonly number[]; readonly request: PickRequest };

/** A relay after an event, and what to do. */
export interface RelayStep {
  readonly state: RelayState;
  readonly effects: readonly RelayEffect[];
}

/** The state of every relay that has ended: one object. */
export const settledRelay: RelayState = Object.freeze({ kind: 'settled' });

const nothing: readonly RelayEffect[] = Object.freeze([]);

/** A step after which there is nothing to do. */
export function still(state: RelayState): RelayStep {
  return { state, effects: nothing };
}

/** Attempts without an outcome yet. */
export function runningCount(relay: OpenRelay): number {
  let running = 0;
  for (const attempt of relay.attempts) if (attempt.outcome === undefined) running += 1;
  return running;
}
