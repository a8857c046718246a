import type { Meaning } from './verdict.ts';

/** Why an upstream was blocked: the label of `switchyard_endpoint_blocks_total`. */
export const blockReasons = [
  'consecutive-failures',
  'refused-connections',
  'error-rate',
  'failed-polls',
  'stale-head',
  'outlier-head',
  'wrong-identity',
  'failed-first-probe',
  'failed-probation',
] as const;

/** A reason for a block: the label of the counter. */
export type BlockReason = (typeof blockReasons)[number];

/**
 * An upstream's place in the health machine. Times are of the monotonic clock, in milliseconds.
 *
 * `unproven` → (probe passes) `serving`, → (probe fails) `blocked`; `serving` → (trips) `blocked`; `blocked` → (two clean
 * probes) `probation`; `probation` → (all steps clean) `serving`, → (failure at the first step) `blocked`; any →
 * (convicted) `quarantined` → (heal operation published) `probation`.
 */
export type Standing =
  | { readonly kind: 'unproven'; readonly since: number }
  | { readonly kind: 'serving'; readonly since: number }
  | BlockedStanding
  | {
      readonly kind: 'probation';
      readonly since: number;
      /** 0 is 5 %, 1 is 25 % of a full share. */
      readonly step: 0 | 1;
      readonly stepSince: number;
      readonly clean: number;
      readonly cleanPolls: number;
    }
  | { readonly kind: 'quarantined'; readonly since: number; readonly evidence: string };

/** Out of rotation because it cannot serve, and when it is probed next. */
export interface BlockedStanding {
  readonly kind: 'blocked';
  readonly since: number;
  readonly reason: BlockReason;
  /** The last failure, in words without URLs: for the status page. */
  readonly detail: string;
  readonly nextProbeAt: number;
  /** Probes failed since the block: the position in the schedule. */
  readonly failedProbes: number;
  readonly cleanProbes: 0 | 1;
}

/** A standing without its particulars. */
export type StandingKind = Standing['kind'];

/** Every standing, for state sets. */
export const standingKinds: readonly StandingKind[] = ['unproven', 'serving', 'blocked', 'probation', 'quarantined'];

/** Whether the endpoint is of the chain it claims to be. Only a passed check ends `wrong`. */
export type Identity = 'unknown' | 'confirmed' | 'wrong';

/** Asked us to slow down; `until` is of the monotonic clock in milliseconds. */
export interface HoldOff {
  readonly until: number;
  readonly reason: 'retry-after' | 'rate-limited' | 'quota' | 'provider';
  /** There where it is not even a last resort: its budget is spent, and the operator wants it to stop. */
  readonly floor?: 'closed';
}

/** The last blamed failure of an upstream, in words: evidence for an operator. */
export interface FailureNote {
  readonly at: number;
  readonly meaning: Meaning;
  readonly method: string;
  readonly detail: string;
}
