import { describe, expect, test } from 'vitest';
import { createRetryBudget, type RetryBudget } from '../../../src/relay/retry-budget.ts';
import { goodOutcome, lostOutcome, refusedOutcome } from '../../support/build-outcome.ts';
import { buildUpstream } from '../../support/build-pairing.ts';
import { type RelayScene, type SceneTraits, startScene } from '../../support/relay-scene.ts';

/** A heavy read: twenty seconds per attempt, never hedged. */
function startHeavy(traits: SceneTraits = {}): RelayScene {
  return startScene({ ...traits, plan: { class: 'heavy', attemptTimeoutMs: 20_000, ...traits.plan } });
}

/** A budget that has no retry left in the first seconds of a scene. */
function spentBudget(): RetryBudget {
  const budget = createRetryBudget();
  for (const second of [1000, 2000, 3000]) while (budget.take(second));
  return budget;
}

describe('F-010: a read whose upstream hangs', () => {
  test('is asked of another after a second, beside the first', () => {
    const scene = startHeavy({ hanging: [0] });
    scene.clock.advance(999);
    expect(scene.asked()).toEqual([0]);
    scene.clock.advance(1);
    expect(scene.asked()).toEqual([0, 1]);
    expect(scene.send(0).cancelled).toBe(false);
    expect(scene.send(1).order.purpose).toBe('retry');
    expect(scene.events).toEqual([{ kind: 'retried', chain: 'testnet', reason: 'timeout' }]);
  });

  test('is answered by whoever answers first, and the other is cancelled', () => {
    const scene = startHeavy({ hanging: [0] });
    scene.clock.advance(1000);
    scene.send(1).answer(goodOutcome());
    expect(scene.outcome()).toMatchObject({ kind: 'answered', attempts: 2 });
    expect(scene.send(0).cancelled).toBe(true);
    expect(scene.clock.pending()).toBe(0);
  });

  test('goes on to a third where the second hangs too', () => {
    const scene = startHeavy({ hanging: [0, 1] });
    scene.clock.advance(2000);
    expect(scene.asked()).toEqual([0, 1, 2]);
  });

  test('goes on to a third where the second fails, and is not left to the one that hangs', () => {
    const scene = startHeavy({ hanging: [0] });
    scene.clock.advance(1000);
    scene.send(1).answer(refusedOutcome());
    scene.clock.advance(1000);
    expect(scene.asked()).toEqual([0, 1, 2]);
  });

  test('is answered by the first after all, where it answers before the others', () => {
    const scene = startHeavy({ hanging: [0] });
    scene.clock.advance(1000);
    scene.send(0).answer(goodOutcome());
    expect(scene.outcome()).toMatchObject({ kind: 'answered', purpose: 'client' });
    expect(scene.send(1).cancelled).toBe(true);
  });

  test('beyond the budget goes to upstreams that answered well just now, and to no others', () => {
    const scene = startHeavy({ hanging: [0, 1, 2], answering: [1], budget: spentBudget() });
    scene.clock.advance(2900);
    expect(scene.asked()).toEqual([0, 1]);
    expect(scene.outcomes).toEqual([]);
  });

  test('with nobody else to ask waits for its answer', () => {
    const scene = startHeavy({ upstreams: [buildUpstream(0)], hanging: [0] });
    scene.clock.advance(15_000);
    scene.send(0).answer(goodOutcome());
    expect(scene.outcome()).toMatchObject({ kind: 'answered', attempts: 1 });
  });

  test('is hedged all the same, where it is one that may be', () => {
    const budget = createRetryBudget();
    for (let call = 0; call < 100; call += 1) budget.noteCall(1000);
    const scene = startScene({ plan: { hedge: 'allowed' }, hanging: [0, 1], hedgeAfterMs: 80, budget });
    scene.clock.advance(80);
    expect(scene.send(1).order.purpose).toBe('hedge');
    scene.clock.advance(1000);
    expect(scene.asked()).toEqual([0, 1, 2]);
  });
});

describe('nobody else is asked beside', () => {
  test('an upstream that answers others meanwhile', () => {
    const scene = startHeavy({ hanging: [] });
    scene.clock.advance(9000);
    expect(scene.asked()).toEqual([0]);
    scene.send(0).answer(lostOutcome());
    expect(scene.asked()).toEqual([0, 1]);
  });

  test.each([
    ['for a write', { kind: 'once', class: 'write' }],
    ['for a call that must not be repeated', { retry: 'if-unsent' }],
  ] as const)('%s', (_, plan) => {
    const scene = startHeavy({ plan, hanging: [0] });
    expect(scene.clock.pending()).toBe(0);
    scene.clock.advance(19_000);
    expect(scene.asked()).toEqual([0]);
  });
});
