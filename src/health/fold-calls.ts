import type { Verdict } from '../model/verdict.ts';
import { addToWindow, answersPerSecond, forgiveInWindow, isErrorRateHigh, windowTotals } from './answer-window.ts';
import {
  addFailure,
  type CallFailure,
  endStreak,
  forgiveFailure,
  isCounted,
  isPathFailure,
  streakVerdict,
} from './failure-streak.ts';
import type { AnswersCounted, AttemptFailed, FailureExcused, HealthRules } from './health-event.ts';
import { noteClean, noteLimited } from './hold-off.ts';
import { excuseMethod, isAvoided, noteMethodFailure, noteMethodsGood, noteUncountedGood } from './method-avoidance.ts';
import { saysNothing } from './poll-streak.ts';
import { addRefused, isDoorClosed, isRefusal } from './refused-payloads.ts';
import { noteFailure, shift, trip } from './shift.ts';
import { noteUnsupported } from './unsupported-methods.ts';
import type { Replay, UpstreamHealth } from './upstream-health.ts';

/** Age given to an answer whose send time nobody knows: the longest a call takes. */
const longestCallMs = 30_000;

/** Folds good answers. While blocked they make a probe due at once, and do no more. */
export function foldAnswers(state: UpstreamHealth, event: AnswersCounted, rules: HealthRules): UpstreamHealth {
  if (event.generation !== state.generation || event.good <= 0) return state;
  const { at, good, methods } = event;
  const { policy } = rules;
  const newestSentAt = event.newestSentAt ?? at - longestCallMs;
  const next: UpstreamHealth = {
    ...state,
    streak: endStreak(state.streak),
    window: addToWindow(state.window, { at, good }, policy),
    holdOff: noteClean(state.holdOff, { count: good, at, newestSentAt, proof: 'call' }, policy),
    avoidance:
      methods === undefined
        ? noteUncountedGood(state.avoidance, good, { at, policy })
        : noteMethodsGood(state.avoidance, methods, { at, policy }),
    identityCheck: afterReconnect(state, at, rules),
    probe: state.course.standing.kind === 'blocked' ? probeSoon(state, at, rules) : state.probe,
  };
  return shift(next, { kind: 'answered', at, clean: good }, rules);
}

/** A connection that broke and came up again may lead elsewhere: identity is due, though not more often than every 2 s. */
export function afterReconnect(
  state: UpstreamHealth,
  at: number,
  { policy }: HealthRules,
): UpstreamHealth['identityCheck'] {
  const { identityCheck } = state;
  if (!identityCheck.isBroken) return identityCheck;
  const soon = Math.max(at, identityCheck.checkedAt + policy.probeFirstMs);
  return { ...identityCheck, isBroken: false, dueAt: Math.min(identityCheck.dueAt, soon) };
}

/** At once, yet never sooner than 2 s after the last one: many good answers must not become many probes. */
function probeSoon(state: UpstreamHealth, at: number, { policy }: HealthRules): UpstreamHealth['probe'] {
  if (state.probe.extraAt !== undefined || state.probe.running !== undefined) return state.probe;
  return { ...state.probe, extraAt: Math.max(at, state.probe.endedAt + policy.probeFirstMs) };
}

/**
 * Folds one attempt that was not good. Only a verdict that blames the upstream counts against it.
 * Polls and probes are told of by events of their own, and count once.
 */
export function foldAttempt(state: UpstreamHealth, event: AttemptFailed, rules: HealthRules): UpstreamHealth {
  const isOwnQuestion = event.purpose === 'poll' || event.purpose === 'probe';
  if (isOwnQuestion || event.generation !== state.generation) return state;
  const { verdict, method, at } = event;
  if (verdict.holdOff) return foldLimited(state, event, rules);
  if (verdict.meaning === 'wrong-chain') return checkIdentityNow(state, at);
  if (verdict.meaning === 'method-unsupported') {
    const forMs = rules.policy.avoidMethodMaxMs;
    return { ...state, unsupported: noteUnsupported(state.unsupported, { method, at, forMs }) };
  }
  if (isRefusal(verdict)) return foldRefusal(state, event, rules);
  if (verdict.blame === 'upstream') return foldBlamed(state, event, rules);
  return isOwnWork(verdict) ? foldAnswers(state, asGood(event), rules) : state;
}

/** A final answer that blames nobody, or the client: the upstream did its work. What another upstream might know better says nothing. */
function isOwnWork(verdict: Verdict): boolean {
  if (verdict.meaning === 'timeout' || saysNothing(verdict)) return false;
  return verdict.retry === 'no' && (verdict.blame === 'none' || verdict.blame === 'client');
}

function asGood(event: AttemptFailed): AnswersCounted {
  const { upstream, at, sentAt, generation, method } = event;
  return {
    kind: 'answers-counted',
    upstream,
    at,
    generation,
    good: 1,
    newestSentAt: sentAt,
    methods: new Map([[method, 1]]),
  };
}

/** What the answer to a write calls a wrong chain may be the client's own mistake: the check decides. */
function checkIdentityNow(state: UpstreamHealth, at: number): UpstreamHealth {
  const dueAt = Math.min(state.identityCheck.dueAt, at);
  return { ...state, identityCheck: { ...state.identityCheck, dueAt } };
}

/** An answer that asked us to slow down, to a call, a poll or a probe. */
export interface Limited {
  readonly verdict: Verdict;
  readonly sentAt: number;
  readonly at: number;
}

/** Folds an answer that asked us to slow down: never a failure. */
export function foldLimited(state: UpstreamHealth, limited: Limited, rules: HealthRules): UpstreamHealth {
  const { policy } = rules;
  const { verdict, sentAt, at } = limited;
  const window = addToWindow(state.window, { at, limited: 1 }, policy);
  const answer = { verdict, sentAt, at, pace: answersPerSecond(window, at, policy) };
  return { ...state, window, holdOff: noteLimited(state.holdOff, answer, { key: state.endpoint.key, policy }) };
}

/**
 * A firewall in front of an endpoint may turn away what stands in a call: that is the client's doing. Only what turns away
 * different calls refuses us, and counts like any other failure (F-038).
 */
function foldRefusal(state: UpstreamHealth, event: AttemptFailed, rules: HealthRules): UpstreamHealth {
  const { at, method, detail } = event;
  const refused = addRefused(state.refused, event, rules.policy.errorRateWindowMs);
  const next = { ...state, refused };
  if (isDoorClosed(refused)) return foldBlamed(next, event, rules);
  return noteFailure(next, { at, meaning: event.verdict.meaning, method, detail });
}

function foldBlamed(state: UpstreamHealth, event: AttemptFailed, rules: HealthRules): UpstreamHealth {
  const { at, method, connection, verdict, detail } = event;
  const { meaning } = verdict;
  const failure: CallFailure = { at, connection, method, meaning };
  const noted = noteFailure(state, { at, meaning, method, detail });
  if (isCounted(state.streak, failure)) return noted;
  const isPath = isPathFailure(meaning);
  const wasAvoided = !isPath && isAvoided(state.avoidance, method, at);
  const next: UpstreamHealth = {
    ...noted,
    streak: addFailure(state.streak, failure),
    window: addToWindow(state.window, isPath ? { at, bad: 1, isSpread: true } : { at, bad: 1, method }, rules.policy),
    avoidance: isPath ? state.avoidance : noteMethodFailure(state.avoidance, { method, at }, rules.policy),
    identityCheck: isPath ? { ...state.identityCheck, isBroken: true } : state.identityCheck,
    replay: wasAvoided ? state.replay : keptReplay(state, event, rules),
  };
  if (state.course.standing.kind === 'serving') return judgeCalls(next, at, rules);
  // An endpoint in probation goes on without the methods it is known to fail: only others, and the path, set it back.
  return wasAvoided ? next : shift(next, { kind: 'failed', at, detail: `${method}: ${detail}` }, rules);
}

/**
 * The read that probes will ask again. The newest one wins while calls flow; once blocked it stays, or a stream of new failures
 * would put off for ever the moment at which the endpoint goes on without the method.
 */
function keptReplay(state: UpstreamHealth, event: AttemptFailed, { policy }: HealthRules): Replay | undefined {
  const { replay: kept } = state;
  const { replay: failed } = event;
  if (failed === undefined || event.class === 'heavy' || event.class === 'write') return kept;
  if (state.course.standing.kind === 'blocked' || isSameRead(kept, failed)) return kept;
  if (isPathFailure(event.verdict.meaning) && kept !== undefined) return kept;
  if (Buffer.byteLength(failed.method) + Buffer.byteLength(failed.params) > policy.replayMaxBytes) return kept;
  return { method: failed.method, params: failed.params, failures: 0 };
}

/** A read, by what is asked. */
export interface Read {
  readonly method: string;
  readonly params: string;
}

/** True where both ask the same. */
export function isSameRead(a: Read | undefined, b: Read | undefined): boolean {
  return a !== undefined && b !== undefined && a.method === b.method && a.params === b.params;
}

/** Trips a serving upstream if its calls fail too much. */
export function judgeCalls(state: UpstreamHealth, at: number, rules: HealthRules): UpstreamHealth {
  const last = state.lastFailure === undefined ? '' : `${state.lastFailure.method}: ${state.lastFailure.detail}`;
  const reason = streakVerdict(state.streak, rules.policy);
  if (reason !== undefined) return trip(state, { at, reason, detail: last }, rules);
  if (!isErrorRateHigh(state.window, at, rules.policy)) return state;
  const { good, bad } = windowTotals(state.window, at, rules.policy);
  return trip(
    state,
    { at, reason: 'error-rate', detail: `${good} of ${good + bad} answers were good; ${last}` },
    rules,
  );
}

/** Takes back one failure that turned out to be the call's own. What it led to already stands. */
export function excuseFailure(state: UpstreamHealth, event: FailureExcused): UpstreamHealth {
  if (event.generation !== state.generation) return state;
  return {
    ...state,
    streak: forgiveFailure(state.streak),
    window: forgiveInWindow(state.window),
    avoidance: excuseMethod(state.avoidance, event.method),
    replay: state.replay?.method === event.method ? undefined : state.replay,
  };
}
