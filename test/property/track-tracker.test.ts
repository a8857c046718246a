import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nextTracker } from '../../src/track/tracker.ts';
import {
  type Gate,
  newTracker,
  type TrackerEvent,
  type TrackerPolicy,
  type TrackerState,
} from '../../src/track/tracker-state.ts';

const policy: TrackerPolicy = {
  tracker: 'url-0',
  pace: { intervalMs: 2000, timeoutMs: 2000, finalizedMs: 5000 },
  finality: 'read',
};

type Command =
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'wake'; readonly gate: Gate }
  | {
      readonly kind: 'reply';
      readonly with: 'answer' | 'broken' | 'no-answer' | 'rate' | 'syncing' | 'unread';
      readonly late: number;
    }
  | {
      readonly kind: 'tell';
      readonly what: 'connected' | 'disconnected' | 'good-answer-seen' | 'gate-changed' | 'traffic-resumed' | 'crashed';
    };

const gates = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Gate>({ kind: 'open', upstream: 'u' }) },
  { weight: 1, arbitrary: fc.constant<Gate>({ kind: 'closed', reason: 'closed' }) },
  { weight: 1, arbitrary: fc.nat(100_000).map((until): Gate => ({ kind: 'closed', reason: 'held off', until })) },
);

const commands = fc.array(
  fc.oneof<fc.Arbitrary<Command>[]>(
    fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(5000) }),
    fc.record({ kind: fc.constant('wake' as const), gate: gates }),
    fc.record({
      kind: fc.constant('reply' as const),
      with: fc.constantFrom('answer', 'broken', 'no-answer', 'rate', 'syncing', 'unread' as const),
      late: fc.constantFrom(0, 0, 0, 1, 2),
    }),
    fc.record({
      kind: fc.constant('tell' as const),
      what: fc.constantFrom(
        'connected',
        'disconnected',
        'good-answer-seen',
        'gate-changed',
        'traffic-resumed',
        'crashed' as const,
      ),
    }),
  ),
  { maxLength: 200 },
);

/** A gate that lets everything through; closed ones are met on waking. */
const gate: Gate = { kind: 'open', upstream: 'u' };

function replyEvent(state: TrackerState, command: Extract<Command, { kind: 'reply' }>, at: number): TrackerEvent {
  const sequence = state.sequence - command.late;
  switch (command.with) {
    case 'answer':
      return { kind: 'answered', at, sequence, gate };
    case 'unread':
      return { kind: 'finality-unread', at, sequence, forMs: 60_000 };
    case 'no-answer':
      return { kind: 'failed', at, sequence, failure: { cause: 'answer', detail: 'x' }, gate };
    default:
      return { kind: 'failed', at, sequence, failure: { cause: command.with, detail: 'x' }, gate };
  }
}

function eventOf(state: TrackerState, command: Command, at: number): TrackerEvent | undefined {
  switch (command.kind) {
    case 'wait':
      return undefined;
    case 'wake':
      return { kind: 'woke', at, gate: command.gate };
    case 'reply':
      return state.inFlight.pending === undefined && command.late === 0 ? undefined : replyEvent(state, command, at);
    case 'tell':
      return command.what === 'crashed' ? { kind: 'crashed', at, detail: 'x' } : { kind: command.what, at };
  }
}

function checked(before: TrackerState, event: TrackerEvent, at: number): TrackerState {
  const { state, effects } = nextTracker(before, event, policy);
  expect(effects.length).toBeLessThanOrEqual(1);
  for (const { pending } of effects) {
    expect(state.inFlight.pending).toEqual(pending);
    expect(pending.sequence).toBe(before.sequence + 1);
  }
  if ('wakeAt' in state.wake) expect(state.wake.wakeAt).toBeLessThanOrEqual(Math.max(at, 100_000) + 62_000);
  else expect(state).toMatchObject({ kind: 'waiting-for-event', wake: { waitingFor: 'gate' } });
  return state;
}

describe('any walk of a tracker', () => {
  test('has one question under way at most, a wake always, and follows again once all is well', () => {
    fc.assert(
      fc.property(commands, (walk) => {
        let at = 0;
        let state = newTracker(at);
        for (const command of walk) {
          at += command.kind === 'wait' ? command.ms : 1;
          const event = eventOf(state, command, at);
          if (event !== undefined) state = checked(state, event, at);
        }
        expectRecovery(state, at);
      }),
      { numRuns: 500 },
    );
  });
});

/** Opens the gate and answers everything: within three questions and the longest timer the tracker follows. */
function expectRecovery(from: TrackerState, start: number): void {
  let at = start;
  let state = nextTracker(from, { kind: 'gate-changed', at }, policy).state;
  for (let turn = 0; turn < 6 && !(state.kind === 'following' && state.lastPoll === 'answered'); turn += 1) {
    const { pending } = state.inFlight;
    if (pending !== undefined) {
      at += 10;
      state = checked(state, { kind: 'answered', at, sequence: pending.sequence, gate }, at);
      continue;
    }
    expect('wakeAt' in state.wake).toBe(true);
    at = Math.max(at, 'wakeAt' in state.wake ? state.wake.wakeAt : at);
    state = checked(state, { kind: 'woke', at, gate }, at);
  }
  expect(state).toMatchObject({ kind: 'following', lastPoll: 'answered' });
}
