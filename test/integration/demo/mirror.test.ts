import { afterEach, describe, expect, test } from 'vitest';
import type { Follower } from '../../../src/demo/follower.ts';
import { Mirror } from '../../../src/demo/mirror.ts';
import type { Anvil } from '../../../src/demo/spawn-anvil.ts';
import { startAnvil } from '../../support/anvil.ts';
import { devAccount, devTransfer } from './dev-account.ts';

const genesisTime = 1_700_000_000;
const started: Anvil[] = [];

afterEach(async () => {
  for (const anvil of started.splice(0)) await anvil.stop();
});

async function twin(): Promise<Anvil> {
  const anvil = await startAnvil({ blockTime: 'none', timestamp: genesisTime, flags: ['--order', 'fifo'] });
  started.push(anvil);
  return anvil;
}

/** A mirror that forgets early, so that few blocks are enough. */
function smallMirror(): Mirror {
  return new Mirror({ genesisTime, bounds: { usualSteps: 10, mostSteps: 40, usualBytes: 1_000_000 } });
}

function transaction(nonce: number): Promise<Buffer> {
  return devAccount
    .signTransaction({ ...devTransfer, nonce })
    .then((raw) =>
      Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_sendRawTransaction', params: [raw] })),
    );
}

async function newestHash(follower: Follower): Promise<unknown> {
  await follower.advance();
  const block = await follower.anvil.rpc('eth_getBlockByNumber', ['latest', false]);
  return typeof block === 'object' && block !== null && 'hash' in block ? block.hash : undefined;
}

async function mine(mirror: Mirror, blocks: number): Promise<void> {
  for (let block = 0; block < blocks; block++) await mirror.mine(genesisTime + mirror.height + 1);
}

describe('the mirror', () => {
  test('brings a late anvil to the same blocks from a dumped state, with a transaction that still waits for its turn', async () => {
    const mirror = smallMirror();
    const first = await mirror.join(await twin());
    await mirror.send(await transaction(1), first);
    await mine(mirror, 35);
    const late = await mirror.join(await twin());
    expect(late.height).toBe(35);
    await mirror.send(await transaction(0), late);
    await mine(mirror, 1);
    expect(await newestHash(late)).toBe(await newestHash(first));
    const mined = await late.anvil.rpc('eth_getTransactionCount', [devAccount.address, 'latest']);
    expect(mined).toBe('0x2');
  });

  test('tells an anvil that stood still for too long that it is adrift', async () => {
    const mirror = smallMirror();
    const first = await mirror.join(await twin());
    const second = await mirror.join(await twin());
    await second.follow({ kind: 'standing' });
    await mine(mirror, 5);
    expect(second.isAdrift).toBe(false);
    await mine(mirror, 40);
    await first.advance();
    expect({ adrift: second.isAdrift, height: second.height, inStep: first.height }).toEqual({
      adrift: true,
      height: 0,
      inStep: 45,
    });
  });

  test('ends an anvil that makes other blocks than most', async () => {
    const mirror = smallMirror();
    const followers = [
      await mirror.join(await twin()),
      await mirror.join(await twin()),
      await mirror.join(await twin()),
    ];
    const [deviant, ...sound] = followers;
    await deviant?.anvil.rpc('anvil_setBalance', [devAccount.address, '0x1']);
    for (let block = 0; block < 2; block++) {
      await mine(mirror, 1);
      for (const follower of followers) await follower.advance();
    }
    expect(await deviant?.ended).toBe('its chain parted from that of the others');
    await deviant?.anvil.gone;
    expect(sound.map(({ isInStep }) => isInStep)).toEqual([true, true]);
  });

  test('stands still while nothing follows its tip, and refuses transactions', async () => {
    const mirror = smallMirror();
    const only = await mirror.join(await twin());
    await only.follow({ kind: 'standing' });
    await mine(mirror, 3);
    expect(mirror.height).toBe(0);
    expect(await mirror.send(await transaction(0), only)).toBe(undefined);
    await only.follow({ kind: 'tip' });
    await mine(mirror, 3);
    expect(only.height).toBe(3);
  });
});
