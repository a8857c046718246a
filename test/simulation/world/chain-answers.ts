import { hash } from '../../../src/system/hash.ts';
import { blockAt, type ChainHistory, finalizedAt, heightAt, heightOfHash, type SimBlock } from './chain-history.ts';

/** One URL's view of the chain. Whatever it shows beyond `history` at `seenAt` is claimed, not so. */
export interface ChainView {
  readonly history: ChainHistory;
  readonly seenAt: number;
  /** By so much the times of its blocks are put back. */
  readonly backdatedMs: number;
  /** Blocks it claims on top of the newest it sees. */
  readonly claimed: number;
  /** Its own branch begins above this height; undefined: it has none. */
  readonly forkAbove: number | undefined;
  /** Blocks of state it keeps; undefined: all. */
  readonly keeps: number | undefined;
  /** What it was sent, by the bytes of it. */
  readonly transactions: Map<string, number>;
}

/**
 * What an answer is worth. `good` and `final` (a revert, a refusal) are what any sound upstream would have said; `lacking`: one
 * that has more would have said more; `short`: looks whole and is not.
 */
export type Worth = 'good' | 'final' | 'lacking' | 'short' | 'limited' | 'bad';

/** A result or an error, as JSON values. */
export type ChainAnswer = { readonly worth: Worth } & (
  | { readonly result: unknown }
  | { readonly error: { readonly code: number; readonly message: string } }
);

/** The newest height a view shows. */
export function topOf(view: ChainView): number {
  return heightAt(view.history, view.seenAt) + view.claimed;
}

/** The marker by which a call's number is known in its answer. */
export function markOf(number: number): string {
  return `0x${(number + 1).toString(16)}`;
}

/** Answers one call as a node of the chain would. `number` is the call's own, shown in the answer where there is room for it. */
export function answerCall(
  view: ChainView,
  { method, params, number }: { readonly method: string; readonly params: readonly unknown[]; readonly number: number },
): ChainAnswer {
  const mark = markOf(number);
  switch (method) {
    case 'eth_chainId':
      return good(`0x${Number(view.history.chainId).toString(16)}`);
    case 'net_version':
      return good(view.history.chainId);
    case 'eth_blockNumber':
      return good(quantity(topOf(view)));
    case 'eth_gasPrice':
      return good(mark);
    case 'eth_getBalance':
      return readState(view, params[1], mark);
    case 'eth_call':
      return isReverting(params[0]) ? reverted : readState(view, params[1], mark);
    case 'eth_getLogs':
      return readLogs(view, params[0], mark);
    case 'eth_getBlockByNumber':
      return block(view, heightOf(view, params[0]));
    case 'eth_getBlockByHash':
      return block(view, heightOfHash(view.history, String(params[0]), view.seenAt));
    case 'eth_getTransactionReceipt':
      return good(null);
    case 'eth_getTransactionByHash':
      return good(knows(view, String(params[0])) ? { hash: params[0] } : null);
    case 'eth_sendRawTransaction':
      return accept(view, String(params[0]));
    case 'eth_sendTransaction':
      return carryOut(view, `once ${number}`, mark);
    default:
      return {
        worth: 'lacking',
        error: { code: -32601, message: `the method ${method} does not exist/is not available` },
      };
  }
}

const reverted = final(3, 'execution reverted');

/** Data by which a call reverts on every upstream. */
export const revertingData = '0xdeadbeef';

function isReverting(call: unknown): boolean {
  return typeof call === 'object' && call !== null && 'data' in call && call.data === revertingData;
}

function readState(view: ChainView, reference: unknown, mark: string): ChainAnswer {
  const height = heightOf(view, reference);
  if (height === undefined) return final(-32602, 'invalid argument 1: hex string without 0x prefix');
  if (height > topOf(view)) return { worth: 'lacking', error: { code: -32000, message: 'header not found' } };
  if (view.keeps !== undefined && height < topOf(view) - view.keeps)
    return {
      worth: 'lacking',
      error: { code: -32000, message: 'missing trie node 5f3a (path ) state is not available' },
    };
  return good(mark);
}

/** Logs up to the newest block only: read short, they look whole. */
function readLogs(view: ChainView, filter: unknown, mark: string): ChainAnswer {
  const to = typeof filter === 'object' && filter !== null && 'toBlock' in filter ? filter.toBlock : 'latest';
  const height = heightOf(view, to);
  if (height === undefined) return final(-32602, 'invalid argument 0: hex string without 0x prefix');
  const upTo = Math.min(height, topOf(view));
  const result = [{ data: mark, blockNumber: quantity(upTo) }];
  return { worth: upTo < height ? 'short' : 'good', result };
}

function block(view: ChainView, height: number | undefined): ChainAnswer {
  if (height === undefined || height > topOf(view)) return { worth: 'lacking', result: null };
  return good(wireBlock(blockSeen(view, height)));
}

function blockSeen(view: ChainView, height: number): SimBlock {
  const { history, seenAt, backdatedMs, forkAbove } = view;
  const own = blockAt(history, height, seenAt);
  const seen = { ...own, time: own.time - backdatedMs / 1000 };
  if (forkAbove === undefined || height <= forkAbove) return seen;
  const onFork = (hash: string): string => `0xf0f0f0f0${hash.slice(10)}`;
  return { ...seen, hash: onFork(seen.hash), parent: height - 1 > forkAbove ? onFork(seen.parent) : seen.parent };
}

function wireBlock({ height, hash: own, parent, time }: SimBlock): object {
  return { number: quantity(height), hash: own, parentHash: parent, timestamp: quantity(time), transactions: [] };
}

function accept(view: ChainView, raw: string): ChainAnswer {
  if (!/^0x([0-9a-f]{2})+$/.test(raw)) return final(-32602, 'invalid argument 0: hex string without 0x prefix');
  if (view.transactions.has(raw)) return final(-32000, 'already known');
  return carryOut(view, raw, hashOfRaw(raw));
}

function knows({ transactions }: ChainView, wanted: string): boolean {
  for (const what of transactions.keys()) if (what.startsWith('0x') && hashOfRaw(what) === wanted) return true;
  return false;
}

/** The hash by which a signed transaction is known. */
export function hashOfRaw(raw: string): string {
  return `0x${Buffer.from(hash.keccak256(Buffer.from(raw.slice(2), 'hex'))).toString('hex')}`;
}

function carryOut(view: ChainView, what: string, result: string): ChainAnswer {
  view.transactions.set(what, (view.transactions.get(what) ?? 0) + 1);
  return good(result);
}

function heightOf(view: ChainView, reference: unknown): number | undefined {
  switch (reference) {
    case undefined:
    case 'latest':
    case 'pending':
      return topOf(view);
    case 'finalized':
    case 'safe':
      return Math.min(topOf(view), finalizedAt(view.history, view.seenAt) + view.claimed);
    case 'earliest':
      return 0;
    default:
      return /^0x[0-9a-f]+$/.test(String(reference)) ? Number(reference) : undefined;
  }
}

function quantity(value: number): string {
  return `0x${value.toString(16)}`;
}

function good(result: unknown): ChainAnswer {
  return { worth: 'good', result };
}

function final(code: number, message: string): ChainAnswer {
  return { worth: 'final', error: { code, message } };
}
