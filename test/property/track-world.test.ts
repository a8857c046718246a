import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { endpoint, endpoints, evmSpec, head } from '../unit/track/builders.ts';
import { createWorld, type FakeUrl, type World } from '../unit/track/world.ts';

const modes = [
  'good',
  'good',
  'good',
  'refused',
  'reset',
  'timeout',
  'rate-limited',
  'throws',
  'never',
  'syncing',
] as const;

type Trouble =
  | { readonly kind: 'mode'; readonly url: number; readonly mode: FakeUrl['mode'] }
  | { readonly kind: 'lie'; readonly by: number }
  | { readonly kind: 'facts'; readonly url: number; readonly facts: Partial<FakeUrl> }
  | { readonly kind: 'reorg'; readonly depth: number }
  | { readonly kind: 'connectivity'; readonly url: number; readonly change: 'connected' | 'disconnected' }
  | { readonly kind: 'traffic'; readonly url: number }
  | { readonly kind: 'reload'; readonly count: number };

const url = fc.nat(3);
const trouble: fc.Arbitrary<Trouble> = fc.oneof(
  fc.record({ kind: fc.constant('mode' as const), url, mode: fc.constantFrom(...modes) }),
  fc.record({ kind: fc.constant('lie' as const), by: fc.constantFrom(-5000, -50, 0, 50, 600, 1_000_000_000) }),
  fc.record({
    kind: fc.constant('facts' as const),
    url,
    facts: fc.constantFrom<Partial<FakeUrl>>(
      { heldOff: true, closed: { reason: 'held off' } },
      { heldOff: false, closed: undefined },
      { identity: 'wrong' },
      { identity: 'unknown' },
      { identity: 'confirmed' },
      { quarantined: true },
      { quarantined: false },
    ),
  }),
  fc.record({ kind: fc.constant('reorg' as const), depth: fc.integer({ min: 1, max: 20 }) }),
  fc.record({
    kind: fc.constant('connectivity' as const),
    url,
    change: fc.constantFrom('connected', 'disconnected' as const),
  }),
  fc.record({ kind: fc.constant('traffic' as const), url }),
  fc.record({ kind: fc.constant('reload' as const), count: fc.integer({ min: 1, max: 4 }) }),
);

const walks = fc.array(fc.record({ trouble, ms: fc.integer({ min: 1, max: 20_000 }) }), {
  minLength: 1,
  maxLength: 30,
});

/** The last one is the only one that ever lies. */
const liar = 3;
const key = (index: number) => `ethereum/p${index}/json-rpc`;

function cause(world: World, what: Trouble): void {
  switch (what.kind) {
    case 'mode':
      world.url(what.url).mode = what.mode;
      return;
    case 'lie':
      world.url(liar).head = () => Math.max(0, world.chain.height() + what.by);
      return;
    case 'facts':
      Object.assign(world.url(what.url), what.facts);
      return world.tracking.factsChanged();
    case 'reorg':
      return world.chain.reorg(what.depth);
    case 'connectivity':
      return world.tracking.connectivity(key(what.url), what.change);
    case 'traffic':
      world.tracking.clientCall();
      return world.tracking.headSeen(key(what.url), head(world.chain.height(), { at: world.clock.now() }));
    case 'reload':
      return world.tracking.replace(endpoints(what.count));
  }
}

function heal(world: World): void {
  for (let index = 0; index < 4; index += 1) {
    const healed = {
      mode: 'good',
      head: undefined,
      identity: 'confirmed',
      quarantined: false,
      heldOff: false,
    } as const;
    Object.assign(world.url(index), { ...healed, closed: undefined });
  }
  world.tracking.factsChanged();
}

function expectSound(world: World): void {
  const view = world.tracking.view();
  if (view.tip !== undefined && view.finalized !== undefined) expect(view.finalized).toBeLessThanOrEqual(view.tip);
  for (const one of view.upstreams) {
    expect(one.lagging && one.outlier).toBe(false);
    expect(one.lag ?? 0).toBeGreaterThanOrEqual(0);
    if (one.behindSince !== undefined) expect(one.behindSince).toBeLessThanOrEqual(world.clock.now());
    if (one.head === undefined) expect(one).toMatchObject({ lagging: false, outlier: false });
  }
  // Every tracker has one timer at most; the loop, the chain's miner and the answers under way have theirs.
  expect(world.clock.pending()).toBeLessThanOrEqual(4 + 1 + 1 + 12);
}

interface Step {
  readonly trouble: Trouble;
  readonly ms: number;
}

/** Walks a chain through its trouble, and expects it to be well minutes after. */
async function walkAndHeal(walk: readonly Step[], needsRing: 'yes' | 'no'): Promise<void> {
  const spec = evmSpec({ blockTimeMs: 4000, lagLimit: 5 });
  const world = createWorld({ endpoints: endpoints(4), spec, plan: { needsRing } });
  for (const { trouble: what, ms } of walk) {
    cause(world, what);
    await world.clock.advanceAsync(ms);
    expectSound(world);
  }
  world.tracking.replace(endpoints(4));
  heal(world);
  await world.run(240_000);
  const view = world.tracking.view();
  expect(view.upstreams.map((one) => one.tracker)).toEqual(Array(4).fill('following'));
  expect(view).toMatchObject({ tip: world.chain.height(), state: 'running' });
  expect(view.degraded).toBeUndefined();
  expect(view.upstreams.every((one) => !one.lagging && !one.outlier)).toBe(true);
  world.tracking.close();
}

describe('a chain in any trouble', () => {
  test('stays sound, and minutes after the trouble every tracker follows and the tip is the chain’s', async () => {
    await fc.assert(fc.asyncProperty(walks, fc.constantFrom('yes', 'no' as const), walkAndHeal), { numRuns: 25 });
  });

  test('fills its ring though one never says a word right after a reorg (seed -810950099)', async () => {
    await walkAndHeal(
      [
        { trouble: { kind: 'facts', url: 0, facts: { heldOff: true, closed: { reason: 'held off' } } }, ms: 1 },
        { trouble: { kind: 'mode', url: 1, mode: 'never' }, ms: 1 },
        { trouble: { kind: 'reorg', depth: 1 }, ms: 38 },
      ],
      'yes',
    );
  });

  test('fills its ring though the first block that is asked for is never answered (seed 7919)', async () => {
    await walkAndHeal(
      [
        { trouble: { kind: 'reload', count: 1 }, ms: 20 },
        { trouble: { kind: 'mode', url: 0, mode: 'never' }, ms: 20 },
      ],
      'yes',
    );
  });

  test('shared URLs show one head for all who share them, whatever happens (B29)', async () => {
    await fc.assert(
      fc.asyncProperty(walks, async (walk) => {
        const shared = [endpoint(0), endpoint(1, { tracker: 'url-0' }), endpoint(2), endpoint(3)];
        const world = createWorld({ endpoints: shared });
        for (const { trouble: what, ms } of walk) {
          if (what.kind !== 'reload') cause(world, what);
          await world.clock.advanceAsync(ms);
          const [first, second] = world.tracking.view().upstreams;
          expect(first).toEqual(second);
        }
        world.tracking.close();
      }),
      { numRuns: 12 },
    );
  });
});
