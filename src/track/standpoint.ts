import type { HeadState } from './head.ts';
import type { TrackPolicy } from './track-policy.ts';

/** Where one upstream stands against the tip. */
export interface Standpoint {
  /** Behind by more than the lag limit: asked no tip read. */
  readonly lagging: boolean;
  /** Implausibly far ahead: asked no tip read, lags nobody. */
  readonly outlier: boolean;
  /** Blocks behind the tip, never below 0; absent until both are known. */
  readonly lag?: number;
  /** Since when its head has stood still below the tip: from when the tip passed it, or from its last move if that is later. */
  readonly behindSince?: number;
}

/** What is known of the upstream, and how often it is asked. */
export interface StandpointInputs {
  readonly head: HeadState;
  readonly kind: 'single' | 'pool';
  readonly tip: number | undefined;
  readonly pollMs: number;
  readonly now: number;
}

/** Nothing to compare yet. */
export const unknownStandpoint: Standpoint = { lagging: false, outlier: false };

/**
 * Compares a head with the tip.
 *
 * A head is as old as its report: what the chain made since then, within one poll's interval, is nobody's lag. A pool may
 * lag twice as far. Above the tip by more than the bound is an outlier. Never throws.
 */
export function judgeStandpoint(prev: Standpoint, inputs: StandpointInputs, policy: TrackPolicy): Standpoint {
  const { tip, now } = inputs;
  const { head, movedAt } = inputs.head;
  if (head === undefined || tip === undefined) return unknownStandpoint;
  const lag = Math.max(0, tip - head.height);
  const outlier = head.height - tip > policy.bound;
  if (lag === 0) return { lagging: false, outlier, lag };
  const lagging = lag > lagAllowed(inputs, now - head.at, policy);
  return { lagging, outlier, lag, behindSince: Math.max(prev.behindSince ?? now, movedAt) };
}

function lagAllowed(inputs: StandpointInputs, ageMs: number, policy: TrackPolicy): number {
  const limit = inputs.kind === 'pool' ? 2 * policy.lagLimit : policy.lagLimit;
  const madeSince = Math.floor(Math.min(Math.max(0, ageMs), inputs.pollMs) / policy.blockTimeMs);
  return limit + madeSince;
}
