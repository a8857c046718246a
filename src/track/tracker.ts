import { lostGraceMs } from './answer-in-time.ts';
import { backoffMs, maySkip, nextPollAt } from './poll-schedule.ts';
import {
  clearInFlight,
  counting,
  type Gate,
  isFollowing,
  type Pending,
  type PollCause,
  type PollFailure,
  type TrackerEvent,
  type TrackerPolicy,
  type TrackerState,
  type TrackerStep,
} from './tracker-state.ts';

type Event<Kind extends TrackerEvent['kind']> = Extract<TrackerEvent, { kind: Kind }>;

/** Failures to answer in a row from which a tracker is in `error` and slows down. */
const errorAfter = 3;

/** The soonest a tracker polls again that was told to go on. */
const leastRestartMs = 1000;

/** The soonest a closed gate is looked at again, whatever time it names. */
const leastGateWaitMs = 250;

/**
 * Advances one tracker by one event and says what to send. Does nothing itself.
 *
 * Every state it returns has a wake: a time, or the gate's next change. At most one question is under way; an answer to any
 * other is ignored. `error` and `waiting-for-connection` have three exits: a connection, a good answer seen elsewhere, and
 * a timer of at most a minute (longer only where polls are rarer than that).
 */
export function nextTracker(state: TrackerState, event: TrackerEvent, policy: TrackerPolicy): TrackerStep {
  switch (event.kind) {
    case 'woke':
      return onWake(state, event, policy);
    case 'answered':
      return isAwaited(state, event.sequence) ? onAnswer(state, event, policy) : rest(state);
    case 'finality-unread':
      return isAwaited(state, event.sequence) ? rest(withoutFinality(state, event, policy)) : rest(state);
    case 'failed':
      return isAwaited(state, event.sequence) ? onFailure(state, event, policy) : rest(state);
    case 'crashed':
      return rest(stoppedBy(state, { cause: 'crash', kind: 'error', detail: event.detail, at: event.at }, policy));
    case 'connected':
    case 'good-answer-seen':
      return rest(isStuck(state) ? restarted(state, event, policy) : state);
    case 'disconnected':
      return rest(onDisconnect(state, event, policy));
    case 'gate-changed':
      return rest(onGateChange(state, event));
    case 'traffic-resumed':
      return rest(onTraffic(state, event));
  }
}

function rest(state: TrackerState): TrackerStep {
  return { state, effects: [] };
}

function isAwaited(state: TrackerState, sequence: number): boolean {
  return state.inFlight.pending?.sequence === sequence;
}

function isStuck(state: TrackerState): boolean {
  return state.kind === 'error' || state.kind === 'waiting-for-connection';
}

function onWake(state: TrackerState, event: Event<'woke'>, policy: TrackerPolicy): TrackerStep {
  const { pending } = state.inFlight;
  if (pending !== undefined && event.at < pending.lostAt) {
    return rest({ ...state, overlaps: state.overlaps + 1, wake: { wakeAt: pending.lostAt } });
  }
  if (pending !== undefined) {
    const failure: PollFailure = { cause: 'answer', detail: 'the question was lost' };
    const { at, gate } = event;
    return onFailure(state, { kind: 'failed', at, sequence: pending.sequence, failure, gate }, policy);
  }
  if (event.gate.kind === 'closed') return rest(waitingForGate(state, event.gate, event.at));
  if (isShownByTraffic(state, event, policy)) return rest(skipped(state, event.at, policy));
  const kind = isStuck(state) && hasFailed(state) ? state.kind : state.kind === 'following' ? 'following' : 'syncing';
  const question = { asked: 'head', upstream: event.gate.upstream, connection: 'pooled', sentAt: event.at } as const;
  return ask({ ...state, kind }, question, policy);
}

function hasFailed({ inFlight }: TrackerState): boolean {
  return Object.values(inFlight.attempts).some((count) => count > 0);
}

function waitingForGate(state: TrackerState, gate: Extract<Gate, { kind: 'closed' }>, at: number): TrackerState {
  const wake =
    gate.until === undefined
      ? ({ waitingFor: 'gate' } as const)
      : { wakeAt: Math.max(gate.until, at + leastGateWaitMs) };
  return { ...clearInFlight(state), kind: 'waiting-for-event', detail: gate.reason, wake, lastPoll: 'none' };
}

function isShownByTraffic(state: TrackerState, event: Event<'woke'>, { tracker, pace }: TrackerPolicy): boolean {
  const { answeredSentAt: askedAt, inFlight } = state;
  const poll = { at: event.at, trafficAt: event.trafficAt, askedAt, skips: inFlight.skips };
  return isFollowing(state) && maySkip(tracker, poll, pace.intervalMs);
}

function skipped(state: TrackerState, at: number, policy: TrackerPolicy): TrackerState {
  const inFlight = { ...state.inFlight, skips: state.inFlight.skips + 1 };
  return { ...state, inFlight, wake: pollAfter({ sentAt: at, now: at }, policy) };
}

function pollAfter(sent: { readonly sentAt: number; readonly now: number }, policy: TrackerPolicy): { wakeAt: number } {
  return { wakeAt: nextPollAt(policy.tracker, sent, policy.pace.intervalMs) };
}

type Question = Pick<Pending, 'asked' | 'upstream' | 'connection' | 'sentAt'>;

function ask(state: TrackerState, question: Question, policy: TrackerPolicy): TrackerStep {
  const { timeoutMs } = policy.pace;
  const sequence = state.sequence + 1;
  const pending: Pending = { ...question, sequence, lostAt: question.sentAt + timeoutMs + lostGraceMs };
  const asking: TrackerState = {
    ...state,
    sequence,
    inFlight: { ...state.inFlight, pending },
    wake: { wakeAt: pending.lostAt },
    ...(question.asked === 'finalized' ? { finalizedAt: question.sentAt } : { askedAt: question.sentAt }),
  };
  return { state: asking, effects: [{ kind: 'ask', pending, timeoutMs }] };
}

function onAnswer(state: TrackerState, { at, gate }: Event<'answered'>, policy: TrackerPolicy): TrackerStep {
  const { pending } = state.inFlight;
  if (pending === undefined) return rest(state);
  if (pending.asked === 'finalized') return rest({ ...clearInFlight(state), wake: wakeAfterHead(state, at, policy) });
  const following: TrackerState = {
    ...clearInFlight(state),
    kind: 'following',
    detail: 'its last poll was answered',
    lastPoll: 'answered',
    answeredSentAt: pending.sentAt,
    wake: pollAfter({ sentAt: pending.sentAt, now: at }, policy),
    overlaps: state.overlaps + Math.floor((at - pending.sentAt) / policy.pace.intervalMs),
  };
  if (gate.kind === 'closed' || !isFinalityDue(following, at, policy)) return rest(following);
  const question = { asked: 'finalized', upstream: gate.upstream, connection: 'pooled', sentAt: at } as const;
  return ask(following, question, policy);
}

function wakeAfterHead(state: TrackerState, now: number, policy: TrackerPolicy): { wakeAt: number } {
  return pollAfter({ sentAt: state.answeredSentAt ?? now, now }, policy);
}

function isFinalityDue(state: TrackerState, at: number, policy: TrackerPolicy): boolean {
  if (policy.finality === 'reckoned' || at < (state.unreadUntil ?? 0)) return false;
  // Half an interval of slack: polls come in steps, and a reading due a moment later would wait for a whole one.
  const slack = policy.pace.intervalMs / 2;
  return state.finalizedAt === undefined || at - state.finalizedAt >= policy.pace.finalizedMs - slack;
}

function withoutFinality(state: TrackerState, event: Event<'finality-unread'>, policy: TrackerPolicy): TrackerState {
  const unreadUntil = event.at + event.forMs;
  return { ...clearInFlight(state), unreadUntil, wake: wakeAfterHead(state, event.at, policy) };
}

function onFailure(state: TrackerState, { at, failure, gate }: Event<'failed'>, policy: TrackerPolicy): TrackerStep {
  const { pending } = state.inFlight;
  if (pending === undefined) return rest(state);
  const { detail } = failure;
  if (failure.cause === 'rate') {
    return rest(stoppedBy(state, { cause: 'rate', kind: 'waiting-for-event', detail, at }, policy));
  }
  if (pending.asked === 'finalized') {
    const counted = counting(state, 'finality');
    return rest({ ...counted, wake: wakeAfterHead(state, at, policy) });
  }
  switch (failure.cause) {
    case 'broken':
      return onBroken(state, { at, detail, gate }, policy);
    case 'syncing': {
      const wake = pollAfter({ sentAt: pending.sentAt, now: at }, policy);
      return rest({ ...clearInFlight(state), kind: 'syncing', detail, lastPoll: 'failed', wake });
    }
    case 'answer':
      return rest(onNoAnswer(state, { at, detail, pending }, policy));
  }
}

interface FailedPoll {
  readonly at: number;
  readonly detail: string;
  readonly pending: Pending;
}

type BrokenPoll = Omit<FailedPoll, 'pending'> & { readonly gate: Gate };

/**
 * A broken poll is repeated at once on a fresh connection; broken again, the tracker waits for a connection. Whoever was
 * blocked meanwhile gets no more polls, not even that one.
 */
function onBroken(state: TrackerState, { at, detail, gate }: BrokenPoll, policy: TrackerPolicy): TrackerStep {
  if (state.inFlight.repeat === 'yes') {
    return rest(stoppedBy(state, { cause: 'connection', kind: 'waiting-for-connection', detail, at }, policy));
  }
  if (gate.kind === 'closed') return rest(waitingForGate(state, gate, at));
  const inFlight = { ...state.inFlight, pending: undefined, repeat: 'yes' } as const;
  const question = { asked: 'head', upstream: gate.upstream, connection: 'fresh', sentAt: at } as const;
  return ask({ ...state, detail, inFlight, lastPoll: 'failed' }, question, policy);
}

function onNoAnswer(state: TrackerState, { at, detail, pending }: FailedPoll, policy: TrackerPolicy): TrackerState {
  if (state.inFlight.attempts.answer + 1 >= errorAfter) {
    return stoppedBy(state, { cause: 'answer', kind: 'error', detail, at }, policy);
  }
  const wake = pollAfter({ sentAt: pending.sentAt, now: at }, policy);
  return { ...counting(state, 'answer'), detail, lastPoll: 'failed', wake };
}

interface Stop {
  readonly cause: PollCause;
  readonly kind: 'error' | 'waiting-for-connection' | 'waiting-for-event';
  readonly detail: string;
  readonly at: number;
}

function stoppedBy(state: TrackerState, stop: Stop, policy: TrackerPolicy): TrackerState {
  const counted = counting(state, stop.cause);
  const failures = counted.inFlight.attempts[stop.cause] - (stop.cause === 'answer' ? errorAfter - 1 : 0);
  const wakeAt = stop.at + backoffMs(policy.tracker, failures, policy.pace.intervalMs);
  return { ...counted, kind: stop.kind, detail: stop.detail, lastPoll: 'failed', wake: { wakeAt } };
}

type Restart = Event<'connected'> | Event<'good-answer-seen'>;

/** At once, yet no sooner than a second after the last poll: connections that come and go must not become polls. */
function restarted(state: TrackerState, event: Restart, policy: TrackerPolicy): TrackerState {
  const detail = event.kind === 'connected' ? 'connected again' : 'a good answer was seen';
  const soonest = (state.askedAt ?? Number.NEGATIVE_INFINITY) + Math.min(leastRestartMs, policy.pace.intervalMs);
  return { ...clearInFlight(state), kind: 'syncing', detail, wake: { wakeAt: Math.max(event.at, soonest) } };
}

/** A question under way speaks for itself: cut off, it fails, and only that failure counts and is asked again at once. */
function onDisconnect(state: TrackerState, { at }: Event<'disconnected'>, policy: TrackerPolicy): TrackerState {
  if (state.inFlight.pending !== undefined || isStuck(state) || state.kind === 'waiting-for-event') return state;
  const wake = { wakeAt: at + Math.min(1000, policy.pace.intervalMs) };
  return { ...clearInFlight(state), kind: 'waiting-for-connection', detail: 'disconnected', lastPoll: 'failed', wake };
}

/** A hold-off of our own making keeps its time: only what waits for the gate looks at it again. */
function onGateChange(state: TrackerState, { at }: Event<'gate-changed'>): TrackerState {
  const isWaiting = state.kind === 'waiting-for-event' && state.inFlight.attempts.rate === 0;
  return isWaiting ? { ...state, wake: { wakeAt: at } } : state;
}

function onTraffic(state: TrackerState, { at }: Event<'traffic-resumed'>): TrackerState {
  const isResting = state.inFlight.pending === undefined && (state.kind === 'following' || state.kind === 'syncing');
  return isResting ? { ...state, wake: { wakeAt: at } } : state;
}
