import { describe, expect, test } from 'vitest';
import {
  nextStart,
  notStarted,
  type StartEvent,
  type StartPolicy,
  type StartState,
  witnessesNeeded,
} from '../../../src/track/start.ts';

const two: StartPolicy = { needsRing: 'no', configured: 2 };
const cold: StartEvent = { kind: 'started', at: 10, memory: 'empty' };
const resumed: StartEvent = { kind: 'started', at: 10, memory: 'restored' };
const wrong: StartEvent = { kind: 'identities-judged', at: 50, verdict: 'all-wrong' };
const right: StartEvent = { kind: 'identities-judged', at: 60, verdict: 'some-may-serve' };

const agreed = (at: number, witnesses: number): StartEvent => ({
  kind: 'safe-head-agreed',
  at,
  origin: { height: 64, hash: 'x' },
  witnesses,
});

function run(events: readonly StartEvent[], policy: StartPolicy = two): StartState {
  return events.reduce((state, event) => nextStart(state, event, policy), notStarted);
}

describe('a cold start', () => {
  test('waits for a safe head, then runs', () => {
    expect(run([cold])).toMatchObject({ kind: 'waiting-safe-head', since: 10 });
    expect(run([cold, agreed(20, 2)])).toMatchObject({ kind: 'running', origin: { height: 64, hash: 'x' } });
  });

  test('does not take the word of one where there are two, until 30 s went by; then it is degraded', () => {
    expect(run([cold, agreed(30_009, 1)]).kind).toBe('waiting-safe-head');
    expect(run([cold, agreed(30_010, 1)])).toMatchObject({ kind: 'running', degraded: 'single-witness' });
  });

  test('one is enough at once where only one is configured, and is not degraded', () => {
    const state = run([cold, agreed(11, 1)], { ...two, configured: 1 });
    expect(state.kind).toBe('running');
    expect(state.degraded).toBeUndefined();
  });

  test('a second witness later ends the degradation', () => {
    expect(run([cold, agreed(40_000, 1), agreed(41_000, 2)]).degraded).toBeUndefined();
    expect(run([cold, agreed(40_000, 1), agreed(41_000, 1)]).degraded).toBe('single-witness');
  });

  test('fills the ring first where something needs it', () => {
    const needsRing: StartPolicy = { ...two, needsRing: 'yes' };
    expect(run([cold, agreed(20, 2)], needsRing).kind).toBe('backfilling');
    expect(run([cold, agreed(20, 2), { kind: 'ring-filled', at: 30 }], needsRing)).toMatchObject({
      kind: 'running',
      origin: { height: 64 },
    });
  });

  test('starting twice is starting once', () => {
    expect(run([cold, agreed(20, 2), cold]).kind).toBe('running');
  });
});

describe('resume always wins', () => {
  test('what was remembered runs at once, with nobody asked', () => {
    expect(run([resumed])).toMatchObject({ kind: 'running', detail: 'resumed' });
  });

  test('the ring is filled first where something needs it', () => {
    expect(run([resumed], { ...two, needsRing: 'yes' }).kind).toBe('backfilling');
  });

  test('a store that the upstreams contradict makes it a cold start', () => {
    const state = run([resumed, { kind: 'store-contradicted', at: 99 }]);
    expect(state).toMatchObject({ kind: 'waiting-safe-head', since: 99 });
    expect(state.origin).toBeUndefined();
  });
});

describe('halted', () => {
  test('while every upstream is of another chain, with words that say what to do', () => {
    const state = run([cold, wrong]);
    expect(state.kind).toBe('halted');
    expect(state.detail).toMatch(/correct the URLs, or the chain/);
  });

  test('it goes on where it was when that changes', () => {
    expect(run([cold, wrong, right])).toEqual(run([cold]));
    expect(run([resumed, wrong, wrong, right])).toEqual(run([resumed]));
  });

  test('what happens meanwhile is not lost', () => {
    expect(run([cold, wrong, agreed(70, 2), right]).kind).toBe('running');
  });

  test('nothing halts before it was started, and nothing that may serve is halted', () => {
    expect(run([wrong]).kind).toBe('not-started');
    expect(run([cold, right]).kind).toBe('waiting-safe-head');
  });
});

test('witnesses needed: two, or one where there is one or the wait was long', () => {
  const waiting = run([cold]);
  expect(witnessesNeeded(waiting, 30_009, two)).toBe(2);
  expect(witnessesNeeded(waiting, 30_010, two)).toBe(1);
  expect(witnessesNeeded(waiting, 11, { ...two, configured: 1 })).toBe(1);
  expect(witnessesNeeded(run([cold, agreed(20, 2)]), 99_999, two)).toBe(2);
});
