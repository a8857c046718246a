import type { Random } from '../../../src/ports/random.ts';
import { revertingData } from './chain-answers.ts';
import { blockAt, type ChainHistory, heightAt } from './chain-history.ts';
import type { Poison } from './sim-url.ts';

/**
 * What a sound upstream gives: a `result`, a final `error`, or `either`, where it hangs on how far it is; `nothing` where the
 * query is poison; `refusal` where the gateway itself must say no.
 */
export type Expectation = 'result' | 'error' | 'either' | 'nothing' | 'refusal';

/** One call of a simulated client. */
export interface SimCall {
  readonly number: number;
  readonly method: string;
  /** JSON text; the last parameter is the call's own mark. */
  readonly params: string;
  readonly send: 'read' | 'raw' | 'once';
  readonly block: CallBlock;
  readonly expects: Expectation;
  readonly poison: Poison | undefined;
  readonly kind: CallKind;
}

/** Which block a call reads, as far as it matters who is asked. */
export type CallBlock = 'none' | 'tip' | { readonly height: number; readonly isRange: boolean };

/** Kinds of calls, with how often each is drawn against the others. */
export const callKinds = {
  'block-number': 8,
  'gas-price': 3,
  'chain-id': 2,
  'balance-latest': 6,
  'call-latest': 8,
  'balance-at-recent': 4,
  'balance-at-old': 2,
  'balance-ahead': 1,
  'block-by-height': 3,
  'block-by-hash': 2,
  'receipt-unknown': 2,
  'logs-recent': 4,
  'logs-to-latest': 2,
  revert: 3,
  'bad-params': 1,
  'unknown-method': 1,
  forbidden: 1,
  'poison-call': 1,
  'poison-logs': 1,
  'raw-write': 3,
  'once-write': 2,
} as const;

/** The name of a kind. */
export type CallKind = keyof typeof callKinds;

/** Whatever a call is made from. */
export interface CallSource {
  readonly number: number;
  readonly at: number;
  readonly history: ChainHistory;
  readonly random: Random;
}

const address = '0x00000000000000000000000000000000000000aa';

interface Shape {
  readonly method: string;
  readonly params: readonly unknown[];
  readonly block?: CallBlock;
  readonly send?: SimCall['send'];
  readonly expects?: Expectation;
  readonly poison?: Poison;
}

/** Makes one call of a kind. */
export function makeCall(kind: CallKind, source: CallSource): SimCall {
  const { method, params, block = 'none', send = 'read', expects = 'result', poison } = shapeOf(kind, source);
  const mark = poison === undefined ? `#${source.number}` : `#${source.number} ${poison}`;
  const text = JSON.stringify([...params, mark]);
  return { number: source.number, method, params: text, send, block, expects, poison, kind };
}

function shapeOf(kind: CallKind, source: CallSource): Shape {
  const { at, history, random, number } = source;
  const tip = heightAt(history, at);
  switch (kind) {
    case 'block-number':
      return { method: 'eth_blockNumber', params: [], block: 'tip' };
    case 'gas-price':
      return { method: 'eth_gasPrice', params: [], block: 'tip' };
    case 'chain-id':
      return { method: 'eth_chainId', params: [] };
    case 'balance-latest':
      return { method: 'eth_getBalance', params: [address, 'latest'], block: 'tip' };
    case 'call-latest':
      return { method: 'eth_call', params: [{ to: address, data: '0x01' }, 'latest'], block: 'tip' };
    case 'balance-at-recent':
      return balanceAt(Math.max(0, tip - 2 - Math.floor(random() * 20)), 'result');
    case 'balance-at-old':
      return balanceAt(Math.max(0, tip - 1000 - Math.floor(random() * 1000)), 'result');
    case 'balance-ahead':
      return balanceAt(tip + 1 + Math.floor(random() * 3), 'either');
    case 'block-by-height':
      return blockByHeight(Math.max(0, tip - Math.floor(random() * 10)));
    case 'block-by-hash':
      return blockByHash(blockAt(history, Math.max(0, tip - 5), at).hash);
    case 'receipt-unknown':
      return { method: 'eth_getTransactionReceipt', params: [`0x${'ab'.repeat(32)}`] };
    case 'logs-recent':
      return logsTo(Math.max(0, tip - 2 - Math.floor(random() * 5)));
    case 'logs-to-latest':
      return {
        method: 'eth_getLogs',
        params: [{ fromBlock: hex(Math.max(0, tip - 20)), toBlock: 'latest' }],
        block: 'tip',
      };
    case 'revert':
      return {
        method: 'eth_call',
        params: [{ to: address, data: revertingData }, 'latest'],
        block: 'tip',
        expects: 'error',
      };
    case 'bad-params':
      return { method: 'eth_getBalance', params: [address, 'nonsense'], expects: 'error' };
    case 'unknown-method':
      return { method: 'eth_frobnicate', params: [], send: 'once', expects: 'error' };
    case 'forbidden':
      return { method: 'admin_peers', params: [], expects: 'refusal' };
    case 'poison-call':
      return {
        method: 'eth_call',
        params: [{ to: address, data: '0x02' }, 'latest'],
        block: 'tip',
        expects: 'nothing',
        poison: poisonFrom(random),
      };
    case 'poison-logs':
      return { ...logsTo(Math.max(0, tip - 3)), expects: 'nothing', poison: poisonFrom(random) };
    case 'raw-write':
      return {
        method: 'eth_sendRawTransaction',
        params: [`0x02f8${number.toString(16).padStart(12, '0')}`],
        block: 'tip',
        send: 'raw',
      };
    case 'once-write':
      return { method: 'eth_sendTransaction', params: [{ to: address }], send: 'once' };
  }
}

function balanceAt(height: number, expects: Expectation): Shape {
  return { method: 'eth_getBalance', params: [address, hex(height)], block: { height, isRange: false }, expects };
}

function blockByHeight(height: number): Shape {
  return {
    method: 'eth_getBlockByNumber',
    params: [hex(height), false],
    block: { height, isRange: false },
    expects: 'either',
  };
}

function blockByHash(hash: string): Shape {
  return { method: 'eth_getBlockByHash', params: [hash, false], expects: 'either' };
}

function logsTo(height: number): Shape {
  const params = [{ fromBlock: hex(Math.max(0, height - 10)), toBlock: hex(height) }];
  return { method: 'eth_getLogs', params, block: { height, isRange: true } };
}

function hex(height: number): string {
  return `0x${height.toString(16)}`;
}

function poisonFrom(random: Random): Poison {
  const drawn = random();
  if (drawn < 0.4) return 'hang';
  return drawn < 0.8 ? 'fail' : 'close';
}

/** The call's text as a client writes it; `id` is its number, absent for a notification. */
export function callText(call: SimCall, style: 'call' | 'notification'): string {
  const id = style === 'call' ? `"id":${call.number},` : '';
  return `{"jsonrpc":"2.0",${id}"method":"${call.method}","params":${call.params}}`;
}
