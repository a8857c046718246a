import { describe, expect, test } from 'vitest';
import { nodeBehind } from '../../support/solana-errors.ts';
import { type SolanaWorld, startSolanaWorld } from '../../support/solana-world.ts';

/** Reads the newest slot so many times and says who served. */
async function servedBy(world: SolanaWorld, times = 20): Promise<ReadonlySet<string | undefined>> {
  const served = new Set<string | undefined>();
  for (let count = 0; count < times; count += 1) served.add((await world.call('getSlot')).provider);
  return served;
}

describe('a node that lags', () => {
  test('by more than the limit is asked for nothing new, is never blocked, and is back when it caught up', async () => {
    const world = await startSolanaWorld({ primary: ['a', 'b', 'd'], prepare: (node) => node('b').lag(60) });
    expect(world.upstream('b')).toMatchObject({ standing: 'serving', lagging: true });
    expect(await servedBy(world)).toEqual(new Set(['a', 'd']));
    await world.run(120_000);
    expect(world.upstream('b')).toMatchObject({ standing: 'serving', lagging: true, trips: 0 });
    world.node('b').lag(0);
    await world.run(2000);
    expect(world.upstream('b')).toMatchObject({ standing: 'serving', lagging: false });
    expect(await servedBy(world)).toContain('b');
  });

  test('within the limit serves like the others', async () => {
    const world = await startSolanaWorld({ prepare: (node) => node('b').lag(15) });
    expect(world.upstream('b')).toMatchObject({ standing: 'serving', lagging: false });
    expect(await servedBy(world)).toEqual(new Set(['a', 'b']));
  });

  test('still serves where everybody else is gone, and the answer says so', async () => {
    const world = await startSolanaWorld({ primary: ['a', 'b'], backup: [], prepare: (node) => node('b').lag(60) });
    world.setReachable('a', 'no');
    const reply = await world.call('getSlot', [{ commitment: 'confirmed' }]);
    expect(reply).toMatchObject({ provider: 'b', degraded: 'lagging' });
    expect(world.slots.newest() - Number(reply.result)).toBeLessThanOrEqual(62);
  });
});

describe('a node that stands still', () => {
  test('is blocked after half a minute, and probes bring it back once it moves again', async () => {
    const world = await startSolanaWorld();
    world.node('b').standAt(world.slots.newest());
    await world.run(25_000);
    expect(world.upstream('b')).toMatchObject({ standing: 'serving', lagging: true });
    await world.run(15_000);
    expect(world.upstream('b')).toMatchObject({ standing: 'blocked', reason: 'stale-head' });
    expect(await servedBy(world)).toEqual(new Set(['a']));
    world.node('b').standAt(undefined);
    await world.run(90_000);
    expect(world.upstream('b')).toMatchObject({ standing: 'serving', lagging: false });
  });

  test('together with all others is nobody’s fault: the cluster itself may have halted', async () => {
    const world = await startSolanaWorld();
    for (const name of ['a', 'b', 'c']) world.node(name).standAt(world.slots.newest());
    await world.run(180_000);
    for (const name of ['a', 'b', 'c']) expect(world.upstream(name).standing).toBe('serving');
    expect(await world.call('getSlot')).toMatchObject({ attempts: 1 });
  });
});

describe('a node of another cluster', () => {
  const genesis = { result: '5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d' };

  test('is told by its genesis hash before it is asked anything else, and never serves', async () => {
    const world = await startSolanaWorld({ prepare: (node) => node('a').on('getGenesisHash', genesis) });
    expect(world.upstream('a')).toMatchObject({ identity: 'wrong', standing: 'blocked', reason: 'wrong-identity' });
    expect(world.node('a').calls.map(({ method }) => method)).not.toContain('getLatestBlockhash');
    expect(await servedBy(world)).toEqual(new Set(['b']));
  });

  test('that every node is, halts the chain, and says what to do', async () => {
    const world = await startSolanaWorld({
      prepare: (node) => {
        for (const name of ['a', 'b', 'c']) node(name).on('getGenesisHash', genesis);
      },
    });
    expect(world.view()).toMatchObject({ state: 'halted', ready: false });
    expect(world.view().reason).toMatch(/of another chain than configured/);
    expect(await world.call('getSlot')).toMatchObject({ status: 503, error: { data: { fault: 'NOT_READY' } } });
    expect(['a', 'b', 'c'].map((name) => world.node(name).count('getSlot'))).toEqual([0, 0, 0]);
  });

  test('that a node turned into is found within a minute', async () => {
    const world = await startSolanaWorld();
    world.node('a').on('getGenesisHash', genesis);
    await world.run(61_000);
    expect(world.upstream('a')).toMatchObject({ identity: 'wrong', standing: 'blocked' });
  });
});

describe('a node that says of itself that it is behind (F-214)', () => {
  const unwell = nodeBehind(500);

  test('is asked for nothing new although its head keeps up, and is never blocked for it', async () => {
    const world = await startSolanaWorld({ prepare: (node) => node('a').on('getHealth', unwell) });
    expect(world.upstream('a')).toMatchObject({ standing: 'serving', identity: 'confirmed', lagging: true });
    expect(world.upstream('a').sentence).toMatch(/says itself that it is behind/);
    expect(await servedBy(world)).toEqual(new Set(['b']));
    await world.run(300_000);
    expect(world.upstream('a')).toMatchObject({ standing: 'serving', lagging: true, trips: 0 });
  });

  test('is back within seconds of saying that it is well', async () => {
    const world = await startSolanaWorld({ prepare: (node) => node('a').on('getHealth', unwell) });
    world.node('a').on('getHealth', undefined);
    await world.run(11_000);
    expect(world.upstream('a').lagging).toBe(false);
    expect(await servedBy(world)).toEqual(new Set(['a', 'b']));
  });

  test('later than at its start, is found within a minute', async () => {
    const world = await startSolanaWorld();
    world.node('a').on('getHealth', unwell);
    await world.run(61_000);
    expect(world.upstream('a')).toMatchObject({ standing: 'serving', lagging: true });
  });

  test('as all others do, still serves', async () => {
    const world = await startSolanaWorld({
      prepare: (node) => {
        for (const name of ['a', 'b', 'c']) node(name).on('getHealth', unwell);
      },
    });
    expect(await world.call('getSlot')).toMatchObject({ status: 200, attempts: 1, degraded: 'lagging' });
    expect(world.view()).toMatchObject({ ready: true, state: 'running' });
  });

  test.each([
    ['does not have the method', { error: { code: -32601, message: 'Method not found' } }],
    ['may not be asked it', { error: { code: 403, message: 'getHealth is not available on the free tier' } }],
    ['answers something else', { result: null }],
  ])('is not one that %s', async (_, answer) => {
    const world = await startSolanaWorld({ prepare: (node) => node('a').on('getHealth', answer) });
    await world.run(120_000);
    expect(world.upstream('a')).toMatchObject({ standing: 'serving', lagging: false, trips: 0 });
  });

  test('in answer to a client’s call, leaves the call to another', async () => {
    const world = await startSolanaWorld({ primary: ['a'], prepare: (node) => node('a').on('getBalance', unwell) });
    expect(await world.call('getBalance', ['key'])).toMatchObject({ provider: 'c', attempts: 2, status: 200 });
  });
});
