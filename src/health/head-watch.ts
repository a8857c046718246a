import type { HealthPolicy } from '../model/settings.ts';

/** What the tip says of an upstream's head, and what follows from it in time. */
export interface HeadWatch {
  readonly lagging: boolean;
  readonly outlier: boolean;
  /** Since when the head has stood still below the tip; undefined while it keeps up or moves. */
  readonly behindSince: number | undefined;
  /** When the newest answered poll was sent; 0 before the first. */
  readonly pollSentAt: number;
  /** Polls in a row whose head was an outlier. */
  readonly outlierPolls: number;
  /** The poll that was judged last: a head that is seen before its own poll is noted counts for that one, not for the one before. */
  readonly judgedPollSentAt: number;
}

/** How the track room judges a head against the tip. */
export interface HeadJudgement {
  readonly lagging: boolean;
  readonly outlier: boolean;
  readonly behindSince?: number | undefined;
}

/** Nothing known. */
export const blankHeadWatch: HeadWatch = {
  lagging: false,
  outlier: false,
  behindSince: undefined,
  pollSentAt: 0,
  outlierPolls: 0,
  judgedPollSentAt: 0,
};

/** Notes that a poll sent at `sentAt` was answered. */
export function noteHeadPoll(watch: HeadWatch, sentAt: number): HeadWatch {
  return sentAt <= watch.pollSentAt ? watch : { ...watch, pollSentAt: sentAt };
}

/** Takes over a judgement. An outlier counts once for each answered poll, however often it is judged. */
export function noteJudgement(watch: HeadWatch, judgement: HeadJudgement): HeadWatch {
  const isNewPoll = watch.pollSentAt > watch.judgedPollSentAt;
  const counted = isNewPoll ? watch.outlierPolls + 1 : watch.outlierPolls;
  const next: HeadWatch = {
    ...watch,
    lagging: judgement.lagging,
    outlier: judgement.outlier,
    behindSince: judgement.behindSince,
    outlierPolls: judgement.outlier ? counted : 0,
    judgedPollSentAt: watch.pollSentAt,
  };
  return isSameWatch(watch, next) ? watch : next;
}

/** Under a new standing a head is held against an upstream only by polls sent since. */
export function forgetPolls(watch: HeadWatch): HeadWatch {
  return { ...watch, pollSentAt: 0, outlierPolls: 0 };
}

/** When a judgement is asked for, and what it must allow for. */
export interface HeadMoment {
  readonly at: number;
  /** End of the last hold-off: age before it is not the upstream's. */
  readonly heldUntil: number;
  /** A head may stand still below the tip for this long: max(10 block times, 30 s). */
  readonly staleAfterMs: number;
}

/**
 * True where the head stood still below the tip for too long, and a poll sent since then was answered.
 *
 * A hold-off stops the clock: only the time since its end counts.
 */
export function isHeadStale(watch: HeadWatch, moment: HeadMoment): boolean {
  if (watch.behindSince === undefined) return false;
  const since = Math.max(watch.behindSince, moment.heldUntil);
  return moment.at - since > moment.staleAfterMs && watch.pollSentAt > since;
}

/** What a probe finds wrong with the head it just read: the judgement of this moment, without waiting for a poll. */
export function headFault(watch: HeadWatch, moment: HeadMoment): string | undefined {
  if (watch.outlier) return 'its head is implausibly far ahead';
  if (watch.behindSince === undefined) return undefined;
  const stoodFor = moment.at - watch.behindSince;
  return stoodFor > moment.staleAfterMs ? 'its head still stands below the tip' : undefined;
}

/** True where the head was an outlier at 2 polls in a row. */
export function isHeadOutlier(watch: HeadWatch, policy: HealthPolicy): boolean {
  return watch.outlierPolls >= policy.outlierPolls;
}

function isSameWatch(a: HeadWatch, b: HeadWatch): boolean {
  return (
    a.lagging === b.lagging &&
    a.outlier === b.outlier &&
    a.behindSince === b.behindSince &&
    a.outlierPolls === b.outlierPolls &&
    a.judgedPollSentAt === b.judgedPollSentAt
  );
}
