import {
  type Address,
  createSolanaRpc,
  devnet,
  isSolanaError,
  type Lamports,
  lamports,
  SOLANA_ERROR__JSON_RPC__SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE as preflightFailure,
  type Signature,
  SOLANA_ERROR__INSTRUCTION_ERROR__CUSTOM,
  signature,
} from '@solana/kit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askHttp, eventually, post, standings } from '../support/ask-gateway.ts';
import { type GatewayProcess, startGatewayProcess } from '../support/gateway-process.ts';
import { createSolanaLedger, type SolanaLedger } from '../support/solana-ledger.ts';
import { faucetSeed, type SolanaShim, startSolanaShim } from '../support/solana-shim.ts';
import { devnetGenesis } from '../support/solana-slots.ts';
import { type SignedTransfer, signerOf, signTransfer } from '../support/solana-transactions.ts';

/** A gateway process in front of a cluster of three nodes: two primaries and a backup. */
interface Cluster {
  readonly ledger: SolanaLedger;
  readonly shims: Readonly<Record<'a' | 'b' | 'c', SolanaShim>>;
  readonly gateway: GatewayProcess;
  /** Where clients send their calls. */
  readonly url: string;
  stop(): Promise<void>;
}

/** A quarter of Solana's slot: tests wait for confirmations. */
const slotMs = 100;

const sol = 1_000_000_000n;

let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster();
});

afterAll(() => cluster.stop());

async function startCluster(): Promise<Cluster> {
  const ledger = createSolanaLedger();
  const [a, b, c] = await Promise.all([1, 2, 3].map(() => startSolanaShim(ledger)));
  if (a === undefined || b === undefined || c === undefined) throw new Error('a node is missing');
  const slots = ledger.run(slotMs);
  const primary = [
    { name: 'a', url: a.wire.url },
    { name: 'b', url: b.wire.url },
  ];
  const backup = [{ name: 'c', url: c.wire.url }];
  const gateway = await startGatewayProcess({ chains: { solana: { spec: 'solana-devnet', primary, backup } } });
  await eventually(
    () => standings(gateway.adminUrl),
    (found) => ['a', 'b', 'c'].every((name) => found[name] === 'serving'),
  );
  return {
    ledger,
    shims: { a, b, c },
    gateway,
    url: `${gateway.url}/solana`,
    async stop() {
      await gateway.stop();
      slots.stop();
      for (const shim of [a, b, c]) await shim.wire.close();
    },
  };
}

/** @solana/kit as it comes: its own ids, its own commitments. */
function kit(url = cluster.url) {
  return createSolanaRpc(devnet(url));
}

async function airdrop(to: Address, amount: bigint): Promise<Signature> {
  const name = await kit().requestAirdrop(to, lamports(amount)).send();
  await confirm(name);
  return name;
}

async function signNow(seed: number, to: Address, amount: bigint): Promise<SignedTransfer> {
  const { value } = await kit().getLatestBlockhash().send();
  return signTransfer({ from: await signerOf(seed), to, lamports: amount, blockhash: value.blockhash });
}

function send({ wire }: SignedTransfer): Promise<Signature> {
  return kit().sendTransaction(wire, { encoding: 'base64' }).send();
}

async function confirm(name: Signature): Promise<void> {
  const look = async () => (await kit().getSignatureStatuses([name]).send()).value[0];
  const status = await eventually(look, (found) => found !== null && found?.confirmationStatus !== 'processed');
  expect(status).toMatchObject({ err: null });
}

async function balanceOf(owner: Address): Promise<Lamports> {
  return (await kit().getBalance(owner).send()).value;
}

describe('@solana/kit with its default settings, through the gateway', () => {
  test('reads slot, height, blockhash and genesis, and slots are no heights', async () => {
    const rpc = kit();
    const [slot, height, latest, genesis, health] = await Promise.all([
      rpc.getSlot().send(),
      rpc.getBlockHeight().send(),
      rpc.getLatestBlockhash().send(),
      rpc.getGenesisHash().send(),
      rpc.getHealth().send(),
    ]);
    expect({ genesis, health }).toEqual({ genesis: devnetGenesis, health: 'ok' });
    expect(slot - height).toBeGreaterThan(1_000_000n);
    const block = cluster.ledger.slots.block(Number(latest.context.slot));
    expect(latest.value).toEqual({
      blockhash: block?.blockhash,
      lastValidBlockHeight: BigInt((block?.height ?? 0) + 150),
    });
  });

  test('an airdrop and a signed transfer are sent, executed, confirmed and seen', async () => {
    const [payer, receiver] = await Promise.all([signerOf(21), signerOf(22)]);
    await airdrop(payer.address, 5n * sol);
    expect(await balanceOf(payer.address)).toBe(5n * sol);
    const transfer = await signNow(21, receiver.address, 2n * sol);
    expect(await send(transfer)).toBe(transfer.signature);
    await confirm(signature(transfer.signature));
    expect(await balanceOf(receiver.address)).toBe(2n * sol);
    expect(await balanceOf(payer.address)).toBe(3n * sol - 5000n);
  });

  test('a transaction sent again is answered with its signature, though every node calls it an error (F-150)', async () => {
    const [payer, receiver] = await Promise.all([signerOf(31), signerOf(32)]);
    await airdrop(payer.address, 5n * sol);
    const transfer = await signNow(31, receiver.address, sol);
    await send(transfer);
    await confirm(signature(transfer.signature));
    const params = [transfer.wire, { encoding: 'base64', preflightCommitment: 'confirmed' }];
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'sendTransaction', params });
    const { text } = await post(cluster.shims.a.wire.url, body);
    expect(JSON.parse(text)).toMatchObject({ error: { code: -32002, data: { err: 'AlreadyProcessed' } } });
    expect(await send(transfer)).toBe(transfer.signature);
    expect(await balanceOf(receiver.address)).toBe(sol);
  });

  test('a transfer that cannot be paid is refused in the machine’s own words, and not tried twice', async () => {
    const [payer, receiver] = await Promise.all([signerOf(41), signerOf(42)]);
    await airdrop(payer.address, sol);
    const transfer = await signNow(41, receiver.address, 50n * sol);
    const { a, b, c } = cluster.shims;
    const before = [a, b, c].map(({ wire }) => wire.count('sendTransaction'));
    const error = await send(transfer).catch((thrown: unknown) => thrown);
    if (!isSolanaError(error, preflightFailure)) throw new Error(`no preflight failure but ${error}`);
    expect(isSolanaError(error.cause, SOLANA_ERROR__INSTRUCTION_ERROR__CUSTOM)).toBe(true);
    expect(error.context.logs).toContainEqual(expect.stringMatching(/insufficient lamports/));
    const sends = [a, b, c].map(({ wire }, at) => wire.count('sendTransaction') - (before[at] ?? 0));
    expect(Math.max(...sends)).toBe(1);
  });

  test('lamports above 2^53 come through to the last digit', async () => {
    await airdrop((await signerOf(61)).address, sol);
    const rich = (await signerOf(faucetSeed)).address;
    const held = await balanceOf(rich);
    const direct = await kit(cluster.shims.a.wire.url).getBalance(rich).send();
    expect(held).toBe(direct.value);
    expect(held).not.toBe(BigInt(Number(held)));
  });

  test('ids that are text come back as text, and a content type may name its charset', async () => {
    const body = '{"jsonrpc":"2.0","id":"0","method":"getHealth","params":[]}';
    const { text, status } = await post(cluster.url, body, { 'content-type': 'application/json; charset=utf-8' });
    expect({ status, answer: JSON.parse(text) }).toEqual({
      status: 200,
      answer: { jsonrpc: '2.0', id: '0', result: 'ok' },
    });
  });

  test('what operators see is counted in slots', async () => {
    const { text } = await askHttp(`${cluster.gateway.adminUrl}/metrics`);
    const gauge = (name: string) =>
      Number(new RegExp(`^${name}\\{[^}]*chain="solana"[^}]*\\} (\\d+)$`, 'm').exec(text)?.[1]);
    const newest = cluster.ledger.slots.newest();
    const latest = gauge('switchyard_chain_latest_block');
    const finalized = gauge('switchyard_chain_finalized_block');
    expect(cluster.ledger.slots.block(latest)?.slot).toBe(latest);
    expect(newest - latest).toBeLessThan(100);
    expect(latest - finalized).toBeGreaterThanOrEqual(20);
    expect(gauge('switchyard_chain_epoch')).toBe(Math.floor(finalized / 2250));
  });
});

describe('nodes that lag', () => {
  test('refuse a blockhash they have not seen, and the transfer goes through all the same (F-150)', async () => {
    const { a, b } = cluster.shims;
    const [payer, receiver] = await Promise.all([signerOf(71), signerOf(72)]);
    await airdrop(payer.address, 5n * sol);
    for (const { node } of [a, b]) node.lag(60);
    const { slots } = cluster.ledger;
    slots.advance(10);
    const { blockhash } = slots.newestBlock(slots.newest(), 'confirmed');
    const transfer = await signTransfer({ from: payer, to: receiver.address, lamports: sol, blockhash });
    const direct = kit(a.wire.url).sendTransaction(transfer.wire, { encoding: 'base64' }).send();
    const refused = await direct.catch((thrown: unknown) => thrown);
    expect(isSolanaError(refused, preflightFailure)).toBe(true);
    expect(await send(transfer)).toBe(transfer.signature);
    for (const { node } of [a, b]) node.lag(0);
    await confirm(signature(transfer.signature));
    expect(await balanceOf(receiver.address)).toBe(sol);
  });
});

describe('a provider that dies while transfers are sent', () => {
  test('costs no transfer; with both primaries gone the backup serves', async () => {
    const [payer, receiver] = await Promise.all([signerOf(51), signerOf(52)]);
    await airdrop(payer.address, 100n * sol);
    const amounts = Array.from({ length: 12 }, (_, at) => sol + BigInt(at));
    for (const [at, amount] of amounts.entries()) {
      if (at === 4) await cluster.shims.a.wire.down();
      if (at === 8) await cluster.shims.b.wire.down();
      const transfer = await signNow(51, receiver.address, amount);
      expect(await send(transfer)).toBe(transfer.signature);
      await confirm(signature(transfer.signature));
    }
    const total = amounts.reduce((sum, amount) => sum + amount, 0n);
    expect(await balanceOf(receiver.address)).toBe(total);
    expect(cluster.shims.c.wire.count('sendTransaction')).toBeGreaterThanOrEqual(4);
    const found = await eventually(
      () => standings(cluster.gateway.adminUrl),
      ({ a, b }) => a === 'blocked' && b === 'blocked',
    );
    expect(found.c).toBe('serving');
  });
});
