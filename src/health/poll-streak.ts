import type { HealthPolicy } from '../model/settings.ts';
import type { Verdict } from '../model/verdict.ts';

/** Polls failed since the last one that was answered. */
export interface PollStreak {
  readonly failed: number;
  readonly firstAt: number;
  /** Of these, the last so many in a row broke their connection: refused, reset, or failed in TLS. */
  readonly broken: number;
}

/** Broken polls in a row that trip: the second was sent at once, on a fresh connection. */
const brokenPolls = 2;

/** No failed polls. */
export const noFailedPolls: PollStreak = { failed: 0, firstAt: 0, broken: 0 };

/** Adds one failed poll. */
export function addFailedPoll(streak: PollStreak, at: number, connection: 'broken' | 'kept'): PollStreak {
  return {
    failed: streak.failed + 1,
    firstAt: streak.failed === 0 ? at : streak.firstAt,
    broken: connection === 'broken' ? streak.broken + 1 : 0,
  };
}

/** True while the last poll broke its connection and was repeated to no avail. */
export function isBrokenTwice(streak: PollStreak): boolean {
  return streak.broken >= brokenPolls;
}

/** True where 3 polls in a row failed over at least 5 s, or 2 in a row broke their connection. */
export function arePollsFailing(streak: PollStreak, at: number, policy: HealthPolicy): boolean {
  if (isBrokenTwice(streak)) return true;
  return streak.failed >= policy.failedPolls && at - streak.firstAt >= policy.failedPollsSpanMs;
}

/**
 * True where a question of our own failed by the upstream's doing.
 *
 * There is no client to blame for it, so whatever is no answer counts, save being held off and trouble on our own side.
 */
export function speaksAgainst(verdict: Verdict): boolean {
  return !verdict.holdOff && !saysNothing(verdict);
}

/** True where a failure tells nothing of the upstream: cancelled by us, or lost on our own side. */
export function saysNothing(verdict: Verdict): boolean {
  return verdict.meaning === 'cancelled' || verdict.meaning === 'local-network';
}
