import {
  Contract,
  ContractFactory,
  isError,
  JsonRpcProvider,
  NonceManager,
  parseEther,
  toBeHex,
  Wallet,
  zeroPadValue,
} from 'ethers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { codeThatReturns, counterAbi, counterCode } from '../support/counter-contract.ts';
import { startWireRecord } from '../support/wire-record.ts';
import { poorAddress, richKey, useDevnet } from './devnet.ts';

const devnet = useDevnet();

/** ethers as it comes: it sends batches and finds the network out by itself; only a record is kept. */
function ethers() {
  const wire = startWireRecord();
  const provider = new JsonRpcProvider(wire.ethersConnection(devnet.get().url));
  provider.pollingInterval = 50;
  onTestFinished(() => provider.destroy());
  return { wire, provider, wallet: new Wallet(richKey, provider) };
}

/** The library remembers an account's nonce for a quarter of a second, in which blocks here pass: its manager counts along. */
async function deployCounter(wallet: Wallet): Promise<Contract> {
  const sender = new NonceManager(wallet);
  const deployed = await new ContractFactory(counterAbi, counterCode, sender).deploy();
  await deployed.waitForDeployment();
  return new Contract(await deployed.getAddress(), counterAbi, sender);
}

async function thrownBy(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('ethers with its default settings, through the gateway', () => {
  test('finds the network out and reads the chain, in batches', async () => {
    const { provider, wallet, wire } = ethers();
    const [network, balance, block] = await Promise.all([
      provider.getNetwork(),
      provider.getBalance(wallet.address),
      provider.getBlock(0),
    ]);
    expect({ chainId: network.chainId, number: block?.number }).toEqual({ chainId: 31_337n, number: 0 });
    expect(balance).toBeGreaterThan(parseEther('9000'));
    expect(wire.largestBatch()).toBeGreaterThan(1);
    expect(wire.refused).toEqual([]);
  });

  test('a signed transfer is sent, mined and seen', async () => {
    const { provider, wallet, wire } = ethers();
    const before = await provider.getBalance(poorAddress);
    const sent = await wallet.sendTransaction({ to: poorAddress, value: 7n });
    const receipt = await sent.wait();
    expect(receipt).toMatchObject({ status: 1, hash: sent.hash });
    // At the block of the receipt: the library remembers what it asked of the latest one for a quarter of a second.
    expect(await provider.getBalance(poorAddress, receipt?.blockNumber)).toBe(before + 7n);
    expect(wire.refused).toEqual([]);
  });

  test('a contract is deployed, called, changed and its logs found', async () => {
    const { wallet } = ethers();
    const counter = await deployCounter(wallet);
    const change = await counter.getFunction('setCount').send(42n);
    const receipt = await change.wait();
    expect(await counter.getFunction('count').staticCall()).toBe(42n);
    const logs = await counter.queryFilter('Counted', receipt?.blockNumber);
    expect(logs.map((log) => ('args' in log ? [...log.args] : []))).toEqual([[42n]]);
  });

  test('F-160: a revert reaches the library with its data, in one request', async () => {
    const { wallet, wire } = ethers();
    const counter = await deployCounter(wallet);
    const requestsBefore = wire.requests();
    const error = await thrownBy(counter.getFunction('refuse').staticCall(13n));
    if (!isError(error, 'CALL_EXCEPTION')) throw new Error(`no CALL_EXCEPTION but ${error}`);
    expect(error.data).toBe(
      `${counter.interface.getError('Refused')?.selector}${zeroPadValue(toBeHex(13), 32).slice(2)}`,
    );
    expect(error.revert).toMatchObject({ name: 'Refused', args: [13n] });
    expect(wire.requests() - requestsBefore).toBe(1);
  });

  test('a transaction that cannot be paid is refused once, by the name the library has for it', async () => {
    const { wallet, provider, wire } = ethers();
    const nonce = await wallet.getNonce();
    const unpayable = { to: poorAddress, value: parseEther('1000000'), nonce, gasLimit: 21_000n, chainId: 31_337n };
    const signed = await wallet.signTransaction({ ...unpayable, type: 2, maxFeePerGas: 10n ** 10n });
    const requestsBefore = wire.requests();
    const error = await thrownBy(provider.send('eth_sendRawTransaction', [signed]));
    expect(isError(error, 'INSUFFICIENT_FUNDS')).toBe(true);
    expect(wire.requests() - requestsBefore).toBe(1);
  });

  test('a thousand calls at once come back each with its own answer, in the batches of the library', async () => {
    const { provider, wire } = ethers();
    const numbers = Array.from({ length: 1000 }, (_, at) => toBeHex(at, 2));
    const answers = await Promise.all(
      numbers.map((number) => provider.call({ data: codeThatReturns(`0x${number.slice(2)}`) })),
    );
    expect(answers).toEqual(numbers.map((number) => zeroPadValue(number, 32)));
    expect({ largest: wire.largestBatch(), refused: wire.refused }).toEqual({ largest: 100, refused: [] });
  });
});
