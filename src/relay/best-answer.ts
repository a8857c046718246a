import type { Answer, AttemptOutcome } from '../model/answer.ts';
import type { Meaning, Verdict } from '../model/verdict.ts';
import type { Attempt } from './relay-state.ts';

/** An attempt that ended with an answer. */
export interface AnsweredAttempt {
  readonly attempt: Attempt;
  readonly answer: Answer;
  readonly verdict: Verdict;
}

/** Answers about our own relations with an upstream: its keys, its limits, its address. No client should see them. */
const ownAffairs: ReadonlySet<Meaning> = new Set<Meaning>([
  'auth-failed',
  'quota-exhausted',
  'rate-limited',
  'wrong-chain',
  'wrong-path',
]);

/** Refusals before anything was carried out. */
const turnedAway: ReadonlySet<Meaning> = new Set<Meaning>([
  'auth-failed',
  'method-unsupported',
  'quota-exhausted',
  'rate-limited',
  'wrong-path',
]);

/** True for an answer that may be passed to the client as it is. */
export function isUsable(outcome: AttemptOutcome): boolean {
  const { verdict } = outcome;
  return outcome.answer !== undefined && !verdict.holdOff && !ownAffairs.has(verdict.meaning);
}

/** True for the answer everybody hopes for. */
export function isGood(outcome: AttemptOutcome): boolean {
  return outcome.verdict.meaning === 'ok' && outcome.answer !== undefined;
}

/** True where an upstream may have carried out what it was sent, and nobody knows. */
export function mayHaveArrived(outcome: AttemptOutcome): boolean {
  const { verdict } = outcome;
  if (outcome.sent === 'nothing' || outcome.answer !== undefined) return false;
  return !verdict.holdOff && !turnedAway.has(verdict.meaning);
}

/**
 * The answer a client is served best with when no good one came: the most specific, of equals that of the most advanced
 * upstream, of equals the first. Undefined where no attempt gave a usable one.
 */
export function bestAnswer(attempts: readonly Attempt[]): AnsweredAttempt | undefined {
  let best: AnsweredAttempt | undefined;
  for (const attempt of attempts) {
    const { outcome } = attempt;
    if (outcome?.answer === undefined || !isUsable(outcome)) continue;
    const answered = { attempt, answer: outcome.answer, verdict: outcome.verdict };
    if (best === undefined || outranks(answered, best)) best = answered;
  }
  return best;
}

function outranks(one: AnsweredAttempt, other: AnsweredAttempt): boolean {
  const difference = specificity(one) - specificity(other);
  if (difference !== 0) return difference > 0;
  return reachOf(one) > reachOf(other);
}

/** How far the upstream was: by the answer, where it says, else by the snapshot. */
function reachOf({ attempt }: AnsweredAttempt): number {
  return attempt.outcome?.shown ?? attempt.upstream.head ?? 0;
}

/** How much an answer says: a result, a verdict that is final, one that may pass, one that others may see differently, noise. */
function specificity(answered: AnsweredAttempt): number {
  if (answered.answer.kind === 'result') return 5;
  switch (answered.verdict.retry) {
    case 'no':
      return 4;
    case 'same-later':
      return 3;
    case 'once':
      return answered.verdict.meaning === 'generic' ? 1 : 2;
    case 'other':
      return 0;
  }
}
