import { JsonRpcProvider, toBeHex } from 'ethers';
import { createPublicClient, http, toHex } from 'viem';
import { foundry } from 'viem/chains';
import { codeThatReturns } from './counter-contract.ts';
import { startWireRecord, type WireRecord } from './wire-record.ts';

/** What is true of the chain, whoever is asked. */
export interface ChainTruth {
  readonly chainId: number;
  /** The newest height there is. */
  height(): number;
  hashAt(height: number): string;
  /** What a call of `codeThatReturns(number)` answers. */
  answerOf(number: `0x${string}`): string;
}

/** A client library that reads in a rotation and knows a wrong answer when it sees one. */
export interface ReadingClient {
  readonly name: string;
  readonly wire: WireRecord;
  /** Makes the `turn`th read. Rejects where the library does, and with a `WrongAnswer` where the answer is not true. */
  read(turn: number): Promise<void>;
  close(): void;
}

/** The library was content, but what it was told is not so. */
export class WrongAnswer extends Error {
  override readonly name = 'WrongAnswer';
}

/** The questions of the rotation, as a library asks them. */
interface Questions {
  chainId(): Promise<number>;
  blockNumber(): Promise<number>;
  blockHash(height: number): Promise<string | null>;
  balance(address: `0x${string}`): Promise<bigint>;
  call(data: `0x${string}`): Promise<string | undefined>;
  logCount(height: number): Promise<number>;
}

/** viem with its default settings: a request per call, three retries, ten seconds of patience. */
export function viemReading(url: string, truth: ChainTruth): ReadingClient {
  const wire = startWireRecord();
  const client = createPublicClient({ chain: foundry, transport: http(url, { fetchFn: wire.fetch }) });
  const asked: Questions = {
    chainId: () => client.getChainId(),
    blockNumber: async () => Number(await client.getBlockNumber({ cacheTime: 0 })),
    blockHash: async (height) => (await client.getBlock({ blockNumber: BigInt(height) })).hash,
    balance: (address) => client.getBalance({ address }),
    call: async (data) => (await client.call({ data })).data,
    logCount: async (height) => {
      const at = BigInt(height);
      return (await client.getLogs({ fromBlock: at, toBlock: at })).length;
    },
  };
  return { name: 'viem', wire, read: rotation(asked, truth), close: () => undefined };
}

/** ethers with its default settings: batches of what is asked within ten milliseconds. */
export function ethersReading(url: string, truth: ChainTruth): ReadingClient {
  const wire = startWireRecord();
  const provider = new JsonRpcProvider(wire.ethersConnection(url));
  const asked: Questions = {
    chainId: async () => Number(await provider.send('eth_chainId', [])),
    blockNumber: async () => Number(await provider.send('eth_blockNumber', [])),
    blockHash: async (height) => (await provider.send('eth_getBlockByNumber', [toBeHex(height), false])).hash,
    balance: (address) => provider.getBalance(address),
    call: (data) => provider.call({ data }),
    logCount: async (height) => (await provider.getLogs({ fromBlock: height, toBlock: height })).length,
  };
  return { name: 'ethers', wire, read: rotation(asked, truth), close: () => provider.destroy() };
}

/** Turns questions into reads, each checked against the truth. Heads seen by one client do not go back. */
function rotation(asked: Questions, truth: ChainTruth): (turn: number) => Promise<void> {
  let highest = 0;
  const reads: Readonly<Record<string, (turn: number) => Promise<void>>> = {
    'chain id': async () => demand(await asked.chainId(), truth.chainId),
    head: async () => {
      const floor = highest;
      const height = await asked.blockNumber();
      if (height < floor || height > truth.height()) throw new WrongAnswer(`${height} after ${floor}`);
      highest = Math.max(highest, height);
    },
    block: async (turn) => {
      const height = turn % Math.max(1, highest);
      demand(await asked.blockHash(height), truth.hashAt(height));
    },
    balance: async (turn) => void (await asked.balance(toHex(turn + 1_000_000, { size: 20 }))),
    call: async (turn) => {
      const number = toHex(turn % 65_536, { size: 2 });
      demand(await asked.call(codeThatReturns(number)), truth.answerOf(number));
    },
    logs: async (turn) => demand(await asked.logCount(turn % Math.max(1, highest)), 0),
  };
  const inTurn = Object.entries(reads);
  return async (turn) => {
    const [what, read] = inTurn[turn % inTurn.length] ?? ['nothing', undefined];
    await read?.(turn).catch((error: unknown) => {
      throw error instanceof WrongAnswer
        ? new WrongAnswer(`${what}: ${error.message}`)
        : new Error(`${what}: ${error}`);
    });
  };
}

function demand(found: unknown, truth: unknown): void {
  if (found !== truth) throw new WrongAnswer(`${String(found)} in place of ${String(truth)}`);
}
