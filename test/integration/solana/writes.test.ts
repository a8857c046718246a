import { describe, expect, test } from 'vitest';
import { preflightFailed } from '../../support/solana-errors.ts';
import { signerOf, signTransfer } from '../../support/solana-transactions.ts';
import { type SolanaWorld, startSolanaWorld } from '../../support/solana-world.ts';

/** Signs a transfer on the newest confirmed blockhash of the cluster. */
async function transferNow(world: SolanaWorld) {
  const { blockhash } = world.slots.newestBlock(world.slots.newest(), 'confirmed');
  const [from, to] = await Promise.all([signerOf(1), signerOf(2)]);
  return signTransfer({ from, to: to.address, lamports: 5n, blockhash });
}

const config = { encoding: 'base64', preflightCommitment: 'confirmed' };

function sends(world: SolanaWorld): readonly number[] {
  return ['a', 'b', 'c'].map((name) => world.node(name).count('sendTransaction'));
}

describe('a signed transaction', () => {
  test('goes to two nodes at once, and its signature is the answer', async () => {
    const world = await startSolanaWorld();
    const { wire, signature } = await transferNow(world);
    expect(await world.call('sendTransaction', [wire, config])).toMatchObject({ status: 200, result: signature });
    expect(sends(world)).toEqual([1, 1, 0]);
  });

  test('whose blockhash two nodes have not seen yet goes to a third that has (F-150)', async () => {
    const world = await startSolanaWorld({
      prepare: (node) => {
        for (const name of ['a', 'b']) node(name).lag(15);
      },
    });
    const { wire, signature } = await transferNow(world);
    const reply = await world.call('sendTransaction', [wire, config]);
    expect(reply).toMatchObject({ result: signature, provider: 'c', attempts: 3 });
    expect(world.of('attempt-failed').filter(({ verdict }) => verdict.blame === 'upstream')).toEqual([]);
  });

  test('is not sent to a node that lags while others do not (F-150)', async () => {
    const world = await startSolanaWorld({ primary: ['a', 'b', 'd'], prepare: (node) => node('b').lag(60) });
    const { wire, signature } = await transferNow(world);
    expect(await world.call('sendTransaction', [wire, config])).toMatchObject({ result: signature });
    expect(world.node('b').count('sendTransaction')).toBe(0);
  });

  test('whose blockhash nobody knows is refused in the nodes’ own words, after one more was asked (F-150)', async () => {
    const world = await startSolanaWorld();
    const [from, to] = await Promise.all([signerOf(1), signerOf(2)]);
    const unknown = await signTransfer({ from, to: to.address, lamports: 5n, blockhash: from.address });
    const reply = await world.call('sendTransaction', [unknown.wire, config]);
    expect(reply).toMatchObject({
      error: {
        code: -32002,
        message: 'Transaction simulation failed: Blockhash not found',
        data: { err: 'BlockhashNotFound' },
      },
    });
    expect(sends(world)).toEqual([1, 1, 1]);
  });

  test('sent again is a success with the same signature: it was processed already (F-150)', async () => {
    const world = await startSolanaWorld();
    const { wire, signature } = await transferNow(world);
    const first = await world.call('sendTransaction', [wire, config]);
    const second = await world.call('sendTransaction', [wire, config]);
    expect([first.result, second.result, second.error]).toEqual([signature, signature, undefined]);
  });

  test('sent again in base58, as clients do by default, is the same success (F-150)', async () => {
    const world = await startSolanaWorld();
    const { wire, base58, signature } = await transferNow(world);
    await world.call('sendTransaction', [wire, config]);
    const again = await world.call('sendTransaction', [base58, { preflightCommitment: 'confirmed' }]);
    expect(again).toMatchObject({ result: signature, status: 200 });
  });

  test('that fails in the simulation is refused once, with the logs of the program', async () => {
    const err = { InstructionError: [0, { Custom: 1 }] };
    const refused = preflightFailed({
      err,
      logs: ['Program log: this transaction has already been processed'],
      unitsConsumed: 150,
    });
    const world = await startSolanaWorld({
      prepare: (node) => {
        for (const name of ['a', 'b', 'c']) node(name).on('sendTransaction', refused);
      },
    });
    const { wire } = await transferNow(world);
    const reply = await world.call('sendTransaction', [wire, config]);
    expect(reply).toMatchObject({ error: 'error' in refused ? refused.error : {} });
    expect(sends(world)).toEqual([1, 1, 0]);
  });

  test('an airdrop is no such thing: it is asked of one node, once', async () => {
    const world = await startSolanaWorld({
      prepare: (node) => {
        for (const name of ['a', 'b', 'c']) node(name).on('requestAirdrop', { result: 'signature' });
      },
    });
    expect(await world.call('requestAirdrop', ['key', 1_000_000])).toMatchObject({ result: 'signature', attempts: 1 });
    expect(['a', 'b', 'c'].reduce((sum, name) => sum + world.node(name).count('requestAirdrop'), 0)).toBe(1);
  });
});
