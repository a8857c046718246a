import type { Purpose } from '../model/names.ts';
import { attemptTimeoutMs, hasTimeLeft } from './attempt-timeout.ts';
import { closeWithBest, dropRelay } from './close-relay.ts';
import { askExtra, askFor, judgeAttempt, requests, widenBroadcast } from './judge-attempt.ts';
import type { RelayPlan } from './relay-plan.ts';
import {
  type Attempt,
  type OpenRelay,
  type PickRequest,
  type RelayEffect,
  type RelayEvent,
  type RelayState,
  type RelayStep,
  runningCount,
  still,
} from './relay-state.ts';

/** A broadcast that nobody accepted widens after this time, in milliseconds. */
const widenAfterMs = 1000;

type Picked = Extract<RelayEvent, { kind: 'picked' }>;
type Nobody = Extract<RelayEvent, { kind: 'nobody' }>;
type Ended = Extract<RelayEvent, { kind: 'ended' }>;

const firstRequest: PickRequest = { purpose: 'client', among: 'all', charge: 'nothing', resort: undefined };
const firstPick: readonly RelayEffect[] = [{ kind: 'pick', asked: [], request: firstRequest }];

/** Opens a relay: its first choice, or its end where the call's time is over already. Never throws. */
export function openRelay(plan: RelayPlan, now: number): RelayStep {
  const relay: OpenRelay = {
    kind: 'open',
    plan,
    attempts: [],
    picking: firstRequest,
    second: 'unused',
    extra: 'unused',
  };
  return plan.deadlineAt > now ? { state: relay, effects: firstPick } : closeWithBest(relay, now);
}

/**
 * Advances one relay by one event and says what to do next. Does nothing itself, and never throws.
 *
 * Whatever the order of events, a relay settles at most once, asks no upstream twice, sends no more than `plan.maxAttempts`
 * (one more where an upstream answered well just now, and what a broadcast sends at once counts as one), and leaves no attempt
 * running after it settles. A write other than raw is sent again only where its upstream cannot have carried it out.
 * Events after settling, and answers to questions that were not asked, are ignored.
 */
export function stepRelay(state: RelayState, event: RelayEvent): RelayStep {
  if (state.kind === 'settled') return still(state);
  switch (event.kind) {
    case 'picked':
      return onPicked(state, event);
    case 'nobody':
      return onNobody(state, event);
    case 'over-budget':
      return onOverBudget(state, event.now);
    case 'ended':
      return onEnded(state, event);
    case 'woke':
      return onWoke(state, event.now);
    case 'client-gone':
      return state.plan.kind === 'read' ? dropRelay(state) : still(state);
  }
}

function onPicked(relay: OpenRelay, event: Picked): RelayStep {
  const request = relay.picking;
  if (request === undefined) return still(relay);
  const { plan, attempts } = relay;
  const { now, upstream } = event;
  const timeoutMs = attemptTimeoutMs(plan, { now, sent: attempts.length, askable: event.askable });
  const effects: RelayEffect[] = [
    { kind: 'send', slot: attempts.length, upstream, timeoutMs, purpose: request.purpose },
  ];
  if (request.purpose === 'retry') effects.push(retried(relay));
  const wakeMs = wakeAfterMs(relay, event, timeoutMs);
  if (wakeMs !== undefined) effects.push({ kind: 'wake', afterMs: wakeMs });
  const sent = [...attempts, attemptOf(event, request.purpose)];
  const next: OpenRelay = { ...relay, attempts: sent, picking: undefined };
  const isWidening = plan.kind === 'raw' && sent.length < plan.broadcast;
  return isWidening ? askFor(next, requests.broadcast, effects) : { state: next, effects };
}

function attemptOf(event: Picked, purpose: Purpose): Attempt {
  const { upstream, resort, now } = event;
  return { upstream, resort, purpose, sentAt: now, outcome: undefined, endedAt: now };
}

function retried(relay: OpenRelay): RelayEffect {
  const last = relay.attempts.at(-1)?.outcome?.verdict.meaning ?? 'cancelled';
  return { kind: 'emit', event: { kind: 'retried', chain: relay.plan.chain, reason: last } };
}

/** When to look again: a broadcast in a second, a first read when a hedge is worth it, else never. */
function wakeAfterMs(relay: OpenRelay, event: Picked, timeoutMs: number): number | undefined {
  const { plan, attempts } = relay;
  if (plan.kind === 'raw') return widenAfterMs;
  const isServing = event.resort === 'primary' || event.resort === 'backup';
  if (!isHedgeable(plan) || attempts.length > 0 || !isServing) return undefined;
  const { hedgeAfterMs } = event;
  return hedgeAfterMs !== undefined && hedgeAfterMs < timeoutMs ? hedgeAfterMs : undefined;
}

/** True for a call that a second upstream may be asked before the first has failed. */
export function isHedgeable(plan: RelayPlan): boolean {
  const isQuick = plan.class === 'light' || plan.class === 'normal';
  return plan.kind === 'read' && plan.hedge === 'allowed' && plan.retry === 'allowed' && isQuick;
}

function onNobody(relay: OpenRelay, event: Nobody): RelayStep {
  if (relay.picking === undefined) return still(relay);
  const next: OpenRelay = { ...relay, picking: undefined };
  return runningCount(next) > 0 ? still(next) : closeWithBest(next, event.now, event);
}

function onOverBudget(relay: OpenRelay, now: number): RelayStep {
  const request = relay.picking;
  if (request === undefined || request.charge === 'nothing') return still(relay);
  const next: OpenRelay = { ...relay, picking: undefined };
  if (request.charge === 'retry') return askExtra(next, now);
  const { chain } = relay.plan;
  return { state: next, effects: [{ kind: 'emit', event: { kind: 'hedged', chain, result: 'over-budget' } }] };
}

function onEnded(relay: OpenRelay, event: Ended): RelayStep {
  const { slot, outcome, now } = event;
  const running = relay.attempts[slot];
  if (running === undefined || running.outcome !== undefined) return still(relay);
  const attempt: Attempt = { ...running, outcome, endedAt: now };
  const attempts = relay.attempts.length === 1 ? [attempt] : relay.attempts.with(slot, attempt);
  return judgeAttempt({ relay: { ...relay, attempts }, attempt, outcome, now });
}

function onWoke(relay: OpenRelay, now: number): RelayStep {
  if (relay.picking !== undefined) return still(relay);
  if (relay.plan.kind === 'raw') return widenBroadcast(relay, now, requests.broadcast);
  const [first, second] = relay.attempts;
  if (!isHedgeable(relay.plan) || !hasTimeLeft(relay.plan, now)) return still(relay);
  if (first === undefined || second !== undefined) return still(relay);
  return askFor(relay, { purpose: 'hedge', among: 'all', charge: 'hedge', resort: first.resort });
}
