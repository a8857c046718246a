import { describe, expect, test } from 'vitest';
import { type Stage, setStage } from '../../support/stage.ts';

const three = ['alpha', 'bravo', 'charlie'];
const hourMs = 3_600_000;

function expectBlameless(stage: Stage): void {
  for (const name of three) expect(stage.changesOf(name), name).toEqual(['serving']);
}

/** The newest block as a client sees it. */
async function newestBlock(stage: Stage): Promise<{ readonly number: number; readonly hash: string }> {
  const { result } = await stage.ask('eth_getBlockByNumber', ['latest', false]);
  const block: { readonly number: string; readonly hash: string } = JSON.parse(JSON.stringify(result));
  return { number: Number(block.number), hash: block.hash };
}

/** Blocks the store remembers that are not the chain's. */
function staleBlocks(stage: Stage): readonly number[] {
  const row: { readonly blocks: readonly (readonly [number, string])[] } = JSON.parse(
    JSON.stringify(stage.store.get('track/staged')),
  );
  expect(row.blocks.length).toBeGreaterThan(20);
  return row.blocks.filter(([height, hash]) => hash !== stage.chain.hashAt(height)).map(([height]) => height);
}

describe('a chain that halts for an hour and goes on', () => {
  test('F-178: blames nobody, begins no epoch, and is followed again', async () => {
    const stage = await setStage({ providers: three });
    await stage.pass(90_000);
    stage.chain.halt();
    await stage.pass(5000);
    const { tip, finalized, epoch } = stage.view();
    const told = stage.told('epoch-started').length;
    for (let quarter = 0; quarter < 4; quarter++) {
      await stage.pass(hourMs / 4);
      expect(await newestBlock(stage)).toMatchObject({ number: tip });
    }
    expect(stage.view()).toMatchObject({ tip, finalized, epoch, ready: true, reason: '', state: 'running' });
    expect(stage.told('epoch-started').length).toBe(told);
    stage.chain.resume();
    await stage.until(() => (stage.view().tip ?? 0) > (tip ?? 0) + 60, 120_000);
    expect(stage.view().epoch).toBeGreaterThan(epoch ?? 0);
    expectBlameless(stage);
  });

  test('F-178: one that does not go on with the others is told from them', async () => {
    const stage = await setStage({ providers: three });
    await stage.pass(90_000);
    stage.chain.halt();
    await stage.pass(hourMs);
    stage.set('charlie', { kind: 'stuck' });
    stage.chain.resume();
    await stage.until(() => stage.standings().charlie === 'blocked', 300_000);
    expect(stage.changesOf('charlie')).toEqual(['serving', 'blocked stale-head']);
    expect([stage.changesOf('alpha'), stage.changesOf('bravo')]).toEqual([['serving'], ['serving']]);
  });
});

describe('a devnet that mines only on demand', () => {
  test('stands still for an hour and blames nobody; what is mined is seen at once by the next poll', async () => {
    const stage = await setStage({ providers: three, chain: { mining: 'on-demand', height: 0 } });
    await stage.pass(hourMs);
    expect(await newestBlock(stage)).toMatchObject({ number: 0 });
    expect(stage.view()).toMatchObject({ tip: 0, ready: true, state: 'running', reason: '' });
    for (let mined = 1; mined <= 12; mined++) {
      stage.chain.mine();
      await stage.until(() => stage.view().tip === mined, 20_000);
      expect(await newestBlock(stage)).toMatchObject({ number: mined });
      await stage.pass(mined * 10_000);
    }
    expectBlameless(stage);
  });

  test('epochs come from the blocks that were mined, whatever time they took', async () => {
    const chain = { mining: 'on-demand', height: 0, finalityDepth: 2 } as const;
    const stage = await setStage({ providers: three, chain, config: { epochBlocks: 10 } });
    await stage.pass(5000);
    for (let mined = 1; mined <= 42; mined++) {
      stage.chain.mine();
      await stage.pass(mined === 20 ? hourMs : 1500);
    }
    await stage.until(() => stage.view().epoch === 4, 20_000);
    expect(stage.told('epoch-started').map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3, 4]);
  });
});

describe('a devnet that was reset', () => {
  test('while it was watched: its past is set aside, it is served on, and nobody is blamed', async () => {
    const stage = await setStage({ providers: three, chain: { height: 500 } });
    await stage.pass(90_000);
    const { epoch = 0 } = stage.view();
    stage.chain.reset();
    await stage.until(() => stage.told('store-set-aside').length > 0, 60_000);
    await stage.until(() => stage.view().state === 'running', 60_000);
    const { number, hash } = await newestBlock(stage);
    expect(number).toBeLessThan(100);
    expect(hash).toBe(stage.chain.hashAt(number));
    await stage.until(() => (stage.view().tip ?? 0) > 130, 120_000);
    expect(stage.view().epoch).toBeLessThan(epoch);
    expect(stage.told('store-set-aside').length).toBe(1);
    expectBlameless(stage);
  });
});

describe('a reorg', () => {
  test.each([
    ['of a few blocks', 3],
    ['below what was final', 100],
    ['deeper than the ring', 200],
  ])('F-183: %s is told once, and nobody is blamed', async (_words, depth) => {
    const stage = await setStage({ providers: three, chain: { finalityDepth: 64 } });
    await stage.pass(300_000);
    const { tip = 0 } = stage.view();
    stage.chain.reorg(depth);
    await stage.pass(60_000);
    const [told, ...more] = stage.told('reorg-seen');
    expect(more).toEqual([]);
    expect(told?.depth).toBeGreaterThanOrEqual(Math.min(depth, 110) - 2);
    expect(told?.depth).toBeLessThanOrEqual(Math.min(depth, 128));
    expect(stage.view()).toMatchObject({ ready: true, state: 'running', reason: '' });
    const { number, hash } = await newestBlock(stage);
    expect(number).toBeGreaterThan(tip);
    expect(hash).toBe(stage.chain.hashAt(number));
    expect(staleBlocks(stage)).toEqual([]);
    expectBlameless(stage);
  });

  test('deeper than the ring while no gateway ran: its past is set aside, and it is served on the new branch', async () => {
    const stage = await setStage({ providers: three, chain: { finalityDepth: 64 } });
    await stage.pass(300_000);
    stage.kill();
    stage.chain.reorg(200);
    stage.start();
    await stage.until(() => stage.told('store-set-aside').length > 0, 60_000);
    await stage.until(() => stage.view().state === 'running', 60_000);
    await stage.pass(120_000);
    expect(stage.told('reorg-seen')).toEqual([]);
    expect(stage.view()).toMatchObject({ ready: true, reason: '' });
    expect(staleBlocks(stage)).toEqual([]);
  });
});
