import { keccak_256 } from '@noble/hashes/sha3.js';
import type { FakeBlock, FakeChain } from './fake-chain.ts';

/** What a fake upstream says of one call: a result, an error, or JSON text that goes out as it is in place of the result. */
export type FakeAnswer =
  | { readonly result: unknown }
  | { readonly resultText: string }
  | { readonly error: { readonly code: number; readonly message: string; readonly data?: unknown } };

/** One upstream's view of a chain: up to `top`, and the transactions it was sent. */
export interface FakeView {
  readonly chain: FakeChain;
  readonly top: number;
  readonly transactions: Map<string, string>;
}

type Answerer = (view: FakeView, params: readonly unknown[]) => FakeAnswer;

const answerers: ReadonlyMap<string, Answerer> = new Map<string, Answerer>([
  ['web3_clientVersion', () => ({ result: 'fake/1.0' })],
  ['net_version', (view) => ({ result: String(view.chain.chainId) })],
  ['eth_chainId', (view) => ({ result: quantity(view.chain.chainId) })],
  ['eth_syncing', () => ({ result: false })],
  ['eth_blockNumber', (view) => ({ result: quantity(view.top) })],
  ['eth_gasPrice', () => ({ result: '0x3b9aca00' })],
  ['eth_estimateGas', () => ({ result: '0x5208' })],
  ['eth_getBalance', (view, params) => atBlock(view, params[1], (height) => quantity(height))],
  ['eth_getCode', (view, params) => atBlock(view, params[1], () => '0x')],
  ['eth_getTransactionCount', (view, params) => atBlock(view, params[1], () => quantity(view.transactions.size))],
  ['eth_call', (view, params) => atBlock(view, params[1], () => callData(params[0]))],
  ['eth_getLogs', () => ({ result: [] })],
  ['eth_getBlockByNumber', (view, params) => ({ result: blockAt(view, params[0]) })],
  ['eth_getBlockByHash', (view, params) => ({ result: blockAt(view, view.chain.heightOf(String(params[0]))) })],
  ['eth_sendRawTransaction', (view, params) => sendRaw(view, String(params[0]))],
  ['eth_getTransactionByHash', (view, params) => ({ result: transaction(view, String(params[0])) })],
  ['eth_getTransactionReceipt', (view, params) => ({ result: transaction(view, String(params[0])) })],
]);

/** Answers a call as a small EVM node would: `-32601` for what it does not know. */
export function answerAsChain(view: FakeView, method: string, params: readonly unknown[]): FakeAnswer {
  const answerer = answerers.get(method);
  if (answerer !== undefined) return answerer(view, params);
  return { error: { code: -32601, message: `the method ${method} does not exist/is not available` } };
}

/** A number as the EVM family writes it. */
export function quantity(value: number): string {
  return `0x${value.toString(16)}`;
}

function heightOf(view: FakeView, reference: unknown): number | undefined {
  if (typeof reference === 'number') return reference;
  const final = Math.min(view.top, view.chain.finalized());
  switch (reference ?? 'latest') {
    case 'latest':
    case 'pending':
      return view.top;
    case 'finalized':
    case 'safe':
      return final;
    case 'earliest':
      return 0;
    default:
      return /^0x[0-9a-f]+$/i.test(String(reference)) ? Number(reference) : undefined;
  }
}

function blockAt(view: FakeView, reference: unknown): object | null {
  if (reference === undefined) return null;
  const height = heightOf(view, reference);
  const block = height === undefined || height > view.top ? undefined : view.chain.block(height, view.top);
  return block === undefined ? null : wireBlock(block);
}

function wireBlock(block: FakeBlock): object {
  return {
    number: quantity(block.height),
    hash: block.hash,
    parentHash: block.parent,
    timestamp: quantity(block.time),
    transactions: [],
  };
}

function atBlock(view: FakeView, reference: unknown, read: (height: number) => string): FakeAnswer {
  const height = heightOf(view, reference);
  if (height === undefined || height > view.top) return { error: { code: -32000, message: 'header not found' } };
  return { result: read(height) };
}

/** The echo of `eth_call`: the call's own data. */
function callData(call: unknown): string {
  if (typeof call !== 'object' || call === null) return '0x';
  const data = 'data' in call ? call.data : 'input' in call ? call.input : '0x';
  return String(data);
}

function sendRaw(view: FakeView, raw: string): FakeAnswer {
  if (!/^0x([0-9a-f]{2})+$/i.test(raw))
    return { error: { code: -32602, message: 'invalid argument 0: hex string expected' } };
  const hash = `0x${Buffer.from(keccak_256(Buffer.from(raw.slice(2), 'hex'))).toString('hex')}`;
  if (view.transactions.has(hash)) return { error: { code: -32000, message: 'already known' } };
  view.transactions.set(hash, raw);
  return { result: hash };
}

function transaction(view: FakeView, hash: string): object | null {
  if (!view.transactions.has(hash)) return null;
  return { transactionHash: hash, hash, status: '0x1', blockNumber: quantity(view.top) };
}
