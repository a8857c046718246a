import { describe, expect, test } from 'vitest';
import { nextTracker } from '../../../src/track/tracker.ts';
import {
  clearInFlight,
  type Gate,
  type InFlight,
  newTracker,
  nothingInFlight,
  type PollFailure,
  type TrackerEvent,
  type TrackerPolicy,
  type TrackerState,
  type TrackerStep,
} from '../../../src/track/tracker-state.ts';

const policy: TrackerPolicy = {
  tracker: 'url-0',
  pace: { intervalMs: 1000, timeoutMs: 1000, finalizedMs: 5000 },
  finality: 'reckoned',
};
const reading: TrackerPolicy = { ...policy, finality: 'read' };
const open: Gate = { kind: 'open', upstream: 'ethereum/p0/json-rpc' };
const closed: Gate = { kind: 'closed', reason: 'identity unknown' };

function wakeOf(state: TrackerState): number {
  return 'wakeAt' in state.wake ? state.wake.wakeAt : Number.POSITIVE_INFINITY;
}

/** Wakes the tracker when it is due. */
function wake(state: TrackerState, gate: Gate = open, by = policy): TrackerStep {
  return nextTracker(state, { kind: 'woke', at: wakeOf(state), gate }, by);
}

function answer(state: TrackerState, at: number, by = policy): TrackerStep {
  return nextTracker(state, { kind: 'answered', at, sequence: state.sequence, gate: open }, by);
}

function fail(state: TrackerState, cause: PollFailure['cause'], at: number): TrackerStep {
  return nextTracker(
    state,
    { kind: 'failed', at, sequence: state.sequence, failure: { cause, detail: cause }, gate: open },
    policy,
  );
}

const asking = wake(newTracker(0)).state;
const following = answer(asking, 100).state;

/** Fails polls with one cause, at once each time, until the tracker is in a state. */
function failUntil(kind: TrackerState['kind'], cause: PollFailure['cause']): TrackerState {
  let state = following;
  for (let poll = 0; poll < 20 && state.kind !== kind; poll += 1) {
    if (state.inFlight.pending === undefined) state = wake(state).state;
    state = fail(state, cause, wakeOf(state) - 2000).state;
  }
  return state;
}

describe('a poll', () => {
  test('is sent at once by a new tracker, for the head, through the gate’s upstream', () => {
    const { state, effects } = wake(newTracker(0));
    expect(state.kind).toBe('syncing');
    expect(effects).toMatchObject([
      {
        kind: 'ask',
        timeoutMs: 1000,
        pending: { asked: 'head', connection: 'pooled', upstream: 'ethereum/p0/json-rpc' },
      },
    ]);
  });

  test('that is answered means following, and the next one within an interval and a half', () => {
    expect(following).toMatchObject({ kind: 'following', lastPoll: 'answered', answeredSentAt: 0 });
    expect(wakeOf(following)).toBeGreaterThanOrEqual(500);
    expect(wakeOf(following)).toBeLessThan(1500);
  });

  test('is never sent while another is under way: it is left out and counted (F-175)', () => {
    const { state, effects } = nextTracker(asking, { kind: 'woke', at: 50, gate: open }, policy);
    expect(effects).toEqual([]);
    expect(state.overlaps).toBe(1);
  });

  test('slower than the interval leaves out what it overlapped, and counts it (F-175)', () => {
    expect(answer(asking, 2500).state.overlaps).toBe(2);
  });

  test('whose answer comes late, to a question no longer awaited, changes nothing', () => {
    const crashed = nextTracker(asking, { kind: 'crashed', at: 10, detail: 'x' }, policy).state;
    const late = nextTracker(crashed, { kind: 'answered', at: 20, sequence: asking.sequence, gate: open }, policy);
    expect(late).toEqual({ state: crashed, effects: [] });
  });

  test('is not answered by an answer to the one before', () => {
    const second = wake(following).state;
    for (const kind of ['answered', 'finality-unread', 'failed'] as const) {
      const failure: PollFailure = { cause: 'answer', detail: 'late' };
      const late: TrackerEvent = { kind, at: 1500, sequence: second.sequence - 1, forMs: 1000, failure, gate: open };
      expect(nextTracker(second, late, policy).state).toBe(second);
    }
  });

  test('that nobody ever answers is lost after a while, and the tracker goes on', () => {
    const { state } = wake(asking);
    expect(state.inFlight.pending).toBeUndefined();
    expect(wakeOf(state)).toBeLessThan(6000);
  });
});

describe('finality', () => {
  test('is read after the head, at most every five seconds', () => {
    let state = newTracker(0);
    let readings = 0;
    for (let poll = 0; poll < 60; poll += 1) {
      state = wake(state, open, reading).state;
      const at = state.inFlight.pending?.sentAt ?? 0;
      const step = answer(state, at + 10, reading);
      state = step.state;
      if (step.effects.length === 0) continue;
      readings += 1;
      expect(step.effects).toMatchObject([{ pending: { asked: 'finalized' } }]);
      state = answer(state, at + 20, reading).state;
      expect(state.kind).toBe('following');
    }
    expect(readings).toBeGreaterThanOrEqual(11);
    expect(readings).toBeLessThanOrEqual(13);
  });

  test('that an endpoint does not have is not asked for again until it is due', () => {
    const first = answer(wake(newTracker(0), open, reading).state, 10, reading).state;
    const unread = nextTracker(
      first,
      { kind: 'finality-unread', at: 20, sequence: first.sequence, forMs: 600_000 },
      reading,
    ).state;
    expect(unread.kind).toBe('following');
    const second = answer(wake({ ...unread, wake: { wakeAt: 300_000 } }, open, reading).state, 300_010, reading);
    expect(second.effects).toEqual([]);
    const third = answer(wake({ ...unread, wake: { wakeAt: 600_020 } }, open, reading).state, 600_030, reading);
    expect(third.effects).toHaveLength(1);
  });

  test('is not asked of an upstream that was blocked meanwhile', () => {
    const state = wake(newTracker(0), open, reading).state;
    const answered = { kind: 'answered', at: 10, sequence: state.sequence, gate: closed } as const;
    const after = nextTracker(state, answered, reading);
    expect(after.effects).toEqual([]);
    expect(after.state).toMatchObject({ kind: 'following', inFlight: { pending: undefined } });
  });

  test('that cannot be read is no failed poll', () => {
    const first = answer(wake(newTracker(0), open, reading).state, 10, reading).state;
    const failed = nextTracker(
      first,
      { kind: 'failed', at: 20, sequence: first.sequence, failure: { cause: 'answer', detail: 'timeout' }, gate: open },
      reading,
    ).state;
    expect(failed).toMatchObject({ kind: 'following', lastPoll: 'answered' });
    expect(failed.inFlight.attempts).toMatchObject({ finality: 1, answer: 0 });
  });
});

describe('a broken poll', () => {
  test('is repeated at once on a fresh connection', () => {
    const { state, effects } = fail(wake(following).state, 'broken', 1200);
    expect(effects).toMatchObject([{ pending: { connection: 'fresh', sentAt: 1200, asked: 'head' } }]);
    expect(state.lastPoll).toBe('failed');
  });

  test('is not repeated where its upstream was blocked meanwhile', () => {
    const { state, effects } = nextTracker(
      wake(following).state,
      { kind: 'failed', at: 1200, sequence: 2, failure: { cause: 'broken', detail: 'reset' }, gate: closed },
      policy,
    );
    expect(effects).toEqual([]);
    expect(state).toMatchObject({ kind: 'waiting-for-event', wake: { waitingFor: 'gate' } });
  });

  test('is repeated through whoever may be asked now', () => {
    const gate: Gate = { kind: 'open', upstream: 'ethereum/p1/json-rpc' };
    const failure = { cause: 'broken', detail: 'reset' } as const;
    const { effects } = nextTracker(
      wake(following).state,
      { kind: 'failed', at: 1200, sequence: 2, failure, gate },
      policy,
    );
    expect(effects).toMatchObject([{ pending: { upstream: gate.upstream, connection: 'fresh' } }]);
  });

  test('broken again waits for a connection, longer each time, at most a minute', () => {
    let state = following;
    const waits: number[] = [];
    for (let round = 0; round < 10; round += 1) {
      state = fail(wake(state).state, 'broken', wakeOf(state)).state;
      const at = wakeOf(state);
      state = fail(state, 'broken', at).state;
      expect(state.kind).toBe('waiting-for-connection');
      waits.push(wakeOf(state) - at);
    }
    expect(waits[0]).toBeLessThanOrEqual(2000);
    expect(waits[1]).toBeGreaterThan(waits[0] ?? 0);
    expect(Math.max(...waits)).toBeLessThanOrEqual(60_000);
  });
});

describe('a poll without a usable answer', () => {
  test('twice is borne, three times in a row is an error', () => {
    const once = fail(wake(following).state, 'answer', 1500).state;
    expect(once.kind).toBe('following');
    expect(failUntil('error', 'answer')).toMatchObject({ kind: 'error', inFlight: { attempts: { answer: 3 } } });
  });

  test('is counted by its cause alone', () => {
    const mixed = fail(wake(fail(wake(following).state, 'answer', 1500).state).state, 'broken', 3000).state;
    const again = fail(mixed, 'broken', 3100).state;
    expect(again.inFlight.attempts).toMatchObject({ answer: 1, connection: 1, rate: 0, crash: 0 });
  });

  test('because it is syncing is syncing (F-179)', () => {
    expect(fail(wake(following).state, 'syncing', 1500).state).toMatchObject({ kind: 'syncing', lastPoll: 'failed' });
  });

  test('because it asks us to slow down is no failure of its own: it waits, longer each time', () => {
    const state = fail(wake(following).state, 'rate', 1500).state;
    expect(state.kind).toBe('waiting-for-event');
    expect(wakeOf(state)).toBeGreaterThan(1500 + 1500);
  });
});

describe('error and waiting-for-connection have three exits', () => {
  const stuck = [failUntil('error', 'answer'), failUntil('waiting-for-connection', 'broken')];

  test.each(stuck)('a connection ends $kind: a poll is due at once, nothing of before is left', (state) => {
    const out = nextTracker(state, { kind: 'connected', at: 99_000 }, policy).state;
    expect(out).toMatchObject({ kind: 'syncing', inFlight: nothingInFlight, wake: { wakeAt: 99_000 } });
    expect(wake(out).effects).toHaveLength(1);
  });

  test.each(stuck)('a good answer on the request path ends $kind', (state) => {
    const out = nextTracker(state, { kind: 'good-answer-seen', at: 99_000 }, policy).state;
    expect(out).toMatchObject({ kind: 'syncing', inFlight: nothingInFlight, wake: { wakeAt: 99_000 } });
  });

  test.each(stuck)('a timer of at most a minute ends $kind: the next poll may be answered', (state) => {
    const at = wakeOf(state);
    expect(at).toBeLessThan(Number.POSITIVE_INFINITY);
    const asked = wake(state);
    expect(asked.effects).toHaveLength(1);
    expect(answer(asked.state, at + 10).state.kind).toBe('following');
  });

  test('connections that come and go do not become polls: the next is a second after the last', () => {
    const gone = nextTracker(following, { kind: 'disconnected', at: 200 }, policy).state;
    const back = nextTracker(gone, { kind: 'connected', at: 210 }, policy).state;
    expect(back).toMatchObject({ kind: 'syncing', wake: { wakeAt: (following.askedAt ?? 0) + 1000 } });
  });

  test('where it is well, neither a connection nor a good answer changes anything', () => {
    for (const kind of ['connected', 'good-answer-seen'] as const) {
      expect(nextTracker(following, { kind, at: 200 }, policy).state).toBe(following);
    }
  });
});

describe('the gate', () => {
  test('closed without a time: it waits for the gate alone, and asks nothing', () => {
    const { state, effects } = wake(newTracker(0), closed);
    expect(state).toMatchObject({
      kind: 'waiting-for-event',
      wake: { waitingFor: 'gate' },
      detail: 'identity unknown',
    });
    expect(effects).toEqual([]);
  });

  test('a change of it is looked at now', () => {
    const waiting = wake(newTracker(0), closed).state;
    const changed = nextTracker(waiting, { kind: 'gate-changed', at: 777 }, policy).state;
    expect(wakeOf(changed)).toBe(777);
    expect(wake(changed).effects).toHaveLength(1);
  });

  test('closed until a time: it looks again then', () => {
    const { state } = wake(newTracker(0), { kind: 'closed', reason: 'held off', until: 60_000 });
    expect(wakeOf(state)).toBe(60_000);
  });

  test('closed until a time that has passed does not make it spin', () => {
    const { state } = wake(newTracker(5000), { kind: 'closed', reason: 'held off', until: 10 });
    expect(wakeOf(state)).toBeGreaterThan(5000);
  });

  test('a request to slow down keeps its own time, whatever else changes', () => {
    const slowed = fail(wake(following).state, 'rate', 1500).state;
    expect(nextTracker(slowed, { kind: 'gate-changed', at: 1600 }, policy).state).toBe(slowed);
  });
});

describe('client traffic', () => {
  const seen = (state: TrackerState, at: number, trafficAt: number) =>
    nextTracker(state, { kind: 'woke', at, gate: open, trafficAt }, policy);

  test('stands in for a poll, but not for three in a row', () => {
    let state = following;
    const polled = [1, 2, 3, 4, 5, 6].map(() => {
      const at = wakeOf(state);
      const step = seen(state, at, at - 10);
      state = step.effects.length > 0 ? answer(step.state, at + 5).state : step.state;
      return step.effects.length;
    });
    expect(polled).toEqual([0, 0, 1, 0, 0, 1]);
  });

  test('of long ago stands in for nothing, nor any before the tracker follows', () => {
    expect(seen(following, 5000, 3999).effects).toHaveLength(1);
    expect(seen(newTracker(0), 0, 0).effects).toHaveLength(1);
  });

  test('that comes back after an idle time makes a poll due', () => {
    const resumed = nextTracker(following, { kind: 'traffic-resumed', at: 300 }, policy).state;
    expect(wakeOf(resumed)).toBe(300);
    const error = failUntil('error', 'answer');
    expect(nextTracker(error, { kind: 'traffic-resumed', at: 300 }, policy).state).toBe(error);
  });
});

test('an exception is an error with a timer, never the end (F-174)', () => {
  const crashed = nextTracker(asking, { kind: 'crashed', at: 50, detail: 'it crashed' }, policy).state;
  expect(crashed).toMatchObject({ kind: 'error', inFlight: { pending: undefined, attempts: { crash: 1 } } });
  expect(wakeOf(crashed)).toBeLessThan(3000);
  expect(answer(wake(crashed).state, 5000).state.kind).toBe('following');
});

describe('a disconnect', () => {
  test('between two polls has the next one asked soon', () => {
    const state = nextTracker(following, { kind: 'disconnected', at: 2000 }, policy).state;
    expect(state).toMatchObject({ kind: 'waiting-for-connection', inFlight: nothingInFlight, wake: { wakeAt: 3000 } });
  });

  test('during a poll leaves it to fail by itself, and to be asked again at once on a fresh connection', () => {
    const asked = wake(following).state;
    expect(nextTracker(asked, { kind: 'disconnected', at: 2000 }, policy)).toEqual({ state: asked, effects: [] });
    expect(fail(asked, 'broken', 2000).effects).toMatchObject([{ pending: { asked: 'head', connection: 'fresh' } }]);
  });
});

describe('clearing what is in flight', () => {
  const busy: { readonly [Key in keyof InFlight]: InFlight[Key] } = {
    pending: { sequence: 7, asked: 'head', upstream: 'x', connection: 'fresh', sentAt: 1, lostAt: 2 },
    attempts: { connection: 1, answer: 2, rate: 3, finality: 4, crash: 5 },
    skips: 2,
    repeat: 'yes',
  };

  test.each(Object.keys(nothingInFlight))('clears %s', (key) => {
    const cleared = new Map(Object.entries(clearInFlight({ ...following, inFlight: busy }).inFlight));
    const before = new Map(Object.entries(busy));
    const nothing = new Map(Object.entries(nothingInFlight));
    expect(before.get(key)).not.toEqual(nothing.get(key));
    expect(cleared.get(key)).toEqual(nothing.get(key));
  });

  test('the state has no transient field beside it', () => {
    const times = ['askedAt', 'answeredSentAt', 'finalizedAt'];
    const lasting = ['kind', 'detail', 'wake', 'sequence', 'lastPoll', 'overlaps', ...times];
    const all = answer(wake(newTracker(0), open, reading).state, 10, reading).state;
    expect(
      Object.keys(all)
        .filter((key) => key !== 'inFlight')
        .sort(),
    ).toEqual(lasting.sort());
  });
});

test('whatever happens, a tracker has a wake', () => {
  const events: readonly TrackerEvent[] = [
    { kind: 'woke', at: 9000, gate: open },
    { kind: 'woke', at: 9000, gate: closed },
    { kind: 'answered', at: 9000, sequence: 1, gate: open },
    { kind: 'failed', at: 9000, sequence: 1, failure: { cause: 'broken', detail: 'reset' }, gate: closed },
    { kind: 'connected', at: 9000 },
    { kind: 'disconnected', at: 9000 },
    { kind: 'good-answer-seen', at: 9000 },
    { kind: 'gate-changed', at: 9000 },
    { kind: 'traffic-resumed', at: 9000 },
    { kind: 'crashed', at: 9000, detail: 'x' },
  ];
  for (const event of events) {
    const { wake } = nextTracker(asking, event, policy).state;
    expect('wakeAt' in wake ? Number.isFinite(wake.wakeAt) : wake.waitingFor === 'gate').toBe(true);
  }
});
