import { describe, expect, test } from 'vitest';
import { questionFor, readBlock, readHead } from '../../../src/model/head-reading.ts';
import { evmSpec, solanaSpec } from './builders.ts';

const reading = evmSpec().head;
const block = { number: '0x64', hash: '0xaa', parentHash: '0xbb', timestamp: '0x6553f100' };

describe('reading a head', () => {
  test('height, hash, parent and time are read where the spec says', () => {
    expect(readHead(block, reading, 7)).toEqual({
      height: 100,
      hash: '0xaa',
      parent: '0xbb',
      timeMs: 0x6553f100 * 1000,
      at: 7,
    });
  });

  test('the slot is the head on the solana family, and its blockhash belongs to it', () => {
    const value = { context: { slot: 4242 }, value: { blockhash: 'Abc', lastValidBlockHeight: 4000 } };
    expect(readHead(value, solanaSpec().head, 7)).toEqual({ height: 4242, hash: 'Abc', at: 7 });
  });

  test.each([
    ['2^64', '0x10000000000000000'],
    ['2^53', '0x20000000000000'],
    ['a negative number', '-0x1'],
    ['a tag', 'latest'],
    ['a number where hex is due', 100],
    ['nothing', undefined],
    ['null', null],
    ['a fraction', 1.5],
  ])('%s is no height (F-072)', (_, number) => {
    expect(readHead({ ...block, number }, reading, 7)).toBeUndefined();
  });

  test.each([[null], ['0x64'], [[]], [{}], [42]])('%j is no block', (value) => {
    expect(readHead(value, reading, 7)).toBeUndefined();
  });

  test('a hash or time that cannot be read is left out', () => {
    expect(readHead({ number: '0x64', hash: 5, timestamp: 'noon' }, reading, 7)).toEqual({ height: 100, at: 7 });
  });
});

describe('reading a block by height', () => {
  test('the height goes into the params in the chain’s own form', () => {
    const byHeight = { ...reading, params: '["$height",false]' };
    expect(questionFor(byHeight, 255).params).toBe('["0xff",false]');
    expect(questionFor({ ...byHeight, quantity: 'number' }, 255).params).toBe('[255,false]');
    expect(questionFor({ ...byHeight, quantity: 'decimal-text' }, 255).params).toBe('["255",false]');
  });

  test('a block of another height is not the one asked for', () => {
    expect(readBlock(block, reading, { height: 101, at: 7 })).toBeUndefined();
    expect(readBlock(block, reading, { height: 100, at: 7 })?.hash).toBe('0xaa');
  });

  test('where the answer is the hash alone, it is of the height asked for', () => {
    const { parent: _, time: __, ...bare } = { ...reading, height: ['none'], hash: [] };
    expect(readBlock('00000abc', bare, { height: 5, at: 7 })).toEqual({ height: 5, hash: '00000abc', at: 7 });
  });

  test('an answer without a hash is no block', () => {
    expect(readBlock(null, reading, { height: 100, at: 7 })).toBeUndefined();
    expect(readBlock({ number: '0x64' }, reading, { height: 100, at: 7 })).toBeUndefined();
  });
});
