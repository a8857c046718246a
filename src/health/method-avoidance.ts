import type { HealthPolicy } from '../model/settings.ts';
import { doubled } from './probe-schedule.ts';

/** What one method did on one endpoint lately. */
interface MethodRecord {
  /** Answers in the present span of 30 s, and in the one before it. */
  readonly good: number;
  readonly bad: number;
  readonly goodBefore: number;
  readonly badBefore: number;
  readonly spanAt: number;
  /** Avoidances so far: the exponent of the next. */
  readonly strikes: number;
  /** End of the last avoidance; 0 before the first. */
  readonly until: number;
}

/** Which methods are avoided on one endpoint. Both maps are bounded. */
export interface MethodAvoidance {
  readonly records: ReadonlyMap<string, MethodRecord>;
  /** Methods avoided now, with the monotonic time in milliseconds at which each ends: what a Pairing shows. */
  readonly avoided: ReadonlyMap<string, number>;
}

/** Methods remembered on one endpoint: names come from clients, so the list must end. */
const maxMethods = 64;

/** The record of good answers whose method nobody counted. */
const uncounted = '';

/** Of answers whose method nobody counted, the part taken to be any one method's: so noise on a busy endpoint avoids nothing. */
const uncountedShare = 0.1;

/** Nothing avoided. */
export const nothingAvoided: MethodAvoidance = { records: new Map(), avoided: new Map() };

/** One failure of one method. */
export interface MethodFailure {
  readonly method: string;
  readonly at: number;
}

/**
 * Folds one timeout or error answer of a method: the method is avoided for 60 s, doubling to 10 min.
 *
 * Good answers of that very method speak for it: as long as 80 % of its answers within the last spans were good, nothing is
 * avoided. Of answers whose method nobody counted, a tenth is taken to be its own. What still comes in while the method is
 * avoided does not lengthen it.
 */
export function noteMethodFailure(
  state: MethodAvoidance,
  failure: MethodFailure,
  policy: HealthPolicy,
): MethodAvoidance {
  const { method, at } = failure;
  if (isAvoided(state, method, at)) return state;
  const record = rolled(state.records.get(method), at, policy);
  const failed = { ...record, bad: record.bad + 1 };
  const others = rolled(state.records.get(uncounted), at, policy);
  if (isMostlyGood(failed, others, policy)) return withRecord(state, method, failed);
  return avoidFor(
    state,
    { method, at, forMs: doubled(policy.avoidMethodMs, strikesAt(record, at, policy), policy.avoidMethodMaxMs) },
    policy,
  );
}

/** Folds good answers, by method. */
export function noteMethodsGood(
  state: MethodAvoidance,
  good: ReadonlyMap<string, number>,
  moment: MethodMoment,
): MethodAvoidance {
  const records = new Map(state.records);
  for (const [method, count] of good) {
    const record = rolled(records.get(method), moment.at, moment.policy);
    records.delete(method);
    records.set(method, { ...record, good: record.good + count });
  }
  return bounded(records, state.avoided);
}

/** Folds good answers whose method nobody counted. */
export function noteUncountedGood(state: MethodAvoidance, good: number, moment: MethodMoment): MethodAvoidance {
  return noteMethodsGood(state, new Map([[uncounted, good]]), moment);
}

/** When, by which numbers. */
export interface MethodMoment {
  readonly at: number;
  readonly policy: HealthPolicy;
}

/** Avoids a method for the longest time: the endpoint goes on without it. */
export function giveUpMethod(state: MethodAvoidance, method: string, { at, policy }: MethodMoment): MethodAvoidance {
  return avoidFor(state, { method, at, forMs: policy.avoidMethodMaxMs }, policy);
}

/** Takes back what the method's last failure led to: it was the call's fault. */
export function excuseMethod(state: MethodAvoidance, method: string): MethodAvoidance {
  const record = state.records.get(method);
  if (record === undefined) return state;
  const isAvoidedOnce = state.avoided.has(method) && record.strikes > 0;
  const excused: MethodRecord = isAvoidedOnce
    ? { ...record, strikes: record.strikes - 1, until: 0 }
    : { ...record, bad: Math.max(0, record.bad - 1) };
  return { records: new Map(state.records).set(method, excused), avoided: without(state.avoided, method) };
}

/** True while the method is avoided. */
export function isAvoided(state: MethodAvoidance, method: string, at: number): boolean {
  return (state.avoided.get(method) ?? 0) > at;
}

/** Lets time pass: what is over is avoided no longer. The same object comes back when nothing is. */
export function passAvoidance(state: MethodAvoidance, at: number): MethodAvoidance {
  let avoided = state.avoided;
  for (const [method, until] of state.avoided) if (until <= at) avoided = without(avoided, method);
  return avoided === state.avoided ? state : { ...state, avoided };
}

interface Avoiding {
  readonly method: string;
  readonly at: number;
  readonly forMs: number;
}

function avoidFor(state: MethodAvoidance, avoiding: Avoiding, policy: HealthPolicy): MethodAvoidance {
  const { method, at, forMs } = avoiding;
  const record = rolled(state.records.get(method), at, policy);
  const struck = { ...blankRecord(at), strikes: strikesAt(record, at, policy) + 1, until: at + forMs };
  const avoided = new Map(state.avoided).set(method, at + forMs);
  return withRecord({ records: state.records, avoided }, method, struck);
}

/** Strikes are forgotten once the method went as long without one as the longest avoidance lasts. */
function strikesAt(record: MethodRecord, at: number, policy: HealthPolicy): number {
  return at - record.until > policy.avoidMethodMaxMs ? 0 : record.strikes;
}

function isMostlyGood(record: MethodRecord, others: MethodRecord, policy: HealthPolicy): boolean {
  const good = record.good + record.goodBefore + uncountedShare * (others.good + others.goodBefore);
  const bad = record.bad + record.badBefore;
  return good >= policy.errorRateGood * (good + bad);
}

function blankRecord(at: number): MethodRecord {
  return { good: 0, bad: 0, goodBefore: 0, badBefore: 0, spanAt: at, strikes: 0, until: 0 };
}

/** The record as of `at`: two spans are kept, older answers are forgotten. */
function rolled(record: MethodRecord | undefined, at: number, policy: HealthPolicy): MethodRecord {
  if (record === undefined) return blankRecord(at);
  const spans = (at - record.spanAt) / policy.errorRateWindowMs;
  if (spans < 1) return record;
  if (spans >= 2) return { ...record, good: 0, bad: 0, goodBefore: 0, badBefore: 0, spanAt: at };
  const spanAt = record.spanAt + policy.errorRateWindowMs;
  return { ...record, good: 0, bad: 0, goodBefore: record.good, badBefore: record.bad, spanAt };
}

function withRecord(state: MethodAvoidance, method: string, record: MethodRecord): MethodAvoidance {
  const records = new Map(state.records);
  records.delete(method);
  records.set(method, record);
  return bounded(records, state.avoided);
}

/** Newest last; over the bound the methods untouched for longest go, and are avoided no longer. */
function bounded(records: Map<string, MethodRecord>, avoided: ReadonlyMap<string, number>): MethodAvoidance {
  let left = avoided;
  for (const method of records.keys()) {
    if (records.size <= maxMethods) break;
    records.delete(method);
    left = without(left, method);
  }
  return { records, avoided: left };
}

function without(avoided: ReadonlyMap<string, number>, method: string): ReadonlyMap<string, number> {
  if (!avoided.has(method)) return avoided;
  const rest = new Map(avoided);
  rest.delete(method);
  return rest;
}
