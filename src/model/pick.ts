import type { MethodClass } from './method-policy.ts';
import type { ProviderName, UpstreamKey } from './names.ts';
import type { Upstream } from './pairing.ts';

/** What the layers of the way ask of an upstream, beside what the call itself needs. */
export interface Wish {
  /** Height its head must have reached: one below is not asked. */
  readonly atLeast?: number;
  /** The only groups that are asked: in a quorum each answer is of a group of its own. */
  readonly groups?: ReadonlySet<string>;
  /** Asked first as long as it serves, in either tier. */
  readonly favour?: UpstreamKey;
}

/** What a call needs of an upstream: worked out once per call, from its policy, its block and the steering headers. */
export interface Need extends Wish {
  /** The method's name as sent, for allow and deny lists, avoided and unsupported methods. */
  readonly method: string;
  readonly class: MethodClass;
  /** `raw`: signed bytes; `once`: any other write and whatever the spec does not know. */
  readonly kind: 'read' | 'raw' | 'once';
  readonly block: BlockNeed;
  readonly addon?: string;
  readonly exclude: ReadonlySet<ProviderName>;
  /** Preferred for the first attempt only, in either tier. */
  readonly prefer?: ProviderName;
  /** True for whatever is not `raw` and may carry signed bytes too: a bundle, a call that waits, a read that tries a transaction out. */
  readonly mayCarrySigned?: boolean;
  /** True where signed bytes may go to a public provider once the chain's private ones could not take them. */
  readonly publicFallback?: boolean;
}

/**
 * `tip`: an upstream at the served tip, and of those first one that has reached `height`, where the call names one;
 * `at-least`: one whose head has reached the height; `any`: no matter.
 * `oldest` is the lowest height of a range, and says that it is one: read short, it would look complete, so an upstream
 * below `height` is not asked at all. Whatever is oldest is measured against declared history.
 */
export type BlockNeed =
  | { readonly kind: 'any' }
  | { readonly kind: 'tip'; readonly height?: number }
  | { readonly kind: 'at-least'; readonly height: number; readonly oldest?: number };

/** The order of resort: the rung an upstream was found on. From `probation` on down an answer says so. */
export const resorts = ['primary', 'backup', 'probation', 'lagging', 'held-off', 'blocked'] as const;

/** A rung of the order of resort. */
export type Resort = (typeof resorts)[number];

/** Why an upstream may not be asked, or not yet, for one call. A closed list, for `explain` and fault data. */
export type RefusalReason =
  | 'already-asked'
  | 'excluded'
  | 'other-group'
  | 'identity-unknown'
  | 'wrong-identity'
  | 'quarantined'
  | 'cordoned'
  | 'method-denied'
  | 'method-unsupported'
  | 'missing-addon'
  | 'writes-not-taken'
  | 'height-not-reached'
  | 'history-too-short'
  | 'unproven'
  | 'blocked'
  | 'held-off'
  | 'lagging'
  | 'outlier'
  | 'method-avoided'
  | 'probation-share'
  | 'backup-not-needed'
  | 'at-concurrency'
  | 'over-rate'
  | 'budget-spent'
  | 'paced'
  | 'no-recent-answer';

/** One upstream with the reason why it may not be asked for a call. */
export interface Refusal {
  readonly upstream: Upstream;
  readonly reason: RefusalReason;
}

/**
 * What selection says: whom to ask, or why nobody. `askable`: how many could be asked now, the picked one included, for
 * the division of the time that remains. `retryAfterMs`: when somebody may be askable again.
 */
export type Pick =
  | { readonly kind: 'picked'; readonly upstream: Upstream; readonly resort: Resort; readonly askable: number }
  | { readonly kind: 'nobody'; readonly refusals: readonly Refusal[]; readonly retryAfterMs: number };
