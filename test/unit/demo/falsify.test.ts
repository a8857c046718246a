import { describe, expect, test } from 'vitest';
import { falsify, farAhead, type Lie, mistakeIds, wrongChain, wrongData } from '../../../src/demo/falsify.ts';
import { readRequest, type WireCall } from '../../../src/demo/wire-request.ts';

function call(method: string, params: readonly unknown[] = []): WireCall {
  return { id: 1, method, params, value: undefined };
}

describe('the lies of a provider', () => {
  test.each(['latest', 'pending', 'safe', 'finalized'])('far-ahead: the %s block has a height no chain has', (tag) => {
    const block = { number: '0x10', hash: '0xab' };
    expect(farAhead(call('eth_getBlockByNumber', [tag, false]), block)).toEqual({ number: '0x3b9aca00', hash: '0xab' });
  });

  test('far-ahead: a block by its height, a missing block and other results are as they are', () => {
    const block = { number: '0x10' };
    expect(farAhead(call('eth_getBlockByNumber', ['0x10', false]), block)).toBe(block);
    expect(farAhead(call('eth_getBlockByNumber', ['latest', false]), null)).toBe(null);
    expect(farAhead(call('eth_getBalance', ['0x1', 'latest']), '0x5')).toBe('0x5');
    expect(farAhead(call('eth_blockNumber'), '0x5')).toBe('0x3b9aca00');
  });

  test('wrong-chain: only the id is another', () => {
    const lie = wrongChain(10);
    expect(lie(call('eth_chainId'), '0x7a69')).toBe('0xa');
    expect(lie(call('net_version'), '31337')).toBe('10');
    expect(lie(call('eth_blockNumber'), '0x5')).toBe('0x5');
  });

  test('wrong-data: every value is another of the same form, chain and height excepted', () => {
    const block = {
      number: '0x10',
      timestamp: '0x65',
      hash: '0xab0f',
      extra: '0x',
      type: 2,
      final: true,
      none: null,
      logs: [{ blockNumber: '0x10', data: '0x00' }],
    };
    expect(wrongData(call('eth_getBlockByNumber', ['0x10', true]), block)).toEqual({
      number: '0x10',
      timestamp: '0x65',
      hash: '0xab0e',
      extra: '0x',
      type: 3,
      final: false,
      none: null,
      logs: [{ blockNumber: '0x10', data: '0x01' }],
    });
    expect(wrongData(call('eth_chainId'), '0x7a69')).toBe('0x7a69');
    expect(wrongData(call('eth_getBalance'), '0x7a69')).toBe('0x7a68');
  });
});

describe('an answer that is falsified', () => {
  const lie: Lie = ({ method }) => `lie about ${method}`;

  function said(request: string, answer: string): string {
    return falsify(Buffer.from(answer), readRequest(Buffer.from(request)), lie).toString();
  }

  test('has the lie in place of its result', () => {
    expect(said('{"id":1,"method":"a"}', '{"id":1,"result":"0x1"}')).toBe('{"id":1,"result":"lie about a"}');
  });

  test('in a batch: each by its id, in whatever order they come', () => {
    const request = '[{"id":1,"method":"a"},{"id":2,"method":"b"}]';
    expect(said(request, '[{"id":2,"result":0},{"id":1,"result":0}]')).toBe(
      '[{"id":2,"result":"lie about b"},{"id":1,"result":"lie about a"}]',
    );
  });

  test('stays as it is where it is an error, or no JSON, or no answer', () => {
    for (const answer of ['{"id":1,"error":{"code":3}}', 'not json', '[1,null]', '""']) {
      expect(said('{"id":1,"method":"a"}', answer)).toBe(answer);
    }
  });

  test.each([
    ['{"id":1,"result":0}', '{"id":7920,"result":0}'],
    ['{"id":"a","result":0}', '{"id":7919,"result":0}'],
    ['[{"id":1},{"id":2}]', '[{"id":7920},{"id":7921}]'],
    ['nothing', 'nothing'],
  ])('under a mistaken id %s is %s', (answer, mistaken) => {
    expect(mistakeIds(Buffer.from(answer)).toString()).toBe(mistaken);
  });
});
