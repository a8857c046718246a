import type { AttemptOutcome } from '../model/answer.ts';
import { isAlreadyKnown } from '../model/verdict.ts';
import { hasTimeLeft } from './attempt-timeout.ts';
import { isGood, isUsable } from './best-answer.ts';
import { closeAnswered, closeWithBest } from './close-relay.ts';
import {
  type Attempt,
  type OpenRelay,
  type PickRequest,
  type RelayEffect,
  type RelayStep,
  runningCount,
  still,
} from './relay-state.ts';

/** The ways on: a retry that the budget pays for, the one beyond it, a write sent elsewhere, a broadcast that widens. */
export const requests = {
  retry: { purpose: 'retry', among: 'all', charge: 'retry', resort: undefined },
  extra: { purpose: 'retry', among: 'answering', charge: 'nothing', resort: undefined },
  resend: { purpose: 'retry', among: 'all', charge: 'nothing', resort: undefined },
  broadcast: { purpose: 'broadcast', among: 'all', charge: 'nothing', resort: undefined },
} as const satisfies Record<string, PickRequest>;

/** An attempt that just ended: the relay with its outcome noted, and the attempt itself. */
export interface EndedAttempt {
  readonly relay: OpenRelay;
  readonly attempt: Attempt;
  readonly outcome: AttemptOutcome;
  readonly now: number;
}

/** Decides what follows from an attempt's outcome: the end, another upstream, or waiting for those that still run. */
export function judgeAttempt(ended: EndedAttempt): RelayStep {
  const { relay, attempt, outcome } = ended;
  if (outcome.answer !== undefined && isGood(outcome)) {
    return closeAnswered(relay, { attempt, answer: outcome.answer, verdict: outcome.verdict });
  }
  return relay.plan.kind === 'raw' ? judgeBroadcast(ended) : judgeSingle(ended);
}

/** Asks for an upstream; the choice is made at once and comes back as an event. */
export function askFor(relay: OpenRelay, request: PickRequest, before: readonly RelayEffect[] = []): RelayStep {
  const asked = relay.attempts.map((attempt) => attempt.upstream.endpoint.index);
  return { state: { ...relay, picking: request }, effects: [...before, { kind: 'pick', asked, request }] };
}

/** Goes on to another upstream within attempts, budget and time, else ends. */
export function askAgain(relay: OpenRelay, now: number): RelayStep {
  if (!hasTimeLeft(relay.plan, now)) return closeWithBest(relay, now);
  if (relay.attempts.length < relay.plan.maxAttempts) return askFor(relay, requests.retry);
  return askExtra(relay, now);
}

/**
 * What no budget has to pay for: an attempt to an upstream that answered well just now, and one such beyond all attempts.
 * It multiplies nothing: whoever is well is asked once per call, and whoever fails is not among them.
 */
export function askExtra(relay: OpenRelay, now: number): RelayStep {
  if (relay.attempts.length < relay.plan.maxAttempts) return askFor(relay, requests.extra);
  if (relay.extra === 'unused') return askFor({ ...relay, extra: 'used' }, requests.extra);
  return runningCount(relay) > 0 ? still(relay) : closeWithBest(relay, now);
}

/**
 * Goes on to an upstream that was not sent the write yet, as long as a broadcast may still widen. No budget pays for it:
 * writes are few, and must not fail because reads had to be retried.
 */
export function widenBroadcast(relay: OpenRelay, now: number, request: PickRequest): RelayStep {
  const { plan } = relay;
  const mayWiden = relay.attempts.length < plan.maxAttempts + plan.broadcast - 1 && hasTimeLeft(plan, now);
  if (mayWiden) return askFor(relay, request);
  return runningCount(relay) > 0 ? still(relay) : closeWithBest(relay, now);
}

/** A read, or a write that goes to one upstream: the first answer that nobody else could better is the answer. */
function judgeSingle(ended: EndedAttempt): RelayStep {
  const { relay, attempt, outcome, now } = ended;
  const isRunning = runningCount(relay) > 0;
  if (!mayMoveOn(relay, outcome)) {
    if (isUsable(outcome) && outcome.answer !== undefined && isRunning) {
      return closeAnswered(relay, { attempt, answer: outcome.answer, verdict: outcome.verdict });
    }
    return isRunning ? still(relay) : closeWithBest(relay, now);
  }
  const moved = outcome.verdict.retry === 'once' ? { ...relay, second: 'used' as const } : relay;
  return isRunning ? still(moved) : askAgain(moved, now);
}

/** A broadcast: one acceptance ends it, "already known" is one, and what the others say only counts when all have spoken. */
function judgeBroadcast(ended: EndedAttempt): RelayStep {
  const { relay, attempt, outcome, now } = ended;
  const { verdict } = outcome;
  const { knownResult } = relay.plan;
  if (isAlreadyKnown(verdict) && knownResult !== undefined) {
    return closeAnswered(relay, { attempt, answer: { kind: 'result', result: knownResult }, verdict });
  }
  if (verdict.retry === 'other') return widenBroadcast(relay, now, requests.resend);
  if (verdict.retry === 'once' && relay.second === 'unused') {
    return widenBroadcast({ ...relay, second: 'used' }, now, requests.resend);
  }
  return runningCount(relay) > 0 ? still(relay) : closeWithBest(relay, now);
}

/** Whether another upstream may be sent the same call after this outcome. */
function mayMoveOn(relay: OpenRelay, outcome: AttemptOutcome): boolean {
  const { verdict } = outcome;
  if (verdict.retry === 'no' || verdict.retry === 'same-later') return false;
  if (verdict.retry === 'once' && relay.second === 'used') return false;
  if (relay.plan.kind === 'read' && (relay.plan.retry === 'allowed' || verdict.holdOff)) return true;
  return outcome.sent === 'nothing' || verdict.meaning === 'method-unsupported';
}
