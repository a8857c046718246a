import { addToWindow } from './answer-window.ts';
import { endRefusals, isPathFailure, notePollFailure } from './failure-streak.ts';
import { afterReconnect, foldLimited, judgeCalls } from './fold-calls.ts';
import { type HeadMoment, isHeadOutlier, isHeadStale, noteHeadPoll, noteJudgement } from './head-watch.ts';
import type { HeadJudged, HealthRules, PollAnswered, PollFailed } from './health-event.ts';
import { noteClean } from './hold-off.ts';
import { addFailedPoll, arePollsFailing, isBrokenTwice, noFailedPolls, speaksAgainst } from './poll-streak.ts';
import { addRefused, isRefusal } from './refused-payloads.ts';
import { noteFailure, shift, trip } from './shift.ts';
import { heldOff, type UpstreamHealth } from './upstream-health.ts';

/** Folds a poll that was answered. Whoever is blocked stays so: only probes count there. */
export function foldPollAnswered(state: UpstreamHealth, event: PollAnswered, rules: HealthRules): UpstreamHealth {
  const { at, sentAt } = event;
  // A poll knows no generation. One sent before the present generation began belongs to an older one.
  if (sentAt < state.generationAt) return state;
  const next: UpstreamHealth = {
    ...state,
    streak: endRefusals(state.streak),
    polls: noFailedPolls,
    head: noteHeadPoll(state.head, sentAt),
    holdOff: noteClean(state.holdOff, { count: 1, at, newestSentAt: sentAt, proof: 'poll' }, rules.policy),
    identityCheck: afterReconnect(state, at, rules),
  };
  return shift(next, { kind: 'poll-answered', at }, rules);
}

/** Folds a poll that was not answered. */
export function foldPollFailed(state: UpstreamHealth, event: PollFailed, rules: HealthRules): UpstreamHealth {
  if (event.sentAt < state.generationAt) return state;
  if (event.verdict.holdOff) return foldLimited(state, event, rules);
  return speaksAgainst(event.verdict) ? countFailedPoll(state, event, rules) : state;
}

/** One question of our own that failed by the upstream's doing. */
export type FailedPoll = Pick<PollFailed, 'at' | 'verdict' | 'detail' | 'connection' | 'broken'>;

/** Counts a failed poll, or a failed probe of an upstream that serves. */
export function countFailedPoll(state: UpstreamHealth, failed: FailedPoll, rules: HealthRules): UpstreamHealth {
  const { at, verdict, detail, connection } = failed;
  const { meaning } = verdict;
  const failure = { at, connection, method: 'poll', meaning };
  const isPath = isPathFailure(meaning);
  const next: UpstreamHealth = {
    ...noteFailure(state, { at, meaning, method: 'poll', detail }),
    streak: notePollFailure(state.streak, failure, rules.policy),
    window: addToWindow(state.window, { at, isSpread: true }, rules.policy),
    polls: addFailedPoll(state.polls, at, failed.broken ? 'broken' : 'kept'),
    refused: isRefusal(verdict) ? addRefused(state.refused, failure, rules.policy.errorRateWindowMs) : state.refused,
    identityCheck: isPath ? { ...state.identityCheck, isBroken: true } : state.identityCheck,
  };
  if (state.course.standing.kind === 'serving') return judgePolls(next, failed, rules);
  // A poll that broke its connection is repeated at once: the first of the two decides nothing.
  if (failed.broken && !isBrokenTwice(next.polls)) return next;
  return shift(next, { kind: 'failed', at, detail: `poll: ${detail}` }, rules);
}

function judgePolls(state: UpstreamHealth, failed: FailedPoll, rules: HealthRules): UpstreamHealth {
  const { at, detail } = failed;
  if (arePollsFailing(state.polls, at, rules.policy))
    return trip(state, { at, reason: 'failed-polls', detail: `poll: ${detail}` }, rules);
  return judgeCalls(state, at, rules);
}

/** Takes over how the head stands against the tip. */
export function foldHead(state: UpstreamHealth, event: HeadJudged, rules: HealthRules): UpstreamHealth {
  const head = noteJudgement(state.head, event);
  return judgeHead(head === state.head ? state : { ...state, head }, event.at, rules);
}

/** Blocks an upstream whose head stands still below the tip, or is implausible. Lag alone never does; nor is age judged while held off. */
export function judgeHead(state: UpstreamHealth, at: number, rules: HealthRules): UpstreamHealth {
  const { kind } = state.course.standing;
  if (kind !== 'serving' && kind !== 'probation') return state;
  if (isHeadOutlier(state.head, rules.policy))
    return trip(state, { at, reason: 'outlier-head', detail: 'its head is implausibly far ahead' }, rules);
  if (heldOff(state, at) !== undefined || !isHeadStale(state.head, headMoment(state, at, rules))) return state;
  const seconds = Math.round((at - (state.head.behindSince ?? at)) / 1000);
  return trip(state, { at, reason: 'stale-head', detail: `its head has stood below the tip for ${seconds} s` }, rules);
}

/** The moment `at`, as a head's age is judged. */
export function headMoment(state: UpstreamHealth, at: number, rules: HealthRules): HeadMoment {
  return { at, heldUntil: state.holdOff.endedAt, staleAfterMs: rules.staleAfterMs };
}
