import { describe, expect, test } from 'vitest';
import type { FakeChain } from '../../support/fake-chain.ts';
import { endpoint, endpoints, evmSpec } from './builders.ts';
import { chainOfNow, createWorld, type World, type WorldOptions } from './world.ts';

const minutes = (count: number) => count * 60_000;
const states = (world: World) => world.of('chain-state-changed').map((event) => event.state);
const byHeight = (world: World) => world.asked.filter((question) => question.purpose === 'backfill');

function expectRing(world: World, from: number, to: number): void {
  for (let height = from; height <= to; height += 1) {
    expect(world.tracking.hashAt(height)).toBe(world.chain.block(height)?.hash);
  }
}

describe('a cold start', () => {
  test('runs as soon as two witnesses show one final block, which the polls already did', async () => {
    const world = createWorld();
    await world.clock.advanceAsync(300);
    expect(states(world)).toEqual(['waiting-safe-head', 'running']);
    expect(byHeight(world)).toEqual([]);
    expect(world.tracking.view().degraded).toBeUndefined();
  });

  test('waits for nobody who is dead for longer than 30 s, and says that it rests on one', async () => {
    const world = createWorld({ prepare: (url) => Object.assign(url(1), { mode: 'refused' }) });
    await world.clock.advanceAsync(29_000);
    expect(states(world)).toEqual(['waiting-safe-head']);
    await world.clock.advanceAsync(4000);
    expect(states(world)).toEqual(['waiting-safe-head', 'running']);
    expect(world.tracking.view().degraded).toBe('single-witness');
    world.url(1).mode = 'good';
    await world.clock.advanceAsync(minutes(3));
    expect(world.tracking.view().degraded).toBeUndefined();
  });

  test('with one of three dead it is as quick as with none', async () => {
    const world = createWorld({
      endpoints: endpoints(3),
      prepare: (url) => Object.assign(url(1), { mode: 'timeout' }),
    });
    await world.clock.advanceAsync(1500);
    expect(world.tracking.view().state).toBe('running');
  });

  test('with only one configured, one is enough at once', async () => {
    const world = createWorld({ endpoints: endpoints(1) });
    await world.clock.advanceAsync(300);
    expect(world.tracking.view()).toMatchObject({ state: 'running' });
    expect(world.tracking.view().degraded).toBeUndefined();
  });

  test('final heights that differ are compared by reading the lower one', async () => {
    const world = createWorld({ prepare: (url) => Object.assign(url(1), { head: () => 990 }) });
    await world.clock.advanceAsync(1000);
    expect(world.tracking.view().state).toBe('running');
    expect(byHeight(world)).toMatchObject([{ upstream: 'ethereum/p0/json-rpc', params: '["0x3be",false]' }]);
  });

  test('a height without a second hash is not enough where hashes can be read', async () => {
    const world = createWorld({
      mining: 'on-demand',
      prepare: (url) => {
        url(0).lowest = 995;
        url(1).head = () => 990;
      },
    });
    await world.clock.advanceAsync(29_000);
    expect(world.tracking.view().state).toBe('waiting-safe-head');
    await world.clock.advanceAsync(4000);
    expect(world.tracking.view().state).toBe('running');
  });

  test('without a finalized tag the safe depth below the head is read from two', async () => {
    const world = createWorld({
      prepare: (url) => {
        for (const index of [0, 1]) url(index).finality = 'unsupported';
      },
    });
    await world.clock.advanceAsync(1000);
    expect(world.tracking.view().state).toBe('running');
    expect(byHeight(world)).toHaveLength(2);
  });

  test('two that disagree about it are waited for, at most 30 s', async () => {
    const world = createWorld({
      mining: 'on-demand',
      prepare: (url) => Object.assign(url(1), { chain: chainOfNow(1000, 12, 'another') }),
    });
    await world.clock.advanceAsync(29_000);
    expect(world.tracking.view().state).toBe('waiting-safe-head');
    await world.clock.advanceAsync(4000);
    expect(world.tracking.view().state).toBe('running');
  });

  test('with nobody alive it waits for ever, asks little, and starts when somebody comes (B9, F-172)', async () => {
    const world = createWorld({
      prepare: (url) => {
        for (const index of [0, 1]) url(index).mode = 'refused';
      },
    });
    await world.clock.advanceAsync(minutes(60));
    expect(states(world)).toEqual(['waiting-safe-head']);
    expect(world.tracking.view().tip).toBeUndefined();
    expect(world.asked.length).toBeLessThan(2 * 2 * 75);
    for (const index of [0, 1]) world.url(index).mode = 'good';
    await world.clock.advanceAsync(90_000);
    expect(world.tracking.view().state).toBe('running');
  });

  test('a young chain is safe at its first block', async () => {
    const world = createWorld({ chain: chainOfNow(3), mining: 'on-demand' });
    await world.clock.advanceAsync(1000);
    expect(world.tracking.view()).toMatchObject({ state: 'running', tip: 3, finalized: 0 });
  });
});

describe('halted', () => {
  test('while every upstream is of another chain; it goes on when one is not', async () => {
    const world = createWorld({
      prepare: (url) => {
        for (const index of [0, 1]) url(index).identity = 'wrong';
      },
    });
    world.tracking.factsChanged();
    await world.clock.advanceAsync(1000);
    expect(world.tracking.view()).toMatchObject({ state: 'halted' });
    expect(world.tracking.view().stateDetail).toMatch(/another chain/);
    expect(world.asked).toEqual([]);
    for (const index of [0, 1]) world.url(index).identity = 'confirmed';
    world.tracking.factsChanged();
    await world.clock.advanceAsync(1000);
    expect(states(world)).toEqual(['waiting-safe-head', 'halted', 'waiting-safe-head', 'running']);
  });

  test('not while one is merely unknown', async () => {
    const world = createWorld({
      prepare: (url) => {
        url(0).identity = 'wrong';
        url(1).identity = 'unknown';
      },
    });
    world.tracking.factsChanged();
    await world.clock.advanceAsync(minutes(5));
    expect(world.tracking.view().state).toBe('waiting-safe-head');
  });
});

describe('the ring, where something needs it', () => {
  const needed = { plan: { needsRing: 'yes' } } as const;

  test('is filled 128 blocks down before the chain runs, ten reads a second at most', async () => {
    const world = createWorld({ ...needed, mining: 'on-demand' });
    await world.clock.advanceAsync(5000);
    expect(world.tracking.view().state).toBe('backfilling');
    expect(byHeight(world).length).toBeLessThanOrEqual(51);
    await world.clock.advanceAsync(12_000);
    expect(states(world)).toEqual(['waiting-safe-head', 'backfilling', 'running']);
    expectRing(world, 873, 1000);
    expect(byHeight(world).length).toBeLessThanOrEqual(130);
  });

  test('keeps up while the chain goes on, gap by gap', async () => {
    const world = createWorld({
      ...needed,
      spec: evmSpec({ blockTimeMs: 250, finality: { kind: 'instant' } }),
      chain: chainOfNow(1000, 0.25),
    });
    await world.clock.advanceAsync(minutes(2));
    expect(world.tracking.view().state).toBe('running');
    const { tip = 0 } = world.tracking.view();
    expectRing(world, tip - 100, tip - 8);
    expect(world.of('blocks-missed')).toEqual([]);
  });

  test('goes as far down as the upstreams serve', async () => {
    const world = createWorld({
      ...needed,
      mining: 'on-demand',
      prepare: (url) => {
        for (const index of [0, 1]) url(index).lowest = 950;
      },
    });
    await world.clock.advanceAsync(20_000);
    expect(world.tracking.view().state).toBe('running');
    expectRing(world, 950, 1000);
  });

  test('goes as far down as the chain does', async () => {
    const world = createWorld({ ...needed, chain: chainOfNow(20), mining: 'on-demand' });
    await world.clock.advanceAsync(20_000);
    expect(world.tracking.view().state).toBe('running');
    expectRing(world, 0, 20);
  });

  test('takes no block that its child does not name, whoever is asked first', async () => {
    const world = createWorld({
      ...needed,
      endpoints: endpoints(3),
      mining: 'on-demand',
      prepare: (url) => Object.assign(url(0), { chain: chainOfNow(1000, 12, 'another'), finality: 'unsupported' }),
    });
    await world.clock.advanceAsync(60_000);
    expect(world.tracking.view().state).toBe('running');
    expectRing(world, 873, 1000);
  });

  test('survives that half of the upstreams fail meanwhile', async () => {
    const world = createWorld({ ...needed, mining: 'on-demand' });
    await world.clock.advanceAsync(3000);
    world.url(0).mode = 'timeout';
    await world.clock.advanceAsync(minutes(3));
    expect(world.tracking.view().state).toBe('running');
    expectRing(world, 873, 1000);
  });

  test('a gap wider than it reaches is counted', async () => {
    const world = createWorld({ ...needed, mining: 'on-demand', spec: evmSpec({ finality: { kind: 'instant' } }) });
    await world.clock.advanceAsync(20_000);
    world.chain.mine(500);
    await world.clock.advanceAsync(40_000);
    expect(world.of('blocks-missed').map((event) => event.count)).toEqual([372]);
    expectRing(world, 1373, 1500);
  });
});

/** Runs a chain for a while, stops it, changes what `between` changes, and starts it again from its row. */
async function restarted(between: (chain: FakeChain) => void, options: WorldOptions = {}): Promise<World> {
  const chain = chainOfNow();
  const before = createWorld({ chain, mining: 'on-demand', plan: { needsRing: 'yes' } });
  await before.clock.advanceAsync(30_000);
  const restored = JSON.parse(JSON.stringify(before.tracking.row()));
  before.tracking.close();
  between(chain);
  return createWorld({ chain, mining: 'on-demand', ...options, plan: { restored, ...options.plan } });
}

describe('resume always wins', () => {
  test('the chain runs at once, with what it knew, and nobody asked', async () => {
    const world = await restarted(() => {}, {
      prepare: (url) => {
        for (const index of [0, 1]) url(index).mode = 'refused';
      },
    });
    expect(world.tracking.view()).toMatchObject({
      state: 'running',
      stateDetail: 'resumed',
      tip: 1000,
      finalized: 968,
    });
    expect(world.asked).toEqual([]);
    expectRing(world, 873, 1000);
  });

  test('the tip is canonical: all is kept, after two questions', async () => {
    const world = await restarted((chain) => chain.mine(5));
    await world.clock.advanceAsync(5000);
    expect(world.tracking.view()).toMatchObject({ state: 'running', tip: 1005 });
    expectRing(world, 900, 1000);
    expect(byHeight(world)).toHaveLength(2);
    expect(world.of('store-set-aside')).toEqual([]);
  });

  test('a reorg while it was down: the ring is rewound to the fork, no stale hash is left', async () => {
    const world = await restarted((chain) => {
      chain.reorg(3);
      chain.mine(2);
    });
    await world.clock.advanceAsync(5000);
    expectRing(world, 900, 997);
    expect(world.of('reorg-seen')).toEqual([]);
    for (const height of [998, 999, 1000]) {
      const known = world.tracking.hashAt(height);
      if (known !== undefined) expect(known).toBe(world.chain.block(height)?.hash);
    }
    expect(world.of('store-set-aside')).toEqual([]);
    expect(world.tracking.view().state).toBe('running');
  });

  test('a reorg of the tip while it was down is found by the comparison, and is no news', async () => {
    const world = await restarted((chain) => chain.reorg(1));
    await world.clock.advanceAsync(5000);
    expectRing(world, 900, 1000);
    expect(world.of('reorg-seen')).toEqual([]);
  });

  test('a reorg below what was final is another chain: the store is set aside', async () => {
    const world = await restarted((chain) => chain.reorg(100));
    await world.clock.advanceAsync(5000);
    expect(world.of('store-set-aside')).toHaveLength(1);
    expectRing(world, 999, 1000);
  });

  test('two URLs of one operator are not two witnesses against the store', async () => {
    const world = await restarted(() => {}, {
      chain: chainOfNow(1200, 12, 'another'),
      plan: { endpoints: [endpoint(0), endpoint(1, { group: 'p0.example' }), endpoint(2)] },
      prepare: (url) => Object.assign(url(2), { mode: 'refused' }),
    });
    await world.clock.advanceAsync(minutes(2));
    expect(world.of('store-set-aside')).toEqual([]);
    expect(world.tracking.hashAt(1000)).toBeUndefined();
  });

  test('a chain shorter than the stored tip starts from the smaller', async () => {
    const world = await restarted((chain) => chain.setHeight(990));
    await world.clock.advanceAsync(5000);
    expect(world.tracking.view()).toMatchObject({ state: 'running', tip: 990 });
    expect(world.tracking.hashAt(990)).toBe(world.chain.block(990)?.hash);
    expect(world.tracking.hashAt(991)).toBeUndefined();
    expect(world.of('store-set-aside')).toEqual([]);
  });

  test('another chain in the folder: its part is set aside, and the chain starts cold', async () => {
    const chain = chainOfNow(1200, 12, 'another');
    const world = await restarted(() => {}, { chain });
    await world.clock.advanceAsync(5000);
    expect(world.of('store-set-aside')).toHaveLength(1);
    expect(world.of('store-set-aside')[0]?.detail).toMatch(/not the one of the upstreams/);
    expect(states(world)).toEqual(['running', 'waiting-safe-head', 'running']);
    expect(world.tracking.view()).toMatchObject({ tip: 1200, finalized: 1168 });
    expect(world.tracking.hashAt(1000)).toBeUndefined();
  });

  test('one of two is not enough to set the store aside by a hash', async () => {
    const world = await restarted(() => {}, {
      prepare: (url) => {
        url(0).chain = chainOfNow(1200, 12, 'another');
        url(1).mode = 'refused';
      },
    });
    await world.clock.advanceAsync(minutes(2));
    expect(world.of('store-set-aside')).toEqual([]);
    expect(world.tracking.view().state).toBe('running');
  });

  test('a devnet that was reset: its final height falls for three polls, then the store is set aside', async () => {
    const world = await restarted(() => {}, {
      chain: chainOfNow(5, 12, 'fresh'),
      plan: { endpoints: [endpoint(0)] },
    });
    await world.clock.advanceAsync(15_000);
    expect(world.of('store-set-aside')).toEqual([]);
    await world.clock.advanceAsync(25_000);
    expect(world.of('store-set-aside')).toHaveLength(1);
    expect(world.tracking.view()).toMatchObject({ state: 'running', tip: 5, finalized: 0 });
    expectRing(world, 4, 5);
  });

  test('a devnet that is reset while it is watched is noticed alike', async () => {
    const world = createWorld({ endpoints: endpoints(1), mining: 'on-demand' });
    await world.clock.advanceAsync(minutes(1));
    world.url(0).chain = chainOfNow(0, 12, 'fresh');
    await world.clock.advanceAsync(minutes(2));
    expect(world.of('store-set-aside')).toHaveLength(1);
    expect(world.tracking.view()).toMatchObject({ state: 'running', tip: 0, finalized: 0 });
  });

  test('junk in the store is a cold start', async () => {
    const world = createWorld({ plan: { restored: { version: 1, tip: 'many' } } });
    await world.clock.advanceAsync(500);
    expect(states(world)).toEqual(['waiting-safe-head', 'running']);
  });

  test('where the ring is needed it is compared and filled first', async () => {
    const world = await restarted((chain) => chain.mine(5), { plan: { needsRing: 'yes' } });
    expect(world.tracking.view().state).toBe('backfilling');
    await world.clock.advanceAsync(10_000);
    expect(world.tracking.view().state).toBe('running');
    expectRing(world, 878, 1005);
  });
});
