import type { BudgetHold } from '../model/account.ts';
import { fractionOf } from '../model/fraction.ts';
import type { UpstreamKey } from '../model/names.ts';
import type { HealthPolicy } from '../model/settings.ts';
import type { HoldOff } from '../model/standing.ts';
import type { Verdict } from '../model/verdict.ts';
import { doubled } from './probe-schedule.ts';
import { type AnswerRun, addAnswers, isMostlyLimited, noAnswers, type RecentAnswers } from './recent-answers.ts';

/** What an endpoint's "slow down" answers add up to. Being held off is never a failure. */
export interface HoldOffState {
  /** Its own hold-off; over once `until` has passed. */
  readonly own: HoldOff | undefined;
  /** Held because two URLs of its provider are: until when. */
  readonly providerUntil: number | undefined;
  /** Held because the budget it is billed to is spent. */
  readonly budget: BudgetHold | undefined;
  /** When the last hold-off of its own began: requests sent before it say nothing about it. */
  readonly startedAt: number;
  /** When the last hold-off of any kind ended; 0 before the first. */
  readonly endedAt: number;
  /** Hold-offs in a row without a clean answer: the exponent of the next. */
  readonly level: number;
  readonly recent: RecentAnswers;
  readonly admitted: AdmittedRate | undefined;
}

/** The pace an endpoint is sent calls at after a 429 that named no time. */
export interface AdmittedRate {
  /** Calls per second at `at`; it grows by 5 % per second from there. */
  readonly rate: number;
  readonly at: number;
  /** The pace before the first cut; the limit is dropped once it has grown well past it. */
  readonly cutFrom: number;
}

/** One answer that asked us to slow down. */
export interface LimitedAnswer {
  readonly verdict: Verdict;
  readonly sentAt: number;
  readonly at: number;
  /** Answers per second the endpoint gave lately: what is halved the first time. */
  readonly pace: number;
}

/** Answers that did not ask us to slow down. */
export interface CleanAnswers {
  readonly count: number;
  readonly at: number;
  /** When the newest of them was sent. */
  readonly newestSentAt: number;
  /** Only a client's call shows that calls are taken again; a poll is too cheap to. */
  readonly proof: 'call' | 'poll';
}

/** Whose hold-off it is, by which numbers. */
export interface HoldOffRules {
  readonly key: UpstreamKey;
  readonly policy: HealthPolicy;
}

/** Never slower than one call in two seconds: the pace must be able to show that it may grow. */
const slowestRate = 0.5;

/** Growth past the pace that was cut at which a limit has proved needless. */
const limitDroppedAt = 2;

/** No hold-off, nothing heard. */
export const neverHeldOff: HoldOffState = {
  own: undefined,
  providerUntil: undefined,
  budget: undefined,
  startedAt: 0,
  endedAt: 0,
  level: 0,
  recent: noAnswers,
  admitted: undefined,
};

/**
 * Folds one answer that asked us to slow down. An answer to a request sent before the last hold-off began changes nothing.
 *
 * A named time holds off for that long (at most 1 h, and up to 20 % more); a quota text for 10 min. Otherwise the admitted rate
 * is halved, and only where more than half of the last 20 answers (at least 5) say so is it held off: 1 s, doubling to 5 min.
 */
export function noteLimited(state: HoldOffState, answer: LimitedAnswer, rules: HoldOffRules): HoldOffState {
  if (answer.sentAt < state.startedAt) return state;
  const { policy } = rules;
  const heard = remember(state, { limited: true, count: 1 }, policy);
  const askedMs = askedFor(answer, rules);
  if (answer.verdict.meaning === 'quota-exhausted')
    return hold(heard, { at: answer.at, forMs: Math.max(policy.quotaHoldOffMs, askedMs), reason: 'quota' });
  if (askedMs > 0) return hold(heard, { at: answer.at, forMs: askedMs, reason: 'retry-after' });
  const slower = halve(heard, answer, policy);
  const bounds = { share: policy.rateLimitedShare, minimum: policy.rateLimitedMinimum };
  if (!isMostlyLimited(slower.recent, bounds)) return slower;
  const forMs = doubled(policy.holdOffFirstMs, state.level, policy.holdOffMaxMs);
  return { ...hold(slower, { at: answer.at, forMs, reason: 'rate-limited' }), level: state.level + 1 };
}

/**
 * Folds answers that did not ask us to slow down.
 *
 * One of a client's calls sent since the hold-off began ends it, unless the endpoint itself named the time, and starts the
 * doubling anew. Answers to requests sent before change neither.
 */
export function noteClean(state: HoldOffState, answers: CleanAnswers, policy: HealthPolicy): HoldOffState {
  if (answers.count === 0) return state;
  const heard = remember(state, { limited: false, count: answers.count }, policy);
  if (answers.proof === 'poll' || answers.newestSentAt < state.startedAt) return heard;
  const isOver = heard.own !== undefined && heard.own.reason !== 'retry-after';
  if (isOver) return { ...heard, own: undefined, level: 0, endedAt: answers.at };
  return heard.level === 0 ? heard : { ...heard, level: 0 };
}

/** Notes until when the provider as a whole is held off; undefined frees it. */
export function noteProviderHeld(state: HoldOffState, until: number | undefined, at: number): HoldOffState {
  if (state.providerUntil === until) return state;
  if (until !== undefined) return { ...state, providerUntil: until };
  return { ...state, providerUntil: undefined, endedAt: at };
}

/** Notes until when its budget holds it back; undefined frees it. */
export function noteBudgetHeld(state: HoldOffState, hold: BudgetHold | undefined, at: number): HoldOffState {
  if (state.budget?.until === hold?.until && state.budget?.floor === hold?.floor) return state;
  return { ...state, budget: hold, endedAt: hold === undefined ? at : state.endedAt };
}

/** Lets time pass: what is over is taken away. The same object comes back when nothing is. */
export function passHoldOff(state: HoldOffState, at: number, policy: HealthPolicy): HoldOffState {
  const ownOver = state.own !== undefined && state.own.until <= at;
  const providerOver = state.providerUntil !== undefined && state.providerUntil <= at;
  const budgetOver = state.budget !== undefined && state.budget.until <= at;
  const rate = state.admitted === undefined ? undefined : grownRate(state.admitted, at, policy);
  const limitOver =
    state.admitted !== undefined && rate !== undefined && rate >= state.admitted.cutFrom * limitDroppedAt;
  const levelOver = state.level > 0 && state.own === undefined && at - state.endedAt > policy.holdOffMaxMs;
  if (!ownOver && !providerOver && !budgetOver && !limitOver && !levelOver) return state;
  const ends = [
    state.endedAt,
    ownOver ? (state.own?.until ?? 0) : 0,
    providerOver ? (state.providerUntil ?? 0) : 0,
    budgetOver ? (state.budget?.until ?? 0) : 0,
  ];
  return {
    ...state,
    own: ownOver ? undefined : state.own,
    providerUntil: providerOver ? undefined : state.providerUntil,
    budget: budgetOver ? undefined : state.budget,
    endedAt: Math.max(...ends),
    admitted: limitOver ? undefined : state.admitted,
    level: levelOver ? 0 : state.level,
  };
}

/** The hold-off in force at `at`: that of its budget, its own or its provider's, whichever lasts longest; a closed floor above all. */
export function heldOffAt(state: HoldOffState, at: number): HoldOff | undefined {
  const asked = askedToHold(state, at);
  const { budget } = state;
  if (budget === undefined || budget.until <= at) return asked;
  const { until, floor } = budget;
  if (floor === 'closed') return { until, reason: 'quota', floor };
  return until <= (asked?.until ?? 0) ? asked : { until, reason: 'quota' };
}

/** What upstreams asked for themselves. */
function askedToHold(state: HoldOffState, at: number): HoldOff | undefined {
  const own = state.own !== undefined && state.own.until > at ? state.own : undefined;
  const providerUntil = state.providerUntil ?? 0;
  if (providerUntil <= at || providerUntil <= (own?.until ?? 0)) return own;
  return { until: providerUntil, reason: 'provider' };
}

/** When whatever holds it back is over; 0 where nothing does. */
export function freeAt({ own, providerUntil, budget }: HoldOffState): number {
  return Math.max(own?.until ?? 0, providerUntil ?? 0, budget?.until ?? 0);
}

/** Calls per second it may be sent at `at`, to a tenth; undefined means no limit of this kind. */
export function admittedRateAt(state: HoldOffState, at: number, policy: HealthPolicy): number | undefined {
  if (state.admitted === undefined) return undefined;
  return Math.round(grownRate(state.admitted, at, policy) * 10) / 10;
}

/** One held-off URL of a provider. */
export interface HeldUrl {
  /** Names the URL: endpoints that share it are one. */
  readonly url: string;
  readonly until: number | undefined;
}

/** Until when a provider is held off as a whole: where two of its URLs are, until the last of them is free. */
export function providerHeldUntil(urls: readonly HeldUrl[], at: number): number | undefined {
  const held = urls.filter((one) => one.until !== undefined && one.until > at);
  if (new Set(held.map((one) => one.url)).size < 2) return undefined;
  return Math.max(...held.map((one) => one.until ?? 0));
}

function askedFor(answer: LimitedAnswer, { key, policy }: HoldOffRules): number {
  const asked = answer.verdict.retryAfterMs ?? 0;
  if (!(asked > 0)) return 0;
  const spread = 1 + policy.retryAfterJitter * fractionOf(`${key} ${answer.at}`);
  return Math.min(asked, policy.retryAfterMaxMs) * spread;
}

interface Holding {
  readonly at: number;
  readonly forMs: number;
  readonly reason: HoldOff['reason'];
}

/** Starts a hold-off. One that stands is only ever made longer. */
function hold(state: HoldOffState, { at, forMs, reason }: Holding): HoldOffState {
  const until = at + forMs;
  const stands = state.own !== undefined && state.own.until >= until;
  return { ...state, own: stands ? state.own : { until, reason }, startedAt: at };
}

function halve(state: HoldOffState, answer: LimitedAnswer, policy: HealthPolicy): HoldOffState {
  const { admitted } = state;
  // What was sent before the last cut was sent at the old pace: it says nothing of the new one.
  if (admitted !== undefined && answer.sentAt < admitted.at) return state;
  const pace = admitted === undefined ? answer.pace : grownRate(admitted, answer.at, policy);
  const cutFrom = Math.max(admitted?.cutFrom ?? pace, slowestRate);
  return { ...state, admitted: { rate: Math.max(slowestRate, pace / 2), at: answer.at, cutFrom } };
}

function grownRate(admitted: AdmittedRate, at: number, policy: HealthPolicy): number {
  const seconds = Math.max(0, at - admitted.at) / 1000;
  const ceiling = admitted.cutFrom * limitDroppedAt;
  return Math.min(ceiling, admitted.rate * (1 + policy.admittedGrowthPerSecond) ** seconds);
}

function remember(state: HoldOffState, run: AnswerRun, policy: HealthPolicy): HoldOffState {
  const recent = addAnswers(state.recent, run, policy.rateLimitedWindow);
  return recent === state.recent ? state : { ...state, recent };
}
