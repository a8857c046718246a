import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AttemptOutcome } from '../../src/model/answer.ts';
import { mayHaveArrived } from '../../src/relay/best-answer.ts';
import type { RelayOutcome } from '../../src/relay/relay-plan.ts';
import type { LookUpResult, RelayEffect, RelayEvent, RelayState } from '../../src/relay/relay-state.ts';
import { openRelay, stepRelay } from '../../src/relay/step-relay.ts';
import { errorOutcome, goodOutcome, lostOutcome, refusedOutcome } from '../support/build-outcome.ts';
import { buildUpstream } from '../support/build-pairing.ts';
import { buildPlan } from '../support/relay-scene.ts';

const anyOutcome: fc.Arbitrary<AttemptOutcome> = fc.constantFrom(
  lostOutcome(),
  lostOutcome(),
  refusedOutcome(),
  goodOutcome(),
  errorOutcome({ meaning: 'nonce-too-low', blame: 'client', retry: 'no' }),
  errorOutcome({ meaning: 'insufficient-funds', blame: 'client', retry: 'no' }),
  errorOutcome({ meaning: 'mempool-full', blame: 'none', retry: 'other' }),
  errorOutcome({ meaning: 'tx-already-known', blame: 'none', retry: 'no' }),
);

type Move =
  | { readonly kind: 'pick' | 'nobody' | 'woke' | 'client-gone' }
  | { readonly kind: 'end'; readonly slot: number; readonly outcome: AttemptOutcome }
  | { readonly kind: 'looked-up'; readonly result: LookUpResult };

const anyMove: fc.Arbitrary<Move> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Move>({ kind: 'pick' }) },
  { weight: 2, arbitrary: fc.constantFrom<Move>({ kind: 'nobody' }, { kind: 'woke' }, { kind: 'client-gone' }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('end'), slot: fc.nat(4), outcome: anyOutcome }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('looked-up'),
      result: fc.constantFrom<LookUpResult>('found', 'absent', 'unclear'),
    }),
  },
);

/** A signed write under way, and what an onlooker saw of it. */
class Walk {
  state: RelayState;
  readonly running = new Set<number>();
  readonly ended: AttemptOutcome[] = [];
  readonly outcomes: RelayOutcome[] = [];
  lookUps = 0;
  /** What the look-up came to, once it was answered. */
  found: LookUpResult | undefined;
  #sent = 0;

  constructor(broadcast: number) {
    const plan = { class: 'write', knownResult: Buffer.from('"0xhash"'), lookUp: 'possible' } as const;
    const opened = openRelay(buildPlan({ kind: 'raw', broadcast, ...plan }), 1000);
    this.state = opened.state;
    this.#note(opened.effects);
  }

  get isLookingUp(): boolean {
    return this.lookUps === 1 && this.found === undefined;
  }

  make(move: Move): void {
    const wasLookingUp = this.isLookingUp;
    if (move.kind === 'looked-up' && wasLookingUp) this.found = move.result;
    if (move.kind === 'end' && this.running.delete(move.slot)) this.ended.push(move.outcome);
    const step = stepRelay(this.state, this.#eventOf(move));
    this.state = step.state;
    if (wasLookingUp && move.kind !== 'looked-up') expect(step.effects).toEqual([]);
    this.#note(step.effects);
  }

  #eventOf(move: Move): RelayEvent {
    const now = 1500;
    switch (move.kind) {
      case 'pick': {
        const traits = { resort: 'primary', askable: 3, hedgeAfterMs: undefined, lookAfterMs: undefined } as const;
        return { kind: 'picked', now, upstream: buildUpstream(this.#sent), ...traits };
      }
      case 'nobody':
        return { kind: 'nobody', now, refusals: [], retryAfterMs: 1000 };
      case 'woke':
        return { kind: 'woke', now, waiting: undefined };
      case 'client-gone':
        return { kind: 'client-gone' };
      case 'end':
        return { kind: 'ended', now, slot: move.slot, outcome: move.outcome };
      case 'looked-up':
        return { kind: 'looked-up', now, result: move.result };
    }
  }

  #note(effects: readonly RelayEffect[]): void {
    for (const effect of effects) {
      expect(this.outcomes).toEqual([]);
      if (effect.kind === 'send') {
        this.running.add(effect.slot);
        this.#sent += 1;
      }
      if (effect.kind === 'cancel') this.running.delete(effect.slot);
      if (effect.kind === 'look-up') this.lookUps += 1;
      if (effect.kind === 'settle') this.outcomes.push(effect.outcome);
    }
  }
}

test('F-143: a write is looked for at most once, only in doubt, with nothing running, and ends by what is found', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 }), fc.array(anyMove, { maxLength: 40 }), (broadcast, moves) => {
      const walk = new Walk(broadcast);
      for (const move of moves) {
        const before = walk.lookUps;
        walk.make(move);
        if (walk.lookUps > before) expect(walk.running.size).toBe(0);
      }
      expect(walk.lookUps).toBeLessThanOrEqual(1);
      const [outcome] = walk.outcomes;
      if (walk.lookUps === 1) expect(walk.ended.some(mayHaveArrived)).toBe(true);
      if (walk.isLookingUp) expect(walk.outcomes).toEqual([]);
      if (walk.found === 'found') expect(outcome).toMatchObject({ kind: 'answered', answer: { kind: 'result' } });
      if (walk.found === 'unclear') expect(outcome).toMatchObject({ fault: 'WRITE_OUTCOME_UNKNOWN' });
      if (outcome?.kind === 'failed' && walk.ended.some(mayHaveArrived)) expect(walk.lookUps).toBe(1);
    }),
    { numRuns: 500 },
  );
});
