import { describe, expect, test } from 'vitest';
import { routeOf } from '../../../src/demo/call-route.ts';
import { callsOf, readRequest } from '../../../src/demo/wire-request.ts';

describe('a request at a provider', () => {
  test('is one call, with what a fault looks at', () => {
    const value = { jsonrpc: '2.0', id: 4, method: 'm', params: ['a'] };
    expect(readRequest(Buffer.from(JSON.stringify(value)))).toEqual({
      kind: 'single',
      call: { id: 4, method: 'm', params: ['a'], value },
    });
  });

  test('is a batch, odd members and all', () => {
    const request = readRequest(Buffer.from('[{"method":"m"},7,{"id":1,"method":3,"params":{}}]'));
    expect(request.kind).toBe('batch');
    expect(callsOf(request).map(({ id, method, params }) => ({ id, method, params }))).toEqual([
      { id: null, method: 'm', params: [] },
      { id: null, method: '', params: [] },
      { id: 1, method: '', params: [] },
    ]);
  });

  test.each(['', 'x', '1', '"text"', 'null'])('%j is neither', (body) => {
    expect(readRequest(Buffer.from(body))).toEqual({ kind: 'other' });
    expect(callsOf({ kind: 'other' })).toEqual([]);
  });
});

describe('the route of a call', () => {
  test.each([
    ['eth_sendRawTransaction', 'all'],
    ['eth_sendTransaction', 'sign-then-all'],
    ['eth_sendRawTransactionSync', 'refused'],
    ['eth_sendUnsignedTransaction', 'refused'],
    ['evm_mine', 'refused'],
    ['anvil_setBalance', 'refused'],
    ['hardhat_reset', 'refused'],
    ['tenderly_setBalance', 'refused'],
    ['eth_call', 'own'],
    ['eth_signTransaction', 'own'],
    ['debug_traceTransaction', 'own'],
    ['evmos_thing', 'own'],
    ['', 'own'],
  ])('%s goes to: %s', (method, route) => {
    expect(routeOf(method)).toBe(route);
  });
});
