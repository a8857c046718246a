import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { UpstreamHealth } from '../../src/health/upstream-health.ts';
import {
  answersCounted,
  attemptFailed,
  buildVerdict,
  limitedVerdict,
  pollAnswered,
  pollFailed,
} from '../support/build-health.ts';
import { HealthLives, type LifeConfig, type LifeMood } from '../support/health-lives.ts';

const places = [0, 1, 2, 3];
const place = fc.constantFrom(...places);

const anyConfig: fc.Arbitrary<LifeConfig> = fc.record({
  members: fc.subarray(places, { minLength: 1 }),
  backups: fc.subarray(places),
});

const told = ['good', 'one-method', 'several-methods', 'blameless', 'late', 'poll-good', 'poll-failed'] as const;

type Deed =
  | { readonly kind: 'mood'; readonly place: number; readonly mood: LifeMood }
  | { readonly kind: 'told'; readonly place: number; readonly what: (typeof told)[number]; readonly times: number }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'chain'; readonly blocks: number }
  | { readonly kind: 'reload' | 'restart'; readonly config: LifeConfig }
  | { readonly kind: 'calm' }
  | { readonly kind: 'probe'; readonly place: number }
  | { readonly kind: 'order'; readonly place: number; readonly order: 'cordon' | 'uncordon' };

const anyDeed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('mood' as const),
      place,
      mood: fc.constantFrom<LifeMood>('good', 'good', 'refused', 'slow', 'limited', 'wrong-chain'),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('told' as const),
      place,
      what: fc.constantFrom(...told),
      times: fc.integer({ min: 1, max: 8 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(50, 1000, 2500, 6000, 31_000) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('chain' as const), blocks: fc.integer({ max: 250, min: 1 }) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('reload' as const), config: anyConfig }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const), config: anyConfig }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'calm' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('probe' as const), place }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('order' as const),
      place,
      order: fc.constantFrom('cordon' as const, 'uncordon' as const),
    }),
  },
);

async function perform(lives: HealthLives, deed: Deed): Promise<void> {
  switch (deed.kind) {
    case 'mood':
      return lives.setMood(deed.place, deed.mood);
    case 'pass':
      return lives.pass(deed.ms);
    case 'chain':
      return lives.advanceChain(deed.blocks);
    case 'reload':
    case 'restart':
      return lives[deed.kind](deed.config);
    case 'calm':
      return calmDown(lives);
    case 'probe':
      return lives.probe(deed.place);
    case 'order':
      return lives.cordon(deed.place, deed.order);
    case 'told':
      return tell(lives, deed);
  }
}

/** Half a minute in which all is well, with calls and polls: long enough for both steps of probation. */
async function calmDown(lives: HealthLives): Promise<void> {
  for (const where of places) lives.setMood(where, 'good');
  for (let second = 0; second < 30; second += 1) {
    for (const where of places) {
      tell(lives, { kind: 'told', place: where, what: 'poll-good', times: 1 });
      tell(lives, { kind: 'told', place: where, what: 'good', times: 1 });
    }
    await lives.pass(1000);
  }
}

function tell(lives: HealthLives, { place: where, what, times }: Extract<Deed, { kind: 'told' }>): void {
  for (let time = 0; time < times; time += 1) {
    const state = lives.at(where);
    if (state !== undefined) lives.fold(eventOf(state, { what, time, at: lives.clock.now() }));
  }
}

interface Told {
  readonly what: (typeof told)[number];
  readonly time: number;
  readonly at: number;
}

function eventOf(state: UpstreamHealth, { what, time, at }: Told) {
  const { key } = state.endpoint;
  const failed = { at, connection: time, verdict: buildVerdict('server-error') };
  switch (what) {
    case 'good':
      return answersCounted(state, { at, good: 5 });
    case 'one-method':
      return attemptFailed(state, { ...failed, method: 'call' });
    case 'several-methods':
      return attemptFailed(state, { ...failed, method: time % 2 === 0 ? 'call' : 'logs' });
    case 'blameless':
      return attemptFailed(state, { ...failed, verdict: limitedVerdict() });
    case 'late':
      return attemptFailed(state, { ...failed, method: `m${time}`, generation: state.generation - 1 });
    case 'poll-good':
      return pollAnswered({ upstream: key, at });
    case 'poll-failed':
      return pollFailed({ upstream: key, at, connection: time, broken: true });
  }
}

test('rules 1–6, 8–12: through reloads, changes of tier, epochs and restarts a standing is what the contract says it is', async () => {
  await fc.assert(
    fc.asyncProperty(anyConfig, fc.array(anyDeed, { minLength: 10, maxLength: 60 }), async (config, deeds) => {
      const lives = new HealthLives(config);
      for (const deed of deeds) await perform(lives, deed);
      lives.close();
      await lives.clock.advanceAsync(10_000);
      expect(lives.clock.pending()).toBe(0);
    }),
    { numRuns: 60 },
  );
});

test('a life goes through every change of standing that there is without a conviction', async () => {
  const config: LifeConfig = { members: places, backups: [3] };
  const lives = new HealthLives(config);
  const failing: Deed = { kind: 'told', place: 0, what: 'several-methods', times: 8 };
  const story: readonly Deed[] = [
    { kind: 'pass', ms: 1000 },
    failing,
    { kind: 'pass', ms: 1100 },
    failing,
    { kind: 'pass', ms: 6000 },
    { kind: 'told', place: 0, what: 'poll-failed', times: 4 },
    { kind: 'calm' },
    { kind: 'mood', place: 1, mood: 'refused' },
    { kind: 'restart', config },
    { kind: 'pass', ms: 2500 },
  ];
  for (const deed of story) await perform(lives, deed);
  lives.close();
  expect([...lives.turns].sort()).toEqual([
    'blocked → probation',
    'probation → blocked',
    'probation → serving',
    'serving → blocked',
    'unproven → blocked',
    'unproven → serving',
  ]);
});
