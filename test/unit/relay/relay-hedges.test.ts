import { describe, expect, test } from 'vitest';
import { createRetryBudget } from '../../../src/relay/retry-budget.ts';
import { errorOutcome, goodOutcome, lostOutcome } from '../../support/build-outcome.ts';
import { buildUpstream } from '../../support/build-pairing.ts';
import { type RelayScene, type SceneTraits, startScene } from '../../support/relay-scene.ts';

const cancelled = lostOutcome({ meaning: 'cancelled', blame: 'none', retry: 'no' });

/** A budget of a chain that was called often enough for hedges. */
function earnedBudget() {
  const budget = createRetryBudget();
  for (let i = 0; i < 100; i += 1) budget.noteCall(1000);
  return budget;
}

function startHedged(traits: SceneTraits = {}): RelayScene {
  return startScene({
    budget: earnedBudget(),
    hedgeAfterMs: 80,
    ...traits,
    plan: { hedge: 'allowed', ...traits.plan },
  });
}

describe('a hedge', () => {
  test('is sent when the first upstream takes longer than it mostly does', () => {
    const scene = startHedged();
    scene.clock.advance(79);
    expect(scene.asked()).toEqual([0]);
    scene.clock.advance(1);
    expect(scene.asked()).toEqual([0, 1]);
    expect(scene.send(1).order.purpose).toBe('hedge');
  });

  test('that wins is the answer, and the loser is cancelled', () => {
    const scene = startHedged();
    scene.clock.advance(80);
    scene.send(1).answer(goodOutcome('"hedge"'));
    expect(scene.outcome()).toMatchObject({ kind: 'answered', purpose: 'hedge', attempts: 2 });
    expect(scene.send(0).cancelled).toBe(true);
    expect(scene.events).toEqual([{ kind: 'hedged', chain: 'testnet', result: 'won' }]);
    scene.send(0).answer(cancelled);
    expect(scene.outcomes).toHaveLength(1);
  });

  test('that loses is cancelled', () => {
    const scene = startHedged();
    scene.clock.advance(80);
    scene.send(0).answer(goodOutcome());
    expect(scene.send(1).cancelled).toBe(true);
    expect(scene.outcome()).toMatchObject({ purpose: 'client' });
    expect(scene.events).toEqual([{ kind: 'hedged', chain: 'testnet', result: 'lost' }]);
  });

  test('is not sent where the first answer was in time, and leaves no timer', () => {
    const scene = startHedged();
    scene.clock.advance(40);
    scene.send(0).answer(goodOutcome());
    expect(scene.clock.pending()).toBe(0);
    scene.clock.advance(1000);
    expect(scene.asked()).toEqual([0]);
  });

  test('is not sent once the first upstream has failed: the retry is the second try', () => {
    const scene = startHedged();
    scene.clock.advance(40);
    scene.send(0).answer(lostOutcome());
    scene.clock.advance(1000);
    expect(scene.asked()).toEqual([0, 1]);
  });

  test('is not sent from a last resort: there is nobody as good to ask', () => {
    const scene = startHedged({ resort: 'probation' });
    scene.clock.advance(1000);
    expect(scene.asked()).toEqual([0]);
  });

  test('is one per call', () => {
    const scene = startHedged();
    scene.clock.advance(1900);
    expect(scene.asked()).toEqual([0, 1]);
  });

  test('never goes to another tier', () => {
    const scene = startHedged({ upstreams: [buildUpstream(0), buildUpstream(1, { endpoint: { tier: 'backup' } })] });
    scene.clock.advance(1000);
    expect(scene.asked()).toEqual([0]);
    scene.send(0).answer(lostOutcome());
    expect(scene.asked()).toEqual([0, 1]);
  });

  test('stays within 5 % of the calls', () => {
    const budget = createRetryBudget();
    const calls = 200;
    let hedges = 0;
    for (let call = 0; call < calls; call += 1) {
      const scene = startHedged({ budget });
      scene.clock.advance(80);
      hedges += scene.sends.length - 1;
    }
    expect(hedges).toBe(calls * 0.05);
  });

  test('beyond the budget is not sent, and that is told', () => {
    const scene = startHedged({ budget: createRetryBudget() });
    scene.clock.advance(80);
    expect(scene.asked()).toEqual([0]);
    expect(scene.events).toEqual([{ kind: 'hedged', chain: 'testnet', result: 'over-budget' }]);
    scene.send(0).answer(goodOutcome());
    expect(scene.outcome()).toMatchObject({ kind: 'answered' });
  });

  test.each([
    ['of a heavy read', { plan: { class: 'heavy' } }],
    ['where the method forbids it', { plan: { hedge: 'never' } }],
    ['of a call that must not be repeated', { plan: { retry: 'if-unsent' } }],
    ['of a write', { plan: { kind: 'once' } }],
    ['before anything is known of the upstream', { hedgeAfterMs: undefined }],
    ['when the attempt would be over by then', { hedgeAfterMs: 5000 }],
  ] as const)(
    'is never sent %s',
    (_, { plan, ...traits }: { plan?: SceneTraits['plan']; hedgeAfterMs?: number | undefined }) => {
      const hedgeAfterMs = 'hedgeAfterMs' in traits ? traits.hedgeAfterMs : 80;
      const scene = startScene({
        budget: earnedBudget(),
        plan: { hedge: 'allowed', ...plan },
        ...(hedgeAfterMs !== undefined && { hedgeAfterMs }),
      });
      expect(scene.clock.pending()).toBe(0);
      scene.clock.advance(1999);
      expect(scene.asked()).toEqual([0]);
    },
  );
});

describe('while a hedge runs', () => {
  test('a failure of the first waits for the hedge, and the other way round', () => {
    const scene = startHedged();
    scene.clock.advance(80);
    scene.send(0).answer(lostOutcome());
    expect(scene.asked()).toEqual([0, 1]);
    scene.send(1).answer(goodOutcome());
    expect(scene.outcome()).toMatchObject({ kind: 'answered', purpose: 'hedge' });
  });

  test('two failures are followed by a retry', () => {
    const scene = startHedged();
    scene.clock.advance(80);
    scene.send(1).answer(lostOutcome());
    scene.send(0).answer(lostOutcome());
    expect(scene.asked()).toEqual([0, 1, 2]);
    expect(scene.send(2).order.purpose).toBe('retry');
  });

  test('an error that is final ends the call at once', () => {
    const scene = startHedged();
    scene.clock.advance(80);
    scene.send(1).answer(errorOutcome({ meaning: 'reverted', blame: 'none', retry: 'no' }));
    expect(scene.outcome()).toMatchObject({ kind: 'answered', verdict: { meaning: 'reverted' } });
    expect(scene.send(0).cancelled).toBe(true);
  });

  test('a final failure without an answer waits for the other', () => {
    const scene = startHedged();
    scene.clock.advance(80);
    scene.send(0).answer(lostOutcome({ meaning: 'result-too-large', blame: 'none', retry: 'no' }));
    expect(scene.outcomes).toEqual([]);
    scene.send(1).answer(goodOutcome());
    expect(scene.outcome()).toMatchObject({ kind: 'answered' });
  });

  test('the hedge is the second opinion after an error nobody knows', () => {
    const scene = startHedged();
    const unclassified = errorOutcome({ meaning: 'generic', blame: 'none', retry: 'once' });
    scene.clock.advance(80);
    scene.send(0).answer(unclassified);
    scene.send(1).answer(unclassified);
    expect(scene.asked()).toEqual([0, 1]);
    expect(scene.outcome()).toMatchObject({ kind: 'answered', verdict: { meaning: 'generic' } });
  });

  test('a client that goes stops both', () => {
    const scene = startHedged();
    scene.clock.advance(80);
    scene.cancel();
    expect(scene.sends.map((send) => send.cancelled)).toEqual([true, true]);
    expect(scene.outcomes).toEqual([]);
    expect(scene.clock.pending()).toBe(0);
  });
});
