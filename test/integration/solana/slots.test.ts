import { describe, expect, test } from 'vitest';
import type { FakeAnswer } from '../../support/fake-methods.ts';
import { blockNotAvailable, slotSkipped, slotSkippedInArchive } from '../../support/solana-errors.ts';
import { type SolanaWorld, slotMs, startSolanaWorld } from '../../support/solana-world.ts';

const epochBlocks = 2250;

/** Calls to one node by method and commitment. */
function countsOf(world: SolanaWorld, name: string): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { method, params } of world.node(name).calls) {
    const asked = `${method} ${JSON.stringify(params)}`;
    counts[asked] = (counts[asked] ?? 0) + 1;
  }
  return counts;
}

const confirmedPoll = 'getLatestBlockhash [{"commitment":"confirmed"}]';
const finalizedPoll = 'getLatestBlockhash [{"commitment":"finalized"}]';

describe('the slot path', () => {
  test('one question per poll gives slot and blockhash, and no older slot is ever looked up', async () => {
    const world = await startSolanaWorld();
    world.node('a').forget();
    await world.run(60_000);
    const { [confirmedPoll]: heads, [finalizedPoll]: finals, ...others } = countsOf(world, 'a');
    expect({ heads, finals }).toEqual({ heads: 60, finals: 12 });
    expect(others).toEqual({ 'getGenesisHash []': 1, 'getHealth []': 1 });
    expect(world.upstream('a')).toMatchObject({ tracker: 'following', standing: 'serving' });
  });

  test('the head is the slot at the confirmed commitment, never the block height', async () => {
    const world = await startSolanaWorld();
    const { head = 0, finalized = 0 } = world.upstream('a');
    const newest = world.slots.newestBlock(world.slots.newest(), 'confirmed');
    expect(newest.slot - newest.height).toBeGreaterThan(1_000_000);
    expect(newest.slot - head).toBeLessThanOrEqual(1000 / slotMs + 1);
    expect(world.slots.block(head)).toBeDefined();
    expect(head - finalized).toBeGreaterThanOrEqual(31);
    expect((await world.call('getVersion')).height).toBe(world.view().tip);
  });

  test('a block height a client asks for passes through and moves no head (F-194)', async () => {
    const world = await startSolanaWorld();
    const { height } = world.slots.newestBlock(world.slots.newest(), 'confirmed');
    const reply = await world.call('getBlockHeight', [{ commitment: 'confirmed' }]);
    expect(reply).toMatchObject({ result: height, height: world.view().tip });
  });

  test('a processed slot a client reads is nobody’s confirmed head (F-194)', async () => {
    const world = await startSolanaWorld({ primary: ['a'], backup: [] });
    for (let count = 0; count < 40; count += 1) {
      await world.run(slotMs / 2);
      await world.call('getSlot', [{ commitment: 'processed' }]);
      const confirmed = world.slots.newestBlock(world.slots.newest(), 'confirmed').slot;
      expect(world.upstream('a').head).toBeLessThanOrEqual(confirmed);
    }
  });

  test('skipped slots are normal: nothing is missed, nobody fails, the tip moves on', async () => {
    const world = await startSolanaWorld({ slots: { skipEvery: 2 } });
    const before = world.view().tip ?? 0;
    await world.run(60_000);
    const { tip = 0, reason } = world.view();
    expect({ moved: tip - before >= 145, reason }).toEqual({ moved: true, reason: '' });
    for (const kind of ['blocks-missed', 'reorg-seen', 'attempt-failed', 'warned'] as const) {
      expect(world.of(kind)).toEqual([]);
    }
  });

  test('heights shown to clients never fall while one node lags behind the other (F-180)', async () => {
    const world = await startSolanaWorld({ prepare: (node) => node('b').lag(60) });
    const shown: number[] = [];
    for (let count = 0; count < 50; count += 1) {
      const reply = await world.call('getSlot', [{ commitment: 'confirmed' }]);
      shown.push(Number(reply.result));
      await world.run(100);
    }
    expect(shown).toEqual([...shown].sort((one, other) => one - other));
    expect(world.node('b').count('getSlot')).toBe(0);
  });
});

describe('the epoch of a solana chain', () => {
  test('is counted in finalized slots: it turns when the finalized slot passes the border, once', async () => {
    const border = 133_334 * epochBlocks;
    const world = await startSolanaWorld({ slots: { slot: border - 20 } });
    expect(world.view().epoch).toBe(133_333);
    await world.run(10_000);
    const { tip = 0, finalized = 0, epoch } = world.view();
    expect({ head: tip > border, final: finalized < border, epoch }).toEqual({
      head: true,
      final: true,
      epoch: 133_333,
    });
    await world.run(20_000);
    expect(world.view().finalized).toBeGreaterThanOrEqual(border);
    expect(world.view().epoch).toBe(133_334);
    expect(world.of('epoch-started').map((event) => event.epoch)).toEqual([133_333, 133_334]);
  });

  test('jumps over numbers nobody saw, with one transition', async () => {
    const world = await startSolanaWorld();
    world.slots.advance(3 * epochBlocks);
    await world.run(30_000);
    const { finalized = 0, epoch } = world.view();
    expect(epoch).toBe(Math.floor(finalized / epochBlocks));
    expect(world.of('epoch-started')).toHaveLength(2);
  });
});

describe('a cluster that was started anew', () => {
  test('is followed from its low slot on, its epochs are counted anew, and clients are served throughout', async () => {
    const world = await startSolanaWorld();
    world.slots.setNewest(5000);
    for (let count = 0; count < 60; count += 1) {
      await world.run(1000);
      expect(await world.call('getSlot')).toMatchObject({ status: 200, attempts: 1 });
    }
    const { tip = 0, finalized = 0, epoch, state } = world.view();
    expect({ state, epoch, final: finalized < 5200 }).toEqual({ state: 'running', epoch: 2, final: true });
    expect(tip - finalized).toBeGreaterThanOrEqual(31);
    expect(world.of('store-set-aside')).toHaveLength(1);
    for (const name of world.names) expect(world.upstream(name).standing).toBe('serving');
  });
});

describe('a tracker of slots survives', () => {
  const oddities: readonly (readonly [string, FakeAnswer])[] = [
    ['a block that is not available (-32004)', blockNotAvailable(1)],
    ['a skipped slot (-32007)', slotSkipped(1)],
    ['a slot missing in the archive (-32009)', slotSkippedInArchive(1)],
    ['a status that is not there yet (-32014)', { error: { code: -32014, message: 'Block status not yet available' } }],
    ['null', { result: null }],
    ['a context without a slot', { result: { context: {}, value: { blockhash: 'x', lastValidBlockHeight: 1 } } }],
    ['a slot that is none', { result: { context: { slot: '7' }, value: null } }],
  ];

  test.each(oddities)('%s in place of the head, once', async (_, answer) => {
    const world = await startSolanaWorld();
    let left = 1;
    world.node('a').on('getLatestBlockhash', () => (left-- > 0 ? answer : undefined));
    await world.run(5000);
    expect(world.upstream('a')).toMatchObject({ standing: 'serving', tracker: 'following', lagging: false });
    expect(world.of('tracker-changed').filter(({ state }) => state === 'error')).toEqual([]);
  });

  test.each(oddities)(
    '%s for half a minute: others serve meanwhile, and it comes back by probes',
    async (_, answer) => {
      const world = await startSolanaWorld();
      world.node('a').on('getLatestBlockhash', answer);
      await world.run(30_000);
      expect(world.upstream('a')).toMatchObject({ standing: 'blocked', reason: 'failed-polls' });
      expect(await world.call('getSlot')).toMatchObject({ provider: 'b', attempts: 1 });
      world.node('a').on('getLatestBlockhash', undefined);
      await world.run(120_000);
      expect(world.upstream('a')).toMatchObject({ standing: 'serving', tracker: 'following', lagging: false });
    },
  );
});
