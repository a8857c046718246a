import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AttemptOutcome } from '../../src/model/answer.ts';
import { isAlreadyKnown } from '../../src/model/verdict.ts';
import { mayHaveArrived } from '../../src/relay/best-answer.ts';
import type { RelayOutcome, RelayPlan } from '../../src/relay/relay-plan.ts';
import type { RelayEffect, RelayEvent, RelayState } from '../../src/relay/relay-state.ts';
import { openRelay, stepRelay } from '../../src/relay/step-relay.ts';
import {
  errorOutcome,
  goodOutcome,
  lostOutcome,
  rateLimitedOutcome,
  refusedOutcome,
} from '../support/build-outcome.ts';
import { buildUpstream } from '../support/build-pairing.ts';
import { buildPlan } from '../support/relay-scene.ts';

const upstreams = Array.from({ length: 9 }, (_, index) =>
  buildUpstream(index, { endpoint: { tier: index < 6 ? 'primary' : 'backup' } }),
);

/** Nobody but one that is blocked and has all the calls it may have. */
const fullLastResort = [{ upstream: buildUpstream(0, { standing: 'blocked' }), reason: 'paced' }] as const;

const anyOutcome: fc.Arbitrary<AttemptOutcome> = fc.constantFrom(
  goodOutcome(),
  refusedOutcome(),
  lostOutcome(),
  lostOutcome({ meaning: 'connection-lost' }),
  lostOutcome({ meaning: 'result-too-large', blame: 'none' }),
  lostOutcome({ meaning: 'local-network', blame: 'none', retry: 'no' }),
  rateLimitedOutcome(3000),
  errorOutcome({ meaning: 'internal-error' }),
  errorOutcome({ meaning: 'auth-failed' }),
  errorOutcome({ meaning: 'generic', blame: 'none', retry: 'once' }),
  errorOutcome({ meaning: 'method-unsupported', blame: 'capability', retry: 'once' }),
  errorOutcome({ meaning: 'reverted', blame: 'none', retry: 'no' }),
  errorOutcome({ meaning: 'tx-already-known', blame: 'none', retry: 'no' }),
  errorOutcome({ meaning: 'block-unknown', blame: 'none', retry: 'same-later' }),
);

const anyPlan: fc.Arbitrary<RelayPlan> = fc
  .record({
    kind: fc.constantFrom('read', 'raw', 'once'),
    class: fc.constantFrom('light', 'heavy', 'write'),
    deadlineAt: fc.integer({ min: 1000, max: 31_000 }),
    maxAttempts: fc.integer({ min: 1, max: 4 }),
    retry: fc.constantFrom('allowed', 'allowed', 'if-unsent'),
    hedge: fc.constantFrom('allowed', 'never'),
    broadcast: fc.integer({ min: 1, max: 3 }),
  })
  .map((traits) => buildPlan({ ...traits, ...(traits.broadcast === 2 && { knownResult: Buffer.from('"0x"') }) }));

/** One move of the world. Numbers choose among what there is; many moves make no sense, and must change nothing. */
type Move =
  | { readonly kind: 'pick'; readonly which: number }
  | { readonly kind: 'nobody' | 'full' }
  | { readonly kind: 'over-budget' }
  | { readonly kind: 'end'; readonly slot: number; readonly outcome: AttemptOutcome }
  | { readonly kind: 'woke'; readonly waiting: 'hanging' | 'patient' | undefined }
  | { readonly kind: 'client-gone' }
  | { readonly kind: 'wait'; readonly ms: number };

const anyMove: fc.Arbitrary<Move> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('pick'), which: fc.nat(8) }) },
  { weight: 1, arbitrary: fc.constantFrom<Move>({ kind: 'nobody' }, { kind: 'full' }, { kind: 'over-budget' }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('end'), slot: fc.nat(5), outcome: anyOutcome }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('woke'), waiting: fc.constantFrom('hanging', 'patient', undefined) }),
  },
  { weight: 1, arbitrary: fc.constant<Move>({ kind: 'client-gone' }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait'), ms: fc.integer({ min: 1, max: 3000 }) }) },
);

/** Everything a relay did, as an onlooker writes it down. */
interface Onlooker {
  state: RelayState;
  now: number;
  readonly sends: { readonly index: number; readonly at: number; readonly timeoutMs: number }[];
  readonly running: Set<number>;
  readonly ended: AttemptOutcome[];
  readonly outcomes: RelayOutcome[];
  drops: number;
  effectsAfterEnd: number;
  asked: readonly number[];
}

function begin(plan: RelayPlan): Onlooker {
  const record: Onlooker = {
    state: { kind: 'settled' },
    now: 1000,
    sends: [],
    running: new Set(),
    ended: [],
    outcomes: [],
    drops: 0,
    effectsAfterEnd: 0,
    asked: [],
  };
  const opened = openRelay(plan, record.now);
  record.state = opened.state;
  note(record, opened.effects);
  return record;
}

function note(record: Onlooker, effects: readonly RelayEffect[]): void {
  for (const effect of effects) {
    if (record.outcomes.length + record.drops > 0) record.effectsAfterEnd += 1;
    if (effect.kind === 'send') {
      record.sends[effect.slot] = {
        index: effect.upstream.endpoint.index,
        at: record.now,
        timeoutMs: effect.timeoutMs,
      };
      record.running.add(effect.slot);
    }
    if (effect.kind === 'cancel') record.running.delete(effect.slot);
    if (effect.kind === 'settle') record.outcomes.push(effect.outcome);
    if (effect.kind === 'drop') record.drops += 1;
    if (effect.kind === 'pick') record.asked = effect.asked;
  }
}

function happen(record: Onlooker, event: RelayEvent): void {
  if (event.kind === 'ended' && record.running.delete(event.slot)) record.ended.push(event.outcome);
  const step = stepRelay(record.state, event);
  record.state = step.state;
  note(record, step.effects);
}

function move(record: Onlooker, next: Move): void {
  const { now } = record;
  switch (next.kind) {
    case 'wait':
      record.now += next.ms;
      return;
    case 'pick': {
      const left = upstreams.filter(({ endpoint }) => !record.asked.includes(endpoint.index));
      const upstream = left[next.which % left.length];
      if (upstream === undefined) return;
      const { tier } = upstream.endpoint;
      const delays = { hedgeAfterMs: 60, lookAfterMs: 1000 };
      return happen(record, { kind: 'picked', now, upstream, resort: tier, askable: left.length, ...delays });
    }
    case 'nobody':
      return happen(record, { kind: 'nobody', now, refusals: [], retryAfterMs: 1000 });
    case 'full':
      return happen(record, { kind: 'nobody', now, refusals: fullLastResort, retryAfterMs: 1000 });
    case 'over-budget':
      return happen(record, { kind: 'over-budget', now });
    case 'end':
      return happen(record, { kind: 'ended', now, slot: next.slot, outcome: next.outcome });
    case 'woke':
      return happen(record, { kind: 'woke', now, waiting: next.waiting });
    case 'client-gone':
      return happen(record, { kind: 'client-gone' });
  }
}

/** Answers whatever is still open, so that a relay that can end does. */
function runOut(record: Onlooker): void {
  for (let turn = 0; turn < 40 && record.state.kind === 'open'; turn += 1) {
    const [slot] = record.running;
    if (slot !== undefined) happen(record, { kind: 'ended', now: record.now, slot, outcome: lostOutcome() });
    else move(record, { kind: turn % 2 === 0 ? 'nobody' : 'over-budget' });
  }
}

const anyWalk = fc.record({ plan: anyPlan, moves: fc.array(anyMove, { maxLength: 40 }) });

function walk({ plan, moves }: { plan: RelayPlan; moves: readonly Move[] }): Onlooker {
  const record = begin(plan);
  for (const next of moves) move(record, next);
  return record;
}

describe('whatever the order of events, a relay', () => {
  test('settles or is dropped at most once, and does nothing after', () => {
    fc.assert(
      fc.property(anyWalk, (drawn) => {
        const record = walk(drawn);
        expect(record.outcomes.length + record.drops).toBeLessThanOrEqual(1);
        expect(record.effectsAfterEnd).toBe(0);
      }),
      { numRuns: 3000 },
    );
  });

  test('asks no upstream twice, and no more of them than it may (I14, B18)', () => {
    fc.assert(
      fc.property(anyWalk, (drawn) => {
        const { sends } = walk(drawn);
        const { plan } = drawn;
        const most = plan.maxAttempts + (plan.kind === 'raw' ? plan.broadcast - 1 : 1);
        expect(new Set(sends.map((send) => send.index)).size).toBe(sends.length);
        expect(sends.length).toBeLessThanOrEqual(most);
      }),
      { numRuns: 3000 },
    );
  });

  test('leaves no attempt running after it ended', () => {
    fc.assert(
      fc.property(anyWalk, (drawn) => {
        const record = walk(drawn);
        if (record.state.kind === 'settled') expect([...record.running]).toEqual([]);
      }),
      { numRuns: 3000 },
    );
  });

  test('ends, once everything it waits for has come', () => {
    fc.assert(
      fc.property(anyWalk, (drawn) => {
        const record = walk(drawn);
        runOut(record);
        expect(record.state.kind).toBe('settled');
        expect(record.outcomes.length + record.drops).toBe(1);
      }),
      { numRuns: 3000 },
    );
  });

  test('gives no attempt more time than the call has left, and none no time (I14)', () => {
    fc.assert(
      fc.property(anyWalk, (drawn) => {
        for (const send of walk(drawn).sends) {
          expect(send.timeoutMs).toBeGreaterThan(0);
          expect(send.at + send.timeoutMs).toBeLessThanOrEqual(Math.max(drawn.plan.deadlineAt, send.at + 1) + 1e-6);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('sends a write other than raw on only where it cannot have been carried out (I16)', () => {
    fc.assert(
      fc.property(anyWalk, (drawn) => {
        const record = walk({ ...drawn, plan: { ...drawn.plan, kind: 'once' } });
        const doubtful = record.ended.filter(mayHaveArrived).length;
        const open = record.running.size;
        expect(doubtful + open).toBeLessThanOrEqual(1);
        if (doubtful === 1)
          expect(record.outcomes[0]).toMatchObject({ kind: 'failed', fault: 'WRITE_OUTCOME_UNKNOWN' });
      }),
      { numRuns: 3000 },
    );
  });

  test('answers with a good answer that came before its end, and never with a fault instead', () => {
    fc.assert(
      fc.property(anyWalk, (drawn) => {
        const record = walk(drawn);
        runOut(record);
        const [outcome] = record.outcomes;
        if (outcome === undefined) return;
        const hasGood = record.ended.some((ended) => ended.verdict.meaning === 'ok');
        if (hasGood) expect(outcome).toMatchObject({ kind: 'answered', verdict: { meaning: 'ok' } });
        else if (outcome.kind === 'answered') expect(outcome.verdict.meaning).not.toBe('ok');
      }),
      { numRuns: 3000 },
    );
  });

  test('never says that a write failed, or was rejected with an upstream’s malfunction, while it may have arrived', () => {
    fc.assert(
      fc.property(anyWalk, (drawn) => {
        const plan = drawn.plan.kind === 'read' ? { ...drawn.plan, kind: 'raw' as const } : drawn.plan;
        const record = walk({ ...drawn, plan });
        runOut(record);
        const [outcome] = record.outcomes;
        if (outcome === undefined || !record.ended.some(mayHaveArrived)) return;
        if (outcome.kind === 'failed') expect(outcome.fault).toBe('WRITE_OUTCOME_UNKNOWN');
        else if (outcome.verdict.meaning !== 'ok' && !isAlreadyKnown(outcome.verdict)) {
          expect(outcome.doubt).toBe('may-have-arrived');
          expect(outcome.verdict.retry).toBe('no');
          expect(['nonce-too-low', 'double-spend']).not.toContain(outcome.verdict.meaning);
        }
      }),
      { numRuns: 3000 },
    );
  });

  test('has a code for its end in the table of faults, and tells every attempt', () => {
    fc.assert(
      fc.property(anyWalk, (drawn) => {
        const record = walk(drawn);
        runOut(record);
        const [outcome] = record.outcomes;
        if (outcome?.kind !== 'failed') return;
        expect(outcome.attempts).toHaveLength(record.sends.length);
        for (const attempt of outcome.attempts) expect(attempt.ms).toBeGreaterThanOrEqual(0);
        if (outcome.retryAfterMs !== undefined) expect(Number.isFinite(outcome.retryAfterMs)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
