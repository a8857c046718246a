import type { FaultName } from '../model/faults.ts';
import type { Refusal } from '../model/pick.ts';
import { isAlreadyKnown, type Meaning, type Verdict } from '../model/verdict.ts';
import { hasTimeLeft } from './attempt-timeout.ts';
import { type AnsweredAttempt, bestAnswer, mayHaveArrived } from './best-answer.ts';
import type { AttemptNote, RelayOutcome } from './relay-plan.ts';
import {
  type Attempt,
  type OpenRelay,
  type RelayEffect,
  type RelayEvent,
  type RelayStep,
  settledRelay,
} from './relay-state.ts';

/** What an upstream that asked us to slow down without saying for how long is given, in milliseconds. */
const unsaidHoldOffMs = 1000;

/** Why there is nobody left to ask. */
export interface Nobody {
  readonly refusals: readonly Refusal[];
  readonly retryAfterMs: number;
}

type WriteOutcome = 'accepted' | 'known' | 'rejected' | 'unknown' | 'unsent';

/** Ends a relay with an upstream's answer: whatever still runs is cancelled. */
export function closeAnswered(relay: OpenRelay, answered: AnsweredAttempt): RelayStep {
  const { attempt, answer, verdict } = answered;
  const outcome: RelayOutcome = {
    kind: 'answered',
    answer,
    verdict,
    upstream: attempt.upstream,
    resort: attempt.resort,
    purpose: attempt.purpose,
    attempts: relay.attempts.length,
    doubt: relay.plan.kind !== 'read' && relay.attempts.some(isInDoubt) ? 'may-have-arrived' : 'none',
  };
  if (relay.attempts.length === 1 && relay.plan.kind === 'read') {
    return { state: settledRelay, effects: [{ kind: 'settle', outcome }] };
  }
  const isAccepted = verdict.meaning === 'ok' ? 'accepted' : 'rejected';
  return close(relay, outcome, isAlreadyKnown(verdict) && answer.kind === 'result' ? 'known' : isAccepted);
}

/**
 * Ends a relay in which no attempt gave what was hoped for and none runs any more: with the best answer there is, else with
 * a fault. A write that may have arrived is only called rejected where an upstream rejected it for good, and for a reason that is
 * not that it arrived; where it can be looked for, that is done before anything is said of it.
 */
export function closeWithBest(relay: OpenRelay, now: number, nobody?: Nobody): RelayStep {
  const best = bestAnswer(relay.attempts);
  if (best !== undefined && !outweighedByDoubt(relay, best)) return closeAnswered(relay, best);
  return canBeLookedUp(relay) ? lookUp(relay) : closeFailed(relay, now, nobody);
}

/**
 * Ends a write that was looked for: found is accepted. Where all that were asked know nothing of it, a rejection that is final
 * stands as it was given, since it was not brought about by this very transaction. Else its outcome stays unknown.
 */
export function closeLookedUp(
  relay: OpenRelay,
  { now, result }: Extract<RelayEvent, { kind: 'looked-up' }>,
): RelayStep {
  const lost = relay.attempts.find(isInDoubt);
  const { knownResult } = relay.plan;
  if (result === 'found' && lost !== undefined && knownResult !== undefined) {
    const answer = { kind: 'result', result: knownResult } as const;
    return closeAnswered(relay, { attempt: lost, answer, verdict: foundVerdict });
  }
  const best = bestAnswer(relay.attempts);
  if (result === 'absent' && best?.verdict.retry === 'no') return closeAnswered(relay, best);
  return closeFailed(relay, now, undefined);
}

/** A transaction that an upstream knows by its name is one that it already knew. */
const foundVerdict: Verdict = Object.freeze({
  meaning: 'tx-already-known',
  blame: 'none',
  retry: 'no',
  holdOff: false,
  cache: false,
});

function canBeLookedUp({ plan, attempts }: OpenRelay): boolean {
  const isNamed = plan.kind === 'raw' && plan.lookUp === 'possible' && plan.knownResult !== undefined;
  return isNamed && attempts.some(isInDoubt);
}

/** Asks those that answered before those that did not: whoever calls a nonce spent knows by what. */
function lookUp(relay: OpenRelay): RelayStep {
  const answered = relay.attempts.filter((attempt) => attempt.outcome?.answer !== undefined);
  const others = relay.attempts.filter((attempt) => attempt.outcome?.answer === undefined);
  const sentTo = [...answered, ...others].map(({ upstream }) => upstream);
  return { state: { ...relay, picking: undefined, lookUp: 'running' }, effects: [{ kind: 'look-up', sentTo }] };
}

function closeFailed(relay: OpenRelay, now: number, nobody: Nobody | undefined): RelayStep {
  const fault = faultOf(relay, now, nobody);
  const retryAfterMs = retryAfterOf(relay, fault, nobody);
  const outcome: RelayOutcome = {
    kind: 'failed',
    fault,
    attempts: relay.attempts.map(noteOf),
    refusals: nobody?.refusals ?? [],
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
  return close(relay, outcome, fault === 'WRITE_OUTCOME_UNKNOWN' ? 'unknown' : 'unsent');
}

/** Ends a relay nobody waits for any more. */
export function dropRelay(relay: OpenRelay): RelayStep {
  return { state: settledRelay, effects: [...cancelRunning(relay), { kind: 'drop' }] };
}

function close(relay: OpenRelay, outcome: RelayOutcome, write: WriteOutcome): RelayStep {
  const effects: RelayEffect[] = cancelRunning(relay);
  const { chain } = relay.plan;
  if (relay.attempts.some((attempt) => attempt.purpose === 'hedge')) {
    const result = outcome.kind === 'answered' && outcome.purpose === 'hedge' ? 'won' : 'lost';
    effects.push({ kind: 'emit', event: { kind: 'hedged', chain, result } });
  }
  if (relay.plan.kind !== 'read' && relay.plan.class === 'write') {
    effects.push({ kind: 'emit', event: { kind: 'write-settled', chain, outcome: write } });
  }
  effects.push({ kind: 'settle', outcome });
  return { state: settledRelay, effects };
}

function cancelRunning(relay: OpenRelay): RelayEffect[] {
  return relay.attempts.flatMap((attempt, slot) => (attempt.outcome === undefined ? [{ kind: 'cancel', slot }] : []));
}

function isInDoubt(attempt: Attempt): boolean {
  return attempt.outcome !== undefined && mayHaveArrived(attempt.outcome);
}

/**
 * Rejections that a transaction brings about itself once it is in a block: whoever is asked next finds its nonce or its inputs spent.
 * A client that believed one would sign anew and pay twice.
 */
const causedByAcceptance: ReadonlySet<Meaning> = new Set<Meaning>(['nonce-too-low', 'double-spend']);

function outweighedByDoubt(relay: OpenRelay, { verdict }: AnsweredAttempt): boolean {
  if (relay.plan.kind === 'read' || !relay.attempts.some(isInDoubt)) return false;
  return relay.plan.kind === 'once' || verdict.retry !== 'no' || causedByAcceptance.has(verdict.meaning);
}

function faultOf(relay: OpenRelay, now: number, nobody: Nobody | undefined): FaultName {
  const { attempts, plan } = relay;
  if (plan.kind !== 'read' && attempts.some(isInDoubt)) return 'WRITE_OUTCOME_UNKNOWN';
  if (attempts.length === 0) return noAttemptFault(nobody);
  if (attempts.every((attempt) => attempt.outcome?.verdict.holdOff)) return 'NO_UPSTREAM';
  if (attempts.every((attempt) => attempt.outcome?.verdict.meaning === 'result-too-large')) return 'RESPONSE_TOO_LARGE';
  if (attempts.some((attempt) => attempt.outcome?.failure === 'over-budget')) return 'OVERLOADED';
  return hasTimeLeft(plan, now) ? 'UPSTREAMS_EXHAUSTED' : 'DEADLINE_PASSED';
}

/** Where an upstream could be asked but for what we let it be sent, it is our own limit that refuses. */
function noAttemptFault(nobody: Nobody | undefined): FaultName {
  if (nobody === undefined) return 'DEADLINE_PASSED';
  const isOurs = nobody.refusals.some(({ reason }) => reason === 'at-concurrency' || reason === 'over-rate');
  return isOurs ? 'OVERLOADED' : 'NO_UPSTREAM';
}

/** The soonest end of a hold-off, of those asked and of those that were not asked because of one. */
function retryAfterOf(relay: OpenRelay, fault: FaultName, nobody: Nobody | undefined): number | undefined {
  if (fault !== 'NO_UPSTREAM' && fault !== 'OVERLOADED') return undefined;
  const waits = relay.attempts.map((attempt) => attempt.outcome?.verdict.retryAfterMs ?? unsaidHoldOffMs);
  const isNobodyTelling = waits.length === 0 || nobody?.refusals.some((refusal) => refusal.reason === 'paced');
  return Math.min(...waits, nobody !== undefined && isNobodyTelling ? nobody.retryAfterMs : Number.POSITIVE_INFINITY);
}

function noteOf(attempt: Attempt): AttemptNote {
  const { provider, name } = attempt.upstream.endpoint;
  return {
    upstream: `${provider}/${name}`,
    meaning: attempt.outcome?.verdict.meaning ?? 'cancelled',
    ms: Math.round(attempt.endedAt - attempt.sentAt),
    detail: attempt.outcome?.detail ?? '',
  };
}
