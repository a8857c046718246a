import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AttemptOutcome } from '../../src/model/answer.ts';
import type { FaultName } from '../../src/model/faults.ts';
import type { RelayOutcome, RelayPlan } from '../../src/relay/relay-plan.ts';
import { createRetryBudget } from '../../src/relay/retry-budget.ts';
import { startRelay } from '../../src/relay/start-relay.ts';
import {
  errorAnswer,
  errorOutcome,
  goodOutcome,
  lostOutcome,
  rateLimitedOutcome,
  refusedOutcome,
} from '../support/build-outcome.ts';
import { buildUpstream } from '../support/build-pairing.ts';
import { buildPlan } from '../support/relay-scene.ts';
import { createVirtualClock, type VirtualClock } from '../support/virtual-clock.ts';

/** How one upstream behaves: after how long it says what; `silent` never says anything. */
interface Behaviour {
  readonly ms: number;
  readonly outcome: AttemptOutcome | 'silent';
}

const anyBehaviour: fc.Arbitrary<Behaviour> = fc.record({
  ms: fc.integer({ min: 1, max: 900 }),
  outcome: fc.constantFrom<AttemptOutcome | 'silent'>(
    'silent',
    goodOutcome(),
    refusedOutcome(),
    rateLimitedOutcome(3000),
    lostOutcome({ meaning: 'result-too-large', blame: 'none' }),
    errorOutcome({ meaning: 'internal-error' }, errorAnswer(-32603, 'internal')),
    errorOutcome({ meaning: 'generic', blame: 'none', retry: 'once' }, errorAnswer(-32000, 'generic')),
    errorOutcome({ meaning: 'data-missing', blame: 'none', retry: 'once' }, errorAnswer(-32000, 'missing')),
    errorOutcome({ meaning: 'reverted', blame: 'none', retry: 'no' }, errorAnswer(3, 'reverted')),
  ),
});

const anyWorld = fc.record({
  behaviours: fc.array(anyBehaviour, { maxLength: 6 }),
  plan: fc
    .record({
      maxAttempts: fc.integer({ min: 1, max: 4 }),
      deadlineAt: fc.integer({ min: 1001, max: 31_000 }),
    })
    .map(buildPlan),
});

interface World {
  readonly behaviours: readonly Behaviour[];
  readonly plan: RelayPlan;
  readonly clock: VirtualClock;
  /** Sends neither answered nor cancelled. */
  readonly open: Set<number>;
  readonly outcomes: RelayOutcome[];
  /** When the last outcome came. */
  settledAt: number;
}

/** Runs one call against upstreams that are asked in order and behave as drawn, until nothing moves any more. */
function run({ behaviours, plan }: Pick<World, 'behaviours' | 'plan'>): World {
  const clock = createVirtualClock();
  const world: World = { behaviours, plan, clock, open: new Set(), outcomes: [], settledAt: 0 };
  const upstreams = behaviours.map((_, index) => buildUpstream(index));
  startRelay(
    plan,
    {
      clock,
      budget: createRetryBudget(),
      emit: () => undefined,
      pick(asked, among) {
        const left = among === 'all' ? upstreams.filter(({ endpoint }) => !asked.includes(endpoint.index)) : [];
        const [upstream] = left;
        return upstream === undefined
          ? { kind: 'nobody', refusals: [], retryAfterMs: 5000 }
          : { kind: 'picked', upstream, resort: 'primary', askable: left.length };
      },
      send(upstream, order, done) {
        const { index } = upstream.endpoint;
        const { ms, outcome } = behaviours[index] ?? { ms: 1, outcome: 'silent' };
        const isLate = outcome === 'silent' || ms > order.timeoutMs;
        world.open.add(index);
        const stop = clock.after(isLate ? order.timeoutMs : ms, () => {
          world.open.delete(index);
          done(isLate ? lostOutcome() : outcome);
        });
        return () => {
          world.open.delete(index);
          stop();
        };
      },
    },
    (outcome) => {
      world.outcomes.push(outcome);
      world.settledAt = clock.now();
    },
  );
  clock.advance(60_000);
  return world;
}

/** What a reader of the contract would expect: one attempt after the other, without a machine. */
function expectation({ behaviours, plan }: Pick<World, 'behaviours' | 'plan'>): string {
  const seen: { readonly index: number; readonly outcome: AttemptOutcome }[] = [];
  let now = 1000;
  let isSecondTaken = false;
  for (const [index, behaviour] of behaviours.entries()) {
    const shares = Math.min(behaviours.length - index, 3, plan.maxAttempts + 1 - index);
    const left = plan.deadlineAt - now;
    const timeoutMs = shares <= 1 ? left : Math.max(1, Math.min(plan.attemptTimeoutMs, left / shares));
    const isInTime = behaviour.outcome !== 'silent' && behaviour.ms <= timeoutMs;
    const outcome = behaviour.outcome !== 'silent' && isInTime ? behaviour.outcome : lostOutcome();
    now += isInTime ? behaviour.ms : timeoutMs;
    seen.push({ index, outcome });
    const { retry, meaning } = outcome.verdict;
    if (meaning === 'ok') return `answered by ${index}`;
    if (retry === 'no' || (retry === 'once' && isSecondTaken)) break;
    if (retry === 'once') isSecondTaken = true;
    if (plan.deadlineAt - now < 10 || seen.length === plan.maxAttempts) break;
  }
  const worth = ['internal-error', 'generic', 'data-missing', 'reverted'];
  const answers = seen.filter(({ outcome }) => worth.includes(outcome.verdict.meaning));
  const rank = ({ outcome }: { outcome: AttemptOutcome }) => worth.indexOf(outcome.verdict.meaning);
  const best = answers.sort((a, b) => rank(b) - rank(a) || a.index - b.index)[0];
  return best === undefined
    ? expectedFault(
        seen.map(({ outcome }) => outcome),
        plan.deadlineAt - now,
      )
    : `answered by ${best.index}`;
}

function expectedFault(outcomes: readonly AttemptOutcome[], leftMs: number): FaultName {
  if (outcomes.every((outcome) => outcome.verdict.holdOff)) return 'NO_UPSTREAM';
  if (outcomes.every((outcome) => outcome.verdict.meaning === 'result-too-large')) return 'RESPONSE_TOO_LARGE';
  return leftMs < 10 ? 'DEADLINE_PASSED' : 'UPSTREAMS_EXHAUSTED';
}

function told(outcome: RelayOutcome | undefined): string {
  if (outcome === undefined) return 'nothing';
  return outcome.kind === 'answered' ? `answered by ${outcome.upstream.endpoint.index}` : outcome.fault;
}

test('a read ends as the contract, read line by line, says it ends', () => {
  fc.assert(
    fc.property(anyWorld, (drawn) => {
      expect(told(run(drawn).outcomes[0])).toBe(expectation(drawn));
    }),
    { numRuns: 3000 },
  );
});

test('a call of any kind settles once, in its time, and leaves neither a send nor a timer behind (I18)', () => {
  fc.assert(
    fc.property(
      anyWorld,
      fc.constantFrom('read', 'raw', 'once'),
      fc.integer({ min: 1, max: 3 }),
      (drawn, kind, broadcast) => {
        const plan = { ...drawn.plan, kind, broadcast };
        const world = run({ ...drawn, plan });
        expect(world.outcomes).toHaveLength(1);
        expect(world.settledAt).toBeLessThanOrEqual(plan.deadlineAt + 1);
        expect([...world.open]).toEqual([]);
        expect(world.clock.pending()).toBe(0);
      },
    ),
    { numRuns: 2000 },
  );
});
