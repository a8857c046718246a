import type { HealthPolicy } from '../model/settings.ts';
import type { Meaning } from '../model/verdict.ts';

/** One blamed failure of a call, as the detectors see it. */
export interface CallFailure {
  readonly at: number;
  readonly connection: number;
  readonly method: string;
  readonly meaning: Meaning;
}

/** Blamed failures since the last good answer, and refused connections since the last one that was not. */
export interface FailureStreak {
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
  /** Connection of the first failure; failures on others set `connections` to `several`. */
  readonly connection: number;
  readonly connections: 'one' | 'several';
  /** Method of the first failure; `path` once the failures speak of more than one method, of the connection, or a poll failed too. */
  readonly method: string;
  readonly spread: 'one-method' | 'path';
  readonly refused: number;
  /** The connections that broke last: each counts once, however many calls it carried. */
  readonly broken: readonly number[];
}

/** Connections remembered as broken. */
const maxBroken = 16;

/** No failures. */
export const emptyStreak: FailureStreak = {
  count: 0,
  firstAt: 0,
  lastAt: 0,
  connection: 0,
  connections: 'one',
  method: '',
  spread: 'one-method',
  refused: 0,
  broken: [],
};

/** True where a failure speaks of the connection, not of the method that was asked. */
export function isPathFailure(meaning: Meaning): boolean {
  return meaning === 'connect-failed' || meaning === 'connection-lost';
}

/** True where the failure came from a connection whose break was counted already. */
export function isCounted(streak: FailureStreak, failure: CallFailure): boolean {
  return isPathFailure(failure.meaning) && streak.broken.includes(failure.connection);
}

/** Adds one blamed failure that was not counted before. */
export function addFailure(streak: FailureStreak, failure: CallFailure): FailureStreak {
  const isPath = isPathFailure(failure.meaning);
  const isFirst = streak.count === 0;
  const sameMethod = isFirst || streak.method === failure.method;
  const sameConnection = isFirst || streak.connection === failure.connection;
  return {
    count: streak.count + 1,
    firstAt: isFirst ? failure.at : streak.firstAt,
    lastAt: failure.at,
    connection: isFirst ? failure.connection : streak.connection,
    connections: sameConnection ? streak.connections : 'several',
    method: isFirst ? failure.method : streak.method,
    spread: isPath || !sameMethod ? 'path' : streak.spread,
    refused: failure.meaning === 'connect-failed' ? streak.refused + 1 : 0,
    broken: isPath ? [...streak.broken, failure.connection].slice(-maxBroken) : streak.broken,
  };
}

/** A good answer ends the streak. Which connections broke stays known: their other calls may still be failing. */
export function endStreak(streak: FailureStreak): FailureStreak {
  if (streak.count === 0 && streak.refused === 0) return streak;
  return { ...emptyStreak, broken: streak.broken };
}

/** A poll that was answered proves that connections open; it says nothing of calls. */
export function endRefusals(streak: FailureStreak): FailureStreak {
  return streak.refused === 0 ? streak : { ...streak, refused: 0 };
}

/** A poll that failed: failures of one method, if recent, no longer stand alone. A refused one is a refused connection. */
export function notePollFailure(streak: FailureStreak, failure: CallFailure, policy: HealthPolicy): FailureStreak {
  const isRecent = streak.count > 0 && failure.at - streak.lastAt <= policy.errorRateWindowMs;
  return {
    ...streak,
    spread: isRecent ? 'path' : streak.spread,
    refused: failure.meaning === 'connect-failed' ? streak.refused + 1 : 0,
  };
}

/** Takes one failure back: it was the call's fault. */
export function forgiveFailure(streak: FailureStreak): FailureStreak {
  if (streak.count <= 1) return endStreak(streak);
  return { ...streak, count: streak.count - 1 };
}

/** What the streak is enough for, if anything. */
export function streakVerdict(
  streak: FailureStreak,
  policy: HealthPolicy,
): 'refused-connections' | 'consecutive-failures' | undefined {
  if (streak.refused >= policy.refusedConnections) return 'refused-connections';
  const isSpread = streak.connections === 'several' || streak.lastAt - streak.firstAt >= policy.consecutiveSpanMs;
  const isEnough = streak.count >= policy.consecutiveFailures && isSpread && streak.spread === 'path';
  return isEnough ? 'consecutive-failures' : undefined;
}
