import type { BudgetHold } from '../model/account.ts';
import type { TransportFailure } from '../model/answer.ts';
import type { GatewayEvent } from '../model/events.ts';
import type { UpstreamKey } from '../model/names.ts';
import type { HealthPolicy } from '../model/settings.ts';
import type { Verdict } from '../model/verdict.ts';
import type { HeadJudgement } from './head-watch.ts';
import type { ProbeResult } from './probe.ts';

/** An attempt that was not good, as the request path reports it. */
export type AttemptFailed = Extract<GatewayEvent, { readonly kind: 'attempt-failed' }>;

/** Good answers of one upstream since the last count. Counted under one generation; a failure is folded after what came before it. */
export interface AnswersCounted {
  readonly kind: 'answers-counted';
  readonly upstream: UpstreamKey;
  readonly at: number;
  readonly generation: number;
  readonly good: number;
  /** When the newest of them was sent; absent where nobody knows: then they neither end nor shorten a hold-off. */
  readonly newestSentAt?: number;
  /** The same by method, as sent, where they were counted: they keep a method with few failures from being avoided. */
  readonly methods?: ReadonlyMap<string, number>;
}

/** A read that failed the same way on every upstream it was tried on: the failure was the call's own, and is taken back. */
export interface FailureExcused {
  readonly kind: 'failure-excused';
  readonly upstream: UpstreamKey;
  readonly at: number;
  readonly generation: number;
  readonly method: string;
}

/** A poll that was answered. Folded before the `head-judged` that follows from it, in the same turn. */
export interface PollAnswered {
  readonly kind: 'poll-answered';
  readonly upstream: UpstreamKey;
  readonly at: number;
  readonly sentAt: number;
}

/** A poll that was not answered. */
export interface PollFailed {
  readonly kind: 'poll-failed';
  readonly upstream: UpstreamKey;
  readonly at: number;
  readonly sentAt: number;
  readonly verdict: Verdict;
  readonly detail: string;
  readonly connection: number;
  /** True where it was refused, reset or failed in TLS: then it is repeated at once on a fresh connection. */
  readonly broken: boolean;
  readonly failure?: TransportFailure;
}

/**
 * How the upstream's head stands against the tip: after each poll and whenever it changes.
 * `behindSince` starts anew whenever the head moves; it is undefined while the head keeps up.
 */
export interface HeadJudged extends HeadJudgement {
  readonly kind: 'head-judged';
  readonly upstream: UpstreamKey;
  readonly at: number;
}

/** What a chain's health room is told. Plain data; times are of the monotonic clock in milliseconds. */
export type HealthEvent =
  | AttemptFailed
  | AnswersCounted
  | FailureExcused
  | PollAnswered
  | PollFailed
  | HeadJudged
  /** A connection came up again: identity is checked anew. */
  | { readonly kind: 'reconnected'; readonly upstream: UpstreamKey; readonly at: number };

/** What the room tells itself about one upstream, beside what it is told. */
export type UpstreamEvent =
  | HealthEvent
  | { readonly kind: 'probe-asked'; readonly at: number }
  | { readonly kind: 'probe-started'; readonly at: number; readonly id: number; readonly scope: ProbeScope }
  | { readonly kind: 'probe-ended'; readonly at: number; readonly id: number; readonly result: ProbeResult }
  /** Another upstream failed the same read: it is not replayed. */
  | { readonly kind: 'replay-failed-elsewhere'; readonly at: number; readonly method: string; readonly params: string }
  | { readonly kind: 'provider-held'; readonly at: number; readonly until: number | undefined }
  | { readonly kind: 'budget-held'; readonly at: number; readonly hold: BudgetHold | undefined }
  | { readonly kind: 'epoch-started'; readonly at: number }
  | { readonly kind: 'cordoned'; readonly at: number }
  | { readonly kind: 'uncordoned'; readonly at: number }
  | { readonly kind: 'convicted'; readonly at: number; readonly evidence: string }
  | { readonly kind: 'healed'; readonly at: number }
  | { readonly kind: 'time-passed'; readonly at: number };

/** `identity`: the regular check of identity alone. */
export type ProbeScope = 'probe' | 'identity';

/** The numbers the room lives by. */
export interface HealthRules {
  readonly policy: HealthPolicy;
  /** How long a head may stand still below the tip: max(10 block times, 30 s), in milliseconds. */
  readonly staleAfterMs: number;
}
