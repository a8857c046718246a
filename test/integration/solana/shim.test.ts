import { type Address, createSolanaRpc, devnet, lamports, signature } from '@solana/kit';
import { expect, onTestFinished, test } from 'vitest';
import { post } from '../../support/ask-gateway.ts';
import { createSolanaLedger } from '../../support/solana-ledger.ts';
import { startSolanaShim } from '../../support/solana-shim.ts';
import { signerOf, signTransfer } from '../../support/solana-transactions.ts';

/** Two nodes of one cluster, and a client of each. Slots are made by the test. */
async function startNodes() {
  const ledger = createSolanaLedger({ skipEvery: 0 });
  const [near, far] = await Promise.all([startSolanaShim(ledger), startSolanaShim(ledger)]);
  onTestFinished(async () => {
    await near.wire.close();
    await far.wire.close();
  });
  return {
    ledger,
    near,
    far,
    ofNear: createSolanaRpc(devnet(near.wire.url)),
    ofFar: createSolanaRpc(devnet(far.wire.url)),
  };
}

const sol = 1_000_000_000n;

async function somebody(): Promise<Address> {
  return (await signerOf(1)).address;
}

test('nodes of one ledger agree, each as far as it has come', async () => {
  const { ledger, far, ofNear, ofFar } = await startNodes();
  const name = await ofNear.requestAirdrop(await somebody(), lamports(sol)).send();
  far.node.lag(10);
  ledger.slots.advance(3);
  const balances = [ofNear, ofFar].map(async (rpc) => (await rpc.getBalance(await somebody()).send()).value);
  expect(await Promise.all(balances)).toEqual([sol, 0n]);
  expect((await ofFar.getSignatureStatuses([name]).send()).value).toEqual([null]);
  ledger.slots.advance(12);
  expect((await ofFar.getBalance(await somebody()).send()).value).toBe(sol);
});

test('a commitment is a state of its own', async () => {
  const { ledger, ofNear } = await startNodes();
  const name = await ofNear.requestAirdrop(await somebody(), lamports(sol)).send();
  const seen: (readonly [bigint, bigint, bigint, unknown])[] = [];
  for (const slots of [1, 1, 40]) {
    ledger.slots.advance(slots);
    const at = async (commitment: 'processed' | 'confirmed' | 'finalized') =>
      (await ofNear.getBalance(await somebody(), { commitment }).send()).value;
    const [status] = (await ofNear.getSignatureStatuses([name]).send()).value;
    seen.push([await at('processed'), await at('confirmed'), await at('finalized'), status?.confirmationStatus]);
  }
  expect(seen).toEqual([
    [sol, 0n, 0n, 'processed'],
    [sol, sol, 0n, 'confirmed'],
    [sol, sol, sol, 'finalized'],
  ]);
});

test('a transaction is executed once, however many nodes are sent it, and its blockhash ages', async () => {
  const { ledger, near, ofNear, ofFar } = await startNodes();
  const [from, to] = await Promise.all([signerOf(1), signerOf(2)]);
  await ofNear.requestAirdrop(from.address, lamports(5n * sol)).send();
  ledger.slots.advance(2);
  const { value } = await ofNear.getLatestBlockhash().send();
  const transfer = await signTransfer({ from, to: to.address, lamports: sol, blockhash: value.blockhash });
  for (const rpc of [ofNear, ofFar]) {
    const sent = rpc.sendTransaction(transfer.wire, { encoding: 'base64' }).send();
    expect(await sent).toBe(transfer.signature);
  }
  ledger.slots.advance(2);
  expect((await ofFar.getBalance(to.address).send()).value).toBe(sol);
  const params = [transfer.wire, { encoding: 'base64', preflightCommitment: 'confirmed' }];
  const again = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'sendTransaction', params });
  const errorOf = async () => JSON.parse((await post(near.wire.url, again)).text).error.data.err;
  expect(await errorOf()).toBe('AlreadyProcessed');
  ledger.slots.advance(200);
  expect(await errorOf()).toBe('BlockhashNotFound');
  const [status] = (await ofNear.getSignatureStatuses([signature(transfer.signature)]).send()).value;
  expect(status).toMatchObject({ err: null, confirmationStatus: 'finalized', confirmations: null });
});

test('an account is shown to the last digit of its 64-bit numbers', async () => {
  const { ledger, near, ofNear } = await startNodes();
  await ofNear.requestAirdrop(await somebody(), lamports(sol)).send();
  ledger.slots.advance(2);
  const params = [await somebody(), { commitment: 'confirmed', encoding: 'base64' }];
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'getAccountInfo', params });
  expect((await post(near.wire.url, body)).text).toContain('"rentEpoch":18446744073709551615,"space":0');
});
