import type { ChainSpec } from '../model/chain-spec.ts';
import type { Head } from '../model/head.ts';
import { readHead } from '../model/head-reading.ts';
import type { Verdict } from '../model/verdict.ts';
import type { Ask, Reply } from '../ports/ask.ts';
import type { Cancel, Clock } from '../ports/clock.ts';
import { finalityUnreadMs, saysNoFinality } from './finality.ts';
import type { Reception } from './head.ts';
import type { PollPace } from './poll-schedule.ts';
import { nextTracker } from './tracker.ts';
import {
  type AskEffect,
  type Gate,
  newTracker,
  type Pending,
  type PollFailure,
  type TrackerEvent,
  type TrackerState,
} from './tracker-state.ts';
import type { PollOutcome } from './tracking.ts';

/** What one poller asks of its chain. */
export interface PollerDeps {
  readonly clock: Clock;
  readonly ask: Ask;
  gate(): Gate;
  pace(): PollPace;
  /** When client traffic last showed a head at the tip, if it may stand in for a poll. */
  trafficAt(): number | undefined;
  /** Folds a polled head in. */
  headRead(head: Head): Reception;
  /** Folds a finalized block in; `unread`: the endpoint has none to show. */
  finalizedRead(read: Head | 'unread'): void;
  /** A poll ended. */
  polled(end: { readonly outcome: PollOutcome; readonly sentAt: number; readonly at: number }): void;
  /** The tracker came to another state. */
  changed(state: TrackerState): void;
}

type FailedReply = Extract<Reply, { kind: 'failed' }>;

const unreadable: Verdict = {
  meaning: 'bad-response',
  blame: 'upstream',
  retry: 'other',
  holdOff: false,
  cache: false,
};

/**
 * Drives one tracker: owns its timer, sends what the machine says, and turns replies into events. An exception anywhere
 * is an event too, never the end.
 */
export class Poller {
  readonly #tracker: string;
  readonly #spec: ChainSpec;
  readonly #deps: PollerDeps;
  #state: TrackerState;
  #cancelWake: Cancel = () => {};
  #isClosed = false;

  constructor(tracker: string, spec: ChainSpec, deps: PollerDeps) {
    this.#tracker = tracker;
    this.#spec = spec;
    this.#deps = deps;
    this.#state = newTracker(deps.clock.now());
    this.#arm();
  }

  get state(): TrackerState {
    return this.#state;
  }

  /** Tells the machine of something from outside. */
  tell(kind: 'connected' | 'disconnected' | 'good-answer-seen' | 'gate-changed' | 'traffic-resumed'): void {
    this.#apply({ kind, at: this.#deps.clock.now() });
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelWake();
  }

  #apply(event: TrackerEvent): void {
    if (this.#isClosed) return;
    const before = this.#state;
    const finality = this.#spec.finality.kind === 'read' ? 'read' : 'reckoned';
    const policy = { tracker: this.#tracker, pace: this.#deps.pace(), finality } as const;
    const { state, effects } = nextTracker(before, event, policy);
    this.#state = state;
    if (state.wake !== before.wake) this.#arm();
    if (state.kind !== before.kind) this.#deps.changed(state);
    for (const effect of effects) this.#send(effect);
  }

  #arm(): void {
    this.#cancelWake();
    const { wake } = this.#state;
    if (!('wakeAt' in wake)) return;
    const delayMs = Math.max(0, wake.wakeAt - this.#deps.clock.now());
    this.#cancelWake = this.#deps.clock.after(delayMs, () => this.#guard(() => this.#wakeUp()));
  }

  #wakeUp(): void {
    const trafficAt = this.#deps.trafficAt();
    const at = this.#deps.clock.now();
    this.#apply({ kind: 'woke', at, gate: this.#deps.gate(), ...(trafficAt === undefined ? {} : { trafficAt }) });
  }

  #send({ pending, timeoutMs }: AskEffect): void {
    const { upstream, connection, asked } = pending;
    const reading =
      asked === 'finalized' && this.#spec.finality.kind === 'read' ? this.#spec.finality.read : this.#spec.head;
    const { method, params } = reading;
    this.#guard(() => {
      const asking = this.#deps.ask({ upstream, method, params, timeoutMs, connection, purpose: 'poll' });
      const crash = (error: unknown): void => this.#crash(error);
      asking.then((reply) => this.#guard(() => this.#take(pending, reply)), crash);
    });
  }

  /** Late answers (to another sequence than the one awaited) are dropped here: they may not touch the head either. */
  #take(pending: Pending, reply: Reply): void {
    if (this.#isClosed || this.#state.inFlight.pending?.sequence !== pending.sequence) return;
    if (pending.asked === 'finalized') this.#takeFinalized(pending, reply);
    else if (reply.kind === 'failed') this.#fail(pending, reply);
    else this.#takeHead(pending, reply);
  }

  /** A head counts from when it was asked for: an answer can be no older than its question, but a good deal older than its arrival. */
  #takeHead(pending: Pending, reply: Extract<Reply, { kind: 'result' }>): void {
    const { at, sentAt } = reply;
    const head = readHead(reply.value, this.#spec.head, pending.sentAt);
    if (head === undefined || this.#deps.headRead(head) === 'absurd') {
      const detail = head === undefined ? 'no block in the answer to a poll' : `block ${head.height} is absurd`;
      this.#fail(pending, { kind: 'failed', verdict: unreadable, detail, connection: 0, sentAt, at });
      return;
    }
    this.#apply({ kind: 'answered', at: this.#deps.clock.now(), sequence: pending.sequence, gate: this.#deps.gate() });
    this.#deps.polled({ outcome: { kind: 'answered' }, sentAt, at });
  }

  #fail({ sequence }: Pending, reply: FailedReply): void {
    const { verdict, detail, connection, failure, sentAt, at } = reply;
    const broken = brokenBy(reply);
    this.#apply({
      kind: 'failed',
      at: this.#deps.clock.now(),
      sequence,
      failure: failureOf(reply),
      gate: this.#deps.gate(),
    });
    const outcome = {
      kind: 'failed',
      verdict,
      detail,
      connection,
      ...(broken === undefined ? {} : { broken }),
      ...(failure === undefined ? {} : { failure }),
    } as const;
    this.#deps.polled({ outcome, sentAt, at });
  }

  #takeFinalized({ sequence, sentAt }: Pending, reply: Reply): void {
    const at = this.#deps.clock.now();
    const { finality } = this.#spec;
    const isUnsupported = reply.kind === 'failed' && saysNoFinality(reply.verdict);
    if (reply.kind === 'failed' && !isUnsupported) {
      this.#failFinalized(sequence, reply);
      return;
    }
    const head =
      reply.kind === 'result' && finality.kind === 'read' ? readHead(reply.value, finality.read, sentAt) : undefined;
    const forMs = isUnsupported ? finalityUnreadMs.unsupported : finalityUnreadMs.null;
    this.#apply(
      head === undefined
        ? { kind: 'finality-unread', at, sequence, forMs }
        : { kind: 'answered', at, sequence, gate: this.#deps.gate() },
    );
    this.#deps.finalizedRead(head ?? 'unread');
  }

  /** The head of the same poll was answered: only a request to slow down is news for the upstream's health. */
  #failFinalized(sequence: number, reply: FailedReply): void {
    const { verdict, detail, connection, sentAt, at } = reply;
    const failure: PollFailure = { cause: verdict.holdOff ? 'rate' : 'answer', detail };
    this.#apply({ kind: 'failed', at: this.#deps.clock.now(), sequence, failure, gate: this.#deps.gate() });
    if (verdict.holdOff) this.#deps.polled({ outcome: { kind: 'failed', verdict, detail, connection }, sentAt, at });
  }

  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#crash(error);
    }
  }

  #crash(error: unknown): void {
    const name = error instanceof Error ? error.name : 'something';
    this.#apply({ kind: 'crashed', at: this.#deps.clock.now(), detail: `the tracker crashed (${name})` });
  }
}

function failureOf(reply: FailedReply): PollFailure {
  const { verdict, detail } = reply;
  if (verdict.holdOff) return { cause: 'rate', detail };
  if (brokenBy(reply) !== undefined) return { cause: 'broken', detail };
  return { cause: verdict.meaning === 'syncing' ? 'syncing' : 'answer', detail };
}

function brokenBy({ failure, verdict }: FailedReply): 'refused' | 'reset' | 'tls' | undefined {
  if (failure === 'refused' || failure === 'reset' || failure === 'tls') return failure;
  if (failure !== undefined) return undefined;
  if (verdict.meaning === 'connect-failed') return 'refused';
  return verdict.meaning === 'connection-lost' ? 'reset' : undefined;
}
