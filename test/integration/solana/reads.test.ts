import { describe, expect, test } from 'vitest';
import type { FakeAnswer } from '../../support/fake-methods.ts';
import { minContextSlotNotReached, slotSkipped, slotSkippedInArchive } from '../../support/solana-errors.ts';
import { type SolanaWorld, startSolanaWorld } from '../../support/solana-world.ts';

/** How often each node was asked for a method, and what was held against anybody. */
function trace(world: SolanaWorld, method: string) {
  const asked = world.names.map((name) => world.node(name).count(method));
  const blamed = world.of('attempt-failed').filter(({ verdict }) => verdict.blame === 'upstream');
  return { asked, blamed };
}

describe('a skipped slot', () => {
  test('is final when two nodes agree: the second’s answer or the first’s goes to the client as it is (F-214)', async () => {
    const world = await startSolanaWorld();
    const skipped = 300_000_004 - 100;
    const reply = await world.call('getBlock', [skipped]);
    expect(world.slots.block(skipped)).toBeUndefined();
    expect(reply).toMatchObject({ status: 200, attempts: 2, error: errorIn(slotSkipped(skipped)) });
    const { asked, blamed } = trace(world, 'getBlock');
    expect({ total: asked.reduce((sum, count) => sum + count, 0), blamed }).toEqual({ total: 2, blamed: [] });
  });

  test('of an archive is final in the same way (F-214)', async () => {
    const world = await startSolanaWorld({
      prepare: (node) => {
        for (const name of ['a', 'b', 'c']) node(name).on('getBlock', slotSkippedInArchive(7));
      },
    });
    const reply = await world.call('getBlock', [7]);
    expect(reply).toMatchObject({ attempts: 2, error: errorIn(slotSkippedInArchive(7)) });
  });

  test('that one node merely lost is served by the other (F-214)', async () => {
    const world = await startSolanaWorld({ primary: ['a'] });
    const slot = 299_999_900;
    world.node('a').on('getBlock', slotSkipped(slot));
    const reply = await world.call('getBlock', [slot]);
    expect(reply).toMatchObject({
      provider: 'c',
      attempts: 2,
      result: { blockhash: world.slots.block(slot)?.blockhash },
    });
    expect(trace(world, 'getBlock').blamed).toEqual([]);
  });
});

describe('a slot by number', () => {
  test('is asked of nodes that have come so far', async () => {
    const world = await startSolanaWorld({ prepare: (node) => node('b').lag(20) });
    const { slot } = world.slots.newestBlock(world.slots.newest() - 5, 'confirmed');
    for (let count = 0; count < 10; count += 1) {
      expect(await world.call('getBlock', [slot, { commitment: 'confirmed' }])).toMatchObject({ provider: 'a' });
    }
    expect(world.node('b').count('getBlock')).toBe(0);
  });

  test('that a node has dropped is asked of one that keeps it, and nobody is blamed', async () => {
    const world = await startSolanaWorld({ primary: ['a'] });
    world.node('a').keepFrom(299_999_000);
    const reply = await world.call('getBlock', [1000]);
    expect(reply).toMatchObject({ provider: 'c', attempts: 2, result: { parentSlot: 998 } });
    expect(trace(world, 'getBlock').blamed).toEqual([]);
  });

  test.each<[string, FakeAnswer]>([
    ['is not available yet (-32004)', { error: { code: -32004, message: 'Block not available for slot 5' } }],
    ['has no status yet (-32014)', { error: { code: -32014, message: 'Block status not yet available for slot 5' } }],
    ['is below the context (-32016)', minContextSlotNotReached(5)],
    ['is of a node that is unwell (-32005)', { error: { code: -32005, message: 'Node is unhealthy' } }],
  ])('that %s is asked of another (F-214)', async (_, answer) => {
    const world = await startSolanaWorld({ primary: ['a'], prepare: (node) => node('a').on('getBlockTime', answer) });
    const reply = await world.call('getBlockTime', [299_999_900]);
    expect(reply).toMatchObject({ provider: 'c', attempts: 2, result: world.slots.block(299_999_900)?.time });
  });
});

describe('minContextSlot', () => {
  test('goes to nodes that have reached it, of those near the tip (F-215)', async () => {
    const world = await startSolanaWorld({ prepare: (node) => node('b').lag(15) });
    expect(world.upstream('b')).toMatchObject({ standing: 'serving', lagging: false });
    for (let count = 0; count < 10; count += 1) {
      const minContextSlot = world.upstream('a').head;
      const reply = await world.call('getBalance', ['key', { commitment: 'confirmed', minContextSlot }]);
      expect(reply).toMatchObject({ provider: 'a', attempts: 1 });
    }
  });

  test('above every known head is asked all the same: what is known is a poll old (F-215)', async () => {
    const world = await startSolanaWorld();
    const { slot: minContextSlot } = world.slots.newestBlock(world.slots.newest(), 'processed');
    const reply = await world.call('getBalance', ['key', { commitment: 'processed', minContextSlot }]);
    expect(minContextSlot).toBeGreaterThan(world.view().tip ?? 0);
    expect(reply).toMatchObject({ status: 200, attempts: 1 });
  });

  test('that nobody has reached ends in the nodes’ own words (F-215)', async () => {
    const world = await startSolanaWorld();
    const reply = await world.call('getBalance', ['key', { minContextSlot: world.slots.newest() + 1000 }]);
    expect(reply).toMatchObject({ attempts: 3, error: { code: -32016, data: { contextSlot: expect.any(Number) } } });
    expect(trace(world, 'getBalance').blamed).toEqual([]);
  });
});

function errorIn(answer: FakeAnswer): object {
  return 'error' in answer ? answer.error : {};
}
