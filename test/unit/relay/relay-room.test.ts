import { describe, expect, test } from 'vitest';
import { WaitingRoom } from '../../../src/relay/waiting-room.ts';
import { goodOutcome, refusedOutcome } from '../../support/build-outcome.ts';
import { buildUpstream } from '../../support/build-pairing.ts';
import { type RelayScene, type SceneTraits, startScene } from '../../support/relay-scene.ts';

const blocked = buildUpstream(0, { standing: 'blocked' });

/** A read whose only upstream is blocked and, until `full` is emptied, has all the calls it may have. */
function startFull(traits: SceneTraits = {}): RelayScene & { readonly full: number[] } {
  const full = [0];
  const scene = startScene({ upstreams: [blocked], unavailable: full, refusal: 'paced', resort: 'blocked', ...traits });
  return { ...scene, full };
}

describe('F-169: a read whose last resort is full', () => {
  test('waits, and is sent as soon as there is room', () => {
    const scene = startFull();
    scene.clock.advance(100);
    expect({ asked: scene.asked(), outcomes: scene.outcomes }).toEqual({ asked: [], outcomes: [] });
    scene.full.pop();
    scene.clock.advance(20);
    expect(scene.asked()).toEqual([0]);
    scene.send(0).answer(goodOutcome());
    expect(scene.outcome()).toMatchObject({ kind: 'answered', resort: 'blocked' });
    expect(scene.clock.pending()).toBe(0);
  });

  test('waits for a second and no longer', () => {
    const scene = startFull();
    scene.clock.advance(980);
    expect(scene.outcomes).toEqual([]);
    scene.clock.advance(40);
    expect(scene.outcome()).toMatchObject({ kind: 'failed', fault: 'NO_UPSTREAM' });
    expect(scene.clock.pending()).toBe(0);
  });

  test('waits no longer than its client does', () => {
    const scene = startFull({ plan: { deadlineAt: 1100 } });
    scene.clock.advance(100);
    expect(scene.outcome()).toMatchObject({ kind: 'failed', fault: 'NO_UPSTREAM' });
  });

  test('waits once in all, however many upstreams fail on the way', () => {
    const full = [0, 1];
    const upstreams = [blocked, buildUpstream(1, { standing: 'blocked' })];
    const scene = startFull({ upstreams, unavailable: full });
    scene.clock.advance(500);
    full.shift();
    scene.clock.advance(20);
    scene.send(0).answer(refusedOutcome());
    expect(scene.outcomes).toEqual([]);
    scene.clock.advance(600);
    expect(scene.outcome()).toMatchObject({ kind: 'failed' });
    expect(scene.asked()).toEqual([0]);
  });

  test('is forgotten with its client', () => {
    const scene = startFull();
    scene.clock.advance(100);
    scene.cancel();
    scene.full.pop();
    scene.clock.advance(2000);
    expect({ asked: scene.asked(), outcomes: scene.outcomes, timers: scene.clock.pending() }).toEqual({
      asked: [],
      outcomes: [],
      timers: 0,
    });
  });
});

describe('F-027: a call whose upstreams are all at their concurrency', () => {
  test.each(['read', 'raw', 'once'] as const)('waits where nothing was sent yet: %s', (kind) => {
    const scene = startFull({ upstreams: [buildUpstream(0)], refusal: 'at-concurrency', plan: { kind } });
    scene.clock.advance(100);
    expect({ asked: scene.asked(), outcomes: scene.outcomes }).toEqual({ asked: [], outcomes: [] });
    scene.full.pop();
    scene.clock.advance(20);
    expect(scene.asked()).toEqual([0]);
  });

  test('waits for a second and no longer: our own limit refuses it', () => {
    const scene = startFull({ upstreams: [buildUpstream(0)], refusal: 'at-concurrency' });
    scene.clock.advance(1020);
    expect(scene.outcome()).toMatchObject({ kind: 'failed', fault: 'OVERLOADED' });
  });

  test('is refused at once where too many wait already, and there is a seat again once one of them has ended', () => {
    const waitingRoom = new WaitingRoom();
    const full = { upstreams: [buildUpstream(0)], refusal: 'at-concurrency', waitingRoom } as const;
    const waiting = Array.from({ length: 256 }, () => startFull(full));
    expect(startFull(full).outcome()).toMatchObject({ kind: 'failed', fault: 'OVERLOADED' });
    const [first, second] = waiting;
    first?.full.pop();
    first?.clock.advance(20);
    second?.cancel();
    expect(startFull(full).outcomes).toEqual([]);
    expect(startFull(full).outcomes).toEqual([]);
    expect(startFull(full).outcomes).toHaveLength(1);
  });
});

describe('nobody waits', () => {
  test.each([
    [
      'for one that asked us to slow down',
      { upstreams: [buildUpstream(0, { heldOff: { until: 9000, reason: 'retry-after' } })] },
    ],
    ['for one that is refused for another reason', { refusal: 'cordoned' }],
    ['with a write', { plan: { kind: 'once' } }],
    ['with a call that must not be repeated', { plan: { retry: 'if-unsent' } }],
  ] as const)('%s', (_, traits: SceneTraits) => {
    const scene = startFull(traits);
    expect(scene.outcome()).toMatchObject({ kind: 'failed' });
    expect(scene.clock.pending()).toBe(0);
  });
});
