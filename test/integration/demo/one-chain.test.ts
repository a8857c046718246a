import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Devnet } from '../../../src/demo/start-devnet.ts';
import { devAccount, devTransfer } from './dev-account.ts';
import { ask, blockAt, blocksAt, heightOf, openDevnet, post, setAll, viewOf } from './open-devnet.ts';

const { devnet } = openDevnet();

const names = ['alpha', 'bravo', 'charlie'];

function until(holds: () => Promise<boolean>): Promise<unknown> {
  return vi.waitUntil(holds, { timeout: 20_000, interval: 20 });
}

async function sendThrough(name: string): Promise<string> {
  const nonce = Number(
    await ask<string>(devnet(), name, { method: 'eth_getTransactionCount', params: [devAccount.address, 'pending'] }),
  );
  const raw = await devAccount.signTransaction({ ...devTransfer, nonce });
  return ask<string>(devnet(), name, { method: 'eth_sendRawTransaction', params: [raw] });
}

async function passBlocks(count: number): Promise<number> {
  const goal = devnet().faults.view().height + count;
  await until(async () =>
    devnet()
      .faults.view()
      .providers.some(({ anvil }) => (anvil?.height ?? 0) >= goal),
  );
  return goal;
}

/** Every provider's blocks from the genesis to a height, once all have it. */
async function hashesUpTo(height: number): Promise<readonly (readonly (string | undefined)[])[]> {
  for (const name of names) await until(async () => (await blockAt(devnet(), name, height)) !== null);
  const heights = Array.from({ length: height + 1 }, (_, at) => at);
  return Promise.all(names.map(async (name) => (await blocksAt(devnet(), name, heights)).map((block) => block?.hash)));
}

async function expectOneChain(height: number): Promise<void> {
  const [alpha = [], bravo, charlie] = await hashesUpTo(height);
  expect(alpha).not.toContain(undefined);
  expect(new Set(alpha).size).toBe(height + 1);
  expect(bravo).toEqual(alpha);
  expect(charlie).toEqual(alpha);
}

async function killOutside(running: Devnet, name: string): Promise<void> {
  process.kill(viewOf(running, name).anvil?.pid ?? Number.NaN, 'SIGKILL');
  await until(async () => viewOf(running, name).anvil === undefined);
}

describe('the anvils of the devnet', () => {
  test('have the same blocks after 20 more with transactions sent to each of them', async () => {
    const sent: string[] = [];
    for (let round = 0; round < 12; round++) sent.push(await sendThrough(names[round % 3] ?? 'alpha'));
    const height = await passBlocks(20);
    await expectOneChain(height);
    for (const name of names) {
      for (const hash of sent) {
        expect(await ask(devnet(), name, { method: 'eth_getTransactionReceipt', params: [hash] })).toMatchObject({
          transactionHash: hash,
          status: '0x1',
        });
      }
    }
  });

  test('have a past and finalized blocks from the start, and none of them is of the future', async () => {
    const finalized = await ask<{ number: string; timestamp: string }>(devnet(), 'alpha', {
      method: 'eth_getBlockByNumber',
      params: ['finalized', false],
    });
    expect(Number(finalized.number)).toBeGreaterThanOrEqual(28);
    const newest = await blockAt(devnet(), 'alpha', devnet().faults.view().height);
    expect(Number(newest?.timestamp ?? finalized.timestamp)).toBeLessThanOrEqual(Date.now() / 1_000);
  });

  test('one that was killed has the same blocks once it was started again, transactions it missed among them', async () => {
    await devnet().faults.set('bravo', { kind: 'killed' });
    const sent = await sendThrough('alpha');
    await passBlocks(5);
    await devnet().faults.set('bravo', { kind: 'up' });
    const height = await passBlocks(2);
    await expectOneChain(height);
    expect(await ask(devnet(), 'bravo', { method: 'eth_getTransactionReceipt', params: [sent] })).toMatchObject({
      transactionHash: sent,
    });
  });

  test('one that somebody killed shows as killed, refuses connections, and comes back at the same address', async () => {
    const { url } = viewOf(devnet(), 'alpha');
    await killOutside(devnet(), 'alpha');
    expect(viewOf(devnet(), 'alpha')).toMatchObject({ fault: { kind: 'killed' }, trouble: 'its anvil is gone' });
    await expect(heightOf(devnet(), 'alpha')).rejects.toThrow('fetch failed');
    await devnet().faults.set('alpha', { kind: 'up' });
    expect(viewOf(devnet(), 'alpha')).toMatchObject({ url, fault: { kind: 'up' } });
    expect(viewOf(devnet(), 'alpha')).not.toHaveProperty('trouble');
    await expectOneChain(await passBlocks(2));
  });

  test('one that hangs does not hold the others up', async () => {
    const pid = viewOf(devnet(), 'alpha').anvil?.pid ?? Number.NaN;
    onTestFinished(() => void process.kill(pid, 'SIGCONT'));
    process.kill(pid, 'SIGSTOP');
    const height = await heightOf(devnet(), 'bravo');
    await until(async () => (await heightOf(devnet(), 'bravo')) > height + 5);
    expect(await heightOf(devnet(), 'charlie')).toBeGreaterThan(height);
    process.kill(pid, 'SIGCONT');
    await expectOneChain(await passBlocks(1));
  });

  test('all killed, the chain goes on from where it was', async () => {
    await passBlocks(1);
    await setAll(devnet(), { kind: 'killed' });
    const { height } = devnet().faults.view();
    await setAll(devnet(), { kind: 'up' });
    const later = await passBlocks(2);
    expect(later).toBeGreaterThan(height);
    await expectOneChain(later);
  });

  test('a transaction to a provider that stands still reaches the others and is caught up with', async () => {
    await devnet().faults.set('alpha', { kind: 'stuck' });
    const stood = await heightOf(devnet(), 'alpha');
    const sent = await sendThrough('bravo');
    await passBlocks(3);
    expect(await heightOf(devnet(), 'alpha')).toBe(stood);
    expect(await ask(devnet(), 'bravo', { method: 'eth_getTransactionReceipt', params: [sent] })).toMatchObject({
      transactionHash: sent,
    });
    await devnet().faults.set('alpha', { kind: 'up' });
    await expectOneChain(await passBlocks(1));
  });

  test('a lagging one follows at its distance and has the same blocks', async () => {
    await devnet().faults.set('charlie', { kind: 'lagging', blocks: 7 });
    await until(async () => {
      const [lagging, tip] = [await heightOf(devnet(), 'charlie'), await heightOf(devnet(), 'alpha')];
      return tip - lagging >= 7;
    });
    const before = await heightOf(devnet(), 'charlie');
    await until(async () => (await heightOf(devnet(), 'charlie')) > before + 3);
    const lagging = await heightOf(devnet(), 'charlie');
    expect(await blockAt(devnet(), 'charlie', await heightOf(devnet(), 'alpha'))).toBe(null);
    expect((await blockAt(devnet(), 'charlie', lagging))?.hash).toBe((await blockAt(devnet(), 'alpha', lagging))?.hash);
    expect((await heightOf(devnet(), 'alpha')) - lagging).toBeGreaterThanOrEqual(7);
  });

  test('what would part them is refused, alone and in a batch, and a batch with a transaction is answered in order', async () => {
    const refused = {
      jsonrpc: '2.0',
      id: 5,
      error: { code: -32601, message: expect.stringContaining('part the anvils') },
    };
    const mine = { jsonrpc: '2.0', id: 5, method: 'evm_mine', params: [] };
    expect(JSON.parse((await post(devnet(), 'alpha', JSON.stringify(mine))).text)).toEqual(refused);
    const batch = [
      { jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] },
      mine,
      {
        jsonrpc: '2.0',
        id: 9,
        method: 'eth_sendTransaction',
        params: [{ from: devTransfer.to, to: devAccount.address, value: '0x1' }],
      },
    ];
    expect(JSON.parse((await post(devnet(), 'alpha', JSON.stringify(batch))).text)).toEqual([
      { jsonrpc: '2.0', id: 1, result: '0x7a69' },
      refused,
      { jsonrpc: '2.0', id: 9, result: expect.stringMatching(/^0x[0-9a-f]{64}$/) },
    ]);
    await expectOneChain(await passBlocks(2));
  });
});
