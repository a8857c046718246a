import {
  BaseError,
  ContractFunctionRevertedError,
  createPublicClient,
  createWalletClient,
  getAddress,
  http,
  pad,
  parseEther,
  toHex,
} from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { foundry } from 'viem/chains';
import { describe, expect, test } from 'vitest';
import { codeThatReturns, counterAbi, counterCode } from '../support/counter-contract.ts';
import { startWireRecord } from '../support/wire-record.ts';
import { poorAddress, richKey, useDevnet } from './devnet.ts';

const devnet = useDevnet();
const account = privateKeyToAccount(richKey);

/** viem as it comes: its own retries, timeouts and ids; only a record is kept. */
function viem() {
  const wire = startWireRecord();
  const transport = http(devnet.get().url, { fetchFn: wire.fetch });
  const reader = createPublicClient({ chain: foundry, transport, pollingInterval: 50 });
  const wallet = createWalletClient({ account, chain: foundry, transport });
  return { wire, reader, wallet };
}

async function deployCounter(): Promise<{ readonly address: `0x${string}`; readonly block: bigint }> {
  const { reader, wallet } = viem();
  const hash = await wallet.deployContract({ abi: counterAbi, bytecode: counterCode });
  const { contractAddress, blockNumber } = await reader.waitForTransactionReceipt({ hash });
  return { address: getAddress(contractAddress ?? '0x'), block: blockNumber };
}

describe('viem with its default settings, through the gateway', () => {
  test('reads the chain', async () => {
    const { reader, wire } = viem();
    const [chainId, balance, block] = await Promise.all([
      reader.getChainId(),
      reader.getBalance({ address: account.address }),
      reader.getBlock({ blockNumber: 0n }),
    ]);
    expect({ chainId, number: block.number }).toEqual({ chainId: 31_337, number: 0n });
    expect(balance).toBeGreaterThan(parseEther('9000'));
    expect(wire.refused).toEqual([]);
  });

  test('a signed transfer is sent, mined and seen', async () => {
    const { reader, wallet, wire } = viem();
    const before = await reader.getBalance({ address: poorAddress });
    const hash = await wallet.sendTransaction({ to: poorAddress, value: 7n });
    const receipt = await reader.waitForTransactionReceipt({ hash });
    expect(receipt).toMatchObject({ status: 'success', transactionHash: hash });
    expect(await reader.getBalance({ address: poorAddress })).toBe(before + 7n);
    expect(wire.refused).toEqual([]);
  });

  test('a contract is deployed, called, changed and its logs found', async () => {
    const { reader, wallet } = viem();
    const { address, block } = await deployCounter();
    const hash = await wallet.writeContract({ address, abi: counterAbi, functionName: 'setCount', args: [42n] });
    await reader.waitForTransactionReceipt({ hash });
    expect(await reader.readContract({ address, abi: counterAbi, functionName: 'count' })).toBe(42n);
    const logs = await reader.getContractEvents({ address, abi: counterAbi, eventName: 'Counted', fromBlock: block });
    expect(logs.map(({ args, transactionHash }) => ({ args, transactionHash }))).toEqual([
      { args: { to: 42n }, transactionHash: hash },
    ]);
  });

  test('F-160: a revert reaches the library with its data, in one request', async () => {
    const { reader, wire } = viem();
    const { address } = await deployCounter();
    const call = reader.simulateContract({ address, abi: counterAbi, functionName: 'refuse', args: [13n], account });
    const error = await call.catch((thrown: unknown) => thrown);
    const reverted =
      error instanceof BaseError ? error.walk((cause) => cause instanceof ContractFunctionRevertedError) : error;
    expect(reverted).toBeInstanceOf(ContractFunctionRevertedError);
    expect(reverted).toMatchObject({ data: { errorName: 'Refused', args: [13n] } });
    expect(wire.requests()).toBe(1);
  });

  test('a transaction that cannot be paid is refused once, in the words of the upstream', async () => {
    const { reader, wire } = viem();
    const unpayable = await account.signTransaction({
      chainId: foundry.id,
      type: 'eip1559',
      to: poorAddress,
      value: parseEther('1000000'),
      nonce: await reader.getTransactionCount({ address: account.address }),
      gas: 21_000n,
      maxFeePerGas: 10n ** 10n,
    });
    const requestsBefore = wire.requests();
    const sent = reader.sendRawTransaction({ serializedTransaction: unpayable });
    await expect(sent).rejects.toThrow(/insufficient funds/i);
    expect(wire.requests() - requestsBefore).toBe(1);
  });

  test('a thousand calls in one batch come back each with its own answer', async () => {
    const wire = startWireRecord();
    const transport = http(devnet.get().url, { fetchFn: wire.fetch, batch: { batchSize: 1000, wait: 50 } });
    const reader = createPublicClient({ chain: foundry, transport });
    const numbers = Array.from({ length: 1000 }, (_, at) => toHex(at, { size: 2 }));
    const answers = await Promise.all(numbers.map((number) => reader.call({ data: codeThatReturns(number) })));
    expect(answers.map(({ data }) => data)).toEqual(numbers.map((number) => pad(number)));
    expect({ requests: wire.requests(), largest: wire.largestBatch(), refused: wire.refused }).toEqual({
      requests: 1,
      largest: 1000,
      refused: [],
    });
  });
});
