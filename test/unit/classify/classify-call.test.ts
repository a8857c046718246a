import { describe, expect, it } from 'vitest';
import { classifyCall } from '../../../src/classify/classify-call.ts';
import type { BlockReference } from '../../../src/model/call.ts';
import type { BlockPosition } from '../../../src/model/method-policy.ts';
import type { Family } from '../../../src/model/names.ts';
import { chainSpecOf, policyOf } from '../../support/build-policy.ts';

function blockOf(family: Family, position: BlockPosition, params: unknown): BlockReference {
  const spec = chainSpecOf({ family, methods: new Map([['m', policyOf({ name: 'm', block: position })]]) });
  const bytes =
    params === undefined ? undefined : Buffer.from(typeof params === 'string' ? params : JSON.stringify(params));
  return classifyCall(spec, { id: undefined, method: 'm', params: bytes }).block;
}

const at: BlockPosition = { kind: 'param', path: ['1'], missing: 'latest' };
const hash = `0x${'ab'.repeat(32)}`;

describe('a call', () => {
  it('gets the policy of its name, byte for byte, or that of unknown methods', () => {
    const known = policyOf({ name: 'm' });
    const spec = chainSpecOf({ methods: new Map([['m', known]]) });
    const policyFor = (method: string) => classifyCall(spec, { id: undefined, method, params: undefined }).policy;
    expect(policyFor('m')).toBe(known);
    for (const other of ['M', ' m', 'm ', 'constructor', '__proto__'])
      expect(policyFor(other)).toBe(spec.unknownMethod);
  });

  it('of a method without a block reads none; one that always reads the newest says so', () => {
    expect(blockOf('evm', { kind: 'none' }, ['0x1'])).toEqual({ kind: 'none' });
    expect(blockOf('evm', { kind: 'tip' }, ['0x1'])).toEqual({ kind: 'tag', tag: 'latest' });
  });
});

describe('the block of an evm call', () => {
  it.each<[string, unknown, BlockReference]>([
    ['a tag', ['0xa', 'pending'], { kind: 'tag', tag: 'pending' }],
    ['a quantity', ['0xa', '0x1b4'], { kind: 'height', height: 436 }],
    ['a quantity with leading zeros', ['0xa', '0x0010'], { kind: 'height', height: 16 }],
    ['a number', ['0xa', 436], { kind: 'height', height: 436 }],
    ['a hash', ['0xa', hash], { kind: 'hash', hash }],
    ['an object with a hash (EIP-1898)', ['0xa', { blockHash: hash, requireCanonical: true }], { kind: 'hash', hash }],
    ['an object with a number (EIP-1898)', ['0xa', { blockNumber: '0x10' }], { kind: 'height', height: 16 }],
    ['an object with a tag', ['0xa', { blockNumber: 'safe' }], { kind: 'tag', tag: 'safe' }],
    ['nothing', ['0xa'], { kind: 'tag', tag: 'latest' }],
    ['null', ['0xa', null], { kind: 'tag', tag: 'latest' }],
    ['no params at all', undefined, { kind: 'tag', tag: 'latest' }],
    ['params by name', { block: '0x1' }, { kind: 'tag', tag: 'latest' }],
    ['broken params', '[0', { kind: 'tag', tag: 'latest' }],
    ['params over 64 KiB', ['x'.repeat(65_536), '0x10'], { kind: 'tag', tag: 'latest' }],
    ['a height no chain has (F-072)', ['0xa', '0xffffffffffffffff'], { kind: 'tag', tag: '0xffffffffffffffff' }],
    ['a negative number (F-072)', ['0xa', -1], { kind: 'tag', tag: 'unreadable' }],
    ['an array', ['0xa', ['0x1']], { kind: 'tag', tag: 'unreadable' }],
    ['an object that names no block', ['0xa', { block: 1 }], { kind: 'tag', tag: 'unreadable' }],
    ['an object nested in an object', ['0xa', { blockNumber: { blockNumber: 1 } }], { kind: 'tag', tag: 'unreadable' }],
    ['a text as long as a book', ['0xa', 'x'.repeat(1000)], { kind: 'tag', tag: 'unreadable' }],
  ])('is read from %s', (_, params, block) => {
    expect(blockOf('evm', at, params)).toEqual(block);
  });

  const logs: BlockPosition = {
    kind: 'range',
    from: ['0', 'fromBlock'],
    to: ['0', 'toBlock'],
    hash: ['0', 'blockHash'],
    missing: 'latest',
  };
  it.each<[string, unknown, BlockReference]>([
    [
      'both ends',
      [{ fromBlock: '0x1', toBlock: 'latest' }],
      { kind: 'range', from: { kind: 'height', height: 1 }, to: { kind: 'tag', tag: 'latest' } },
    ],
    [
      'no end at all',
      [{ topics: [] }],
      { kind: 'range', from: { kind: 'tag', tag: 'latest' }, to: { kind: 'tag', tag: 'latest' } },
    ],
    ['the one hash that pins it', [{ fromBlock: '0x1', blockHash: hash }], { kind: 'hash', hash }],
  ])('is read from a filter with %s', (_, params, block) => {
    expect(blockOf('evm', logs, params)).toEqual(block);
  });

  it('is a hash where the method asks by hash', () => {
    const byHash: BlockPosition = { kind: 'by-hash', path: ['0'] };
    expect(blockOf('evm', byHash, [hash])).toEqual({ kind: 'hash', hash });
    expect(blockOf('evm', byHash, [5])).toEqual({ kind: 'tag', tag: 'unreadable' });
  });
});

describe('the block of a solana call', () => {
  const config: BlockPosition = { kind: 'param', path: ['1', 'commitment'], missing: 'finalized' };

  it('is a commitment in the config object, finalized where none is named', () => {
    expect(blockOf('solana', config, ['key', { commitment: 'confirmed' }])).toEqual({ kind: 'tag', tag: 'confirmed' });
    expect(blockOf('solana', config, ['key'])).toEqual({ kind: 'tag', tag: 'finalized' });
    expect(blockOf('solana', config, ['key', { encoding: 'base64' }])).toEqual({ kind: 'tag', tag: 'finalized' });
  });

  it('reaches down to the slot that minContextSlot names', () => {
    expect(blockOf('solana', config, ['key', { commitment: 'confirmed', minContextSlot: 250 }])).toEqual({
      kind: 'range',
      from: { kind: 'height', height: 250 },
      to: { kind: 'tag', tag: 'confirmed' },
    });
  });

  it('is a slot where the method asks for one', () => {
    expect(blockOf('solana', { kind: 'param', path: ['0'], missing: 'finalized' }, [250])).toEqual({
      kind: 'height',
      height: 250,
    });
  });
});

describe('the block of a cosmos call', () => {
  const height: BlockPosition = { kind: 'param', path: ['height'], missing: 'latest' };

  it('is a height in decimal text, and the newest for zero and for nothing', () => {
    expect(blockOf('cosmos', height, { height: '100' })).toEqual({ kind: 'height', height: 100 });
    for (const params of [{ height: '0' }, { height: 0 }, { height: '' }, {}, undefined])
      expect(blockOf('cosmos', height, params)).toEqual({ kind: 'tag', tag: 'latest' });
  });
});

it('the block of a utxo call may be a height or a hash without 0x', () => {
  const either: BlockPosition = { kind: 'param', path: ['0'], missing: 'latest' };
  expect(blockOf('utxo', either, [0])).toEqual({ kind: 'height', height: 0 });
  expect(blockOf('utxo', either, ['ab'.repeat(32)])).toEqual({ kind: 'hash', hash: 'ab'.repeat(32) });
});

it('a client cannot reach into the gateway by the names of its params (F-070)', () => {
  expect(
    blockOf(
      'evm',
      { kind: 'param', path: ['0', 'commitment'], missing: 'latest' },
      '[{"__proto__":{"commitment":"x"}}]',
    ),
  ).toEqual({
    kind: 'tag',
    tag: 'latest',
  });
  expect(Object.hasOwn(Object.prototype, 'commitment')).toBe(false);
});
