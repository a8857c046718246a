import type { Purpose } from '../model/names.ts';
import { attemptTimeoutMs, hasTimeLeft } from './attempt-timeout.ts';
import { closeLookedUp, closeWithBest, dropRelay } from './close-relay.ts';
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

/** How often a read that waits is looked at, in milliseconds. */
export const lookMs = 1000;

/** How long a call waits for an upstream that is full, and how often it asks again, in milliseconds. */
const roomWaitMs = 1000;
const roomLookMs = 20;

type Picked = Extract<RelayEvent, { kind: 'picked' }>;
type Nobody = Extract<RelayEvent, { kind: 'nobody' }>;
type Ended = Extract<RelayEvent, { kind: 'ended' }>;
type Woke = Extract<RelayEvent, { kind: 'woke' }>;

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
    hedgeAt: undefined,
    roomUntil: undefined,
    lookUp: 'none',
  };
  return plan.deadlineAt > now ? { state: relay, effects: firstPick } : closeWithBest(relay, now);
}

/**
 * Advances one relay by one event and says what to do next. Does nothing itself, and never throws.
 *
 * Whatever the order of events, a relay settles at most once, asks no upstream twice, sends no more than `plan.maxAttempts`
 * (one more where an upstream answered well just now, and what a broadcast sends at once counts as one), and leaves no attempt
 * running after it settles. A read whose upstreams hang is asked of another beside them. A write other than raw is sent again only where its upstream cannot have carried it out.
 * A write that may have arrived while nobody says so is looked for before it ends. Events after settling, and answers to questions
 * that were not asked, are ignored.
 */
export function stepRelay(state: RelayState, event: RelayEvent): RelayStep {
  if (state.kind === 'settled') return still(state);
  if (state.lookUp === 'running') return event.kind === 'looked-up' ? closeLookedUp(state, event) : still(state);
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
      return onWoke(state, event);
    case 'looked-up':
      return still(state);
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
  const hedgeMs = hedgeDelayMs(relay, event, timeoutMs);
  const wakeMs = plan.kind === 'raw' ? widenAfterMs : soonestMs(hedgeMs, event.lookAfterMs, timeoutMs);
  if (wakeMs !== undefined) effects.push({ kind: 'wake', afterMs: wakeMs });
  const sent = [...attempts, attemptOf(event, request.purpose)];
  const hedgeAt = hedgeMs === undefined ? undefined : now + hedgeMs;
  const next: OpenRelay = { ...relay, attempts: sent, picking: undefined, hedgeAt };
  const isWidening = plan.kind === 'raw' && sent.length < plan.broadcast;
  return isWidening ? askFor(next, requests.broadcast, effects) : { state: next, effects };
}

function attemptOf(event: Picked, purpose: Purpose): Attempt {
  const { upstream, resort, now } = event;
  return { upstream, resort, purpose, sentAt: now, outcome: undefined, endedAt: now };
}

function retried(relay: OpenRelay): RelayEffect {
  const last = relay.attempts.at(-1)?.outcome?.verdict.meaning ?? 'timeout';
  return { kind: 'emit', event: { kind: 'retried', chain: relay.plan.chain, reason: last } };
}

/** After how long the first send of a read is hedged; undefined where it is not. */
function hedgeDelayMs(relay: OpenRelay, event: Picked, timeoutMs: number): number | undefined {
  const isServing = event.resort === 'primary' || event.resort === 'backup';
  if (!isHedgeable(relay.plan) || relay.attempts.length > 0 || !isServing) return undefined;
  const { hedgeAfterMs } = event;
  return hedgeAfterMs !== undefined && hedgeAfterMs < timeoutMs ? hedgeAfterMs : undefined;
}

/** When to wake up: for a hedge or for a look, whichever is first; never where the attempt is over by then. */
function soonestMs(hedgeMs: number | undefined, lookMs: number | undefined, timeoutMs: number): number | undefined {
  if (lookMs === undefined || lookMs >= timeoutMs) return hedgeMs;
  return Math.min(lookMs, hedgeMs ?? lookMs);
}

/** True for a call that a second upstream may be asked before the first has failed. */
export function isHedgeable(plan: RelayPlan): boolean {
  const isQuick = plan.class === 'light' || plan.class === 'normal';
  return isRepeatable(plan) && plan.hedge === 'allowed' && isQuick;
}

/** True for a call that does no harm when several upstreams carry it out. */
export function isRepeatable(plan: RelayPlan): boolean {
  return plan.kind === 'read' && plan.retry === 'allowed';
}

function onNobody(relay: OpenRelay, event: Nobody): RelayStep {
  if (relay.picking === undefined) return still(relay);
  const next: OpenRelay = { ...relay, picking: undefined };
  if (runningCount(next) > 0) return still(next);
  return waitForRoom(relay, event) ?? closeWithBest(next, event.now, event);
}

/** A call waits a moment where whoever could be asked is full: every answer makes room. */
function waitForRoom(relay: OpenRelay, { now, refusals, room }: Nobody): RelayStep | undefined {
  if (room === 'crowded' || !refusals.some((refusal) => isWorthWaiting(relay, refusal))) return undefined;
  const roomUntil = relay.roomUntil ?? now + roomWaitMs;
  if (now + roomLookMs > roomUntil || !hasTimeLeft(relay.plan, now + roomLookMs)) return undefined;
  return { state: { ...relay, roomUntil }, effects: [{ kind: 'wake', afterMs: roomLookMs }] };
}

/** What was not sent yet may wait, be it a write; a last resort is waited for by reads alone. */
function isWorthWaiting({ plan, attempts }: OpenRelay, { upstream, reason }: Nobody['refusals'][number]): boolean {
  if (reason === 'at-concurrency' || reason === 'over-rate') return attempts.length === 0 || isRepeatable(plan);
  const isFullLastResort = reason === 'paced' && upstream.standing === 'blocked' && upstream.heldOff === undefined;
  return isFullLastResort && isRepeatable(plan);
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

function onWoke(relay: OpenRelay, { now, waiting }: Woke): RelayStep {
  if (relay.picking !== undefined) return askFor(relay, relay.picking);
  if (relay.plan.kind === 'raw') return widenBroadcast(relay, now, requests.broadcast);
  if (runningCount(relay) === 0 || !hasTimeLeft(relay.plan, now)) return still(relay);
  const isHedgeDue = relay.hedgeAt !== undefined && now >= relay.hedgeAt;
  const next: OpenRelay = isHedgeDue ? { ...relay, hedgeAt: undefined } : relay;
  const again = lookAgain(next, now, waiting);
  if (waiting === 'hanging' && isRepeatable(relay.plan)) return askBeside(next, again);
  const [first, second] = next.attempts;
  if (!isHedgeDue || first === undefined || second !== undefined) return { state: next, effects: again };
  return askFor(next, { purpose: 'hedge', among: 'all', charge: 'hedge', resort: first.resort }, again);
}

function lookAgain({ hedgeAt }: OpenRelay, now: number, waiting: Woke['waiting']): readonly RelayEffect[] {
  const afterMs = soonestMs(
    hedgeAt === undefined ? undefined : Math.max(0, hedgeAt - now),
    waiting === undefined ? undefined : lookMs,
    Number.POSITIVE_INFINITY,
  );
  return afterMs === undefined ? [] : [{ kind: 'wake', afterMs }];
}

/** Asks one more while those that hang may still answer: whoever is first to answer well has answered. */
function askBeside(relay: OpenRelay, before: readonly RelayEffect[]): RelayStep {
  if (relay.attempts.length < relay.plan.maxAttempts) return askFor(relay, requests.retry, before);
  if (relay.extra === 'used') return { state: relay, effects: before };
  return askFor({ ...relay, extra: 'used' }, requests.extra, before);
}
