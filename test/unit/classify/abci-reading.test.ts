import { describe, expect, it } from 'vitest';
import { isNumberedBySdk, readAbci, readAbciText } from '../../../src/classify/abci-reading.ts';

const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));

describe('a refusal inside a result', () => {
  it.each([
    ['a broadcast', { code: 5, codespace: 'sdk', log: 'no funds', hash: 'AB' }],
    ['a broadcast that waited', { check_tx: { code: 5, codespace: 'sdk', log: 'no funds' }, height: '0' }],
    ['a query', { response: { code: 5, codespace: 'sdk', log: 'no funds' } }],
    ['REST', { tx_response: { code: 5, codespace: 'sdk', raw_log: 'no funds' } }],
  ])('is found in the answer of %s', (_, value) => {
    expect(readAbci(bytes(value))).toEqual({ code: 5, codespace: 'sdk', log: 'no funds' });
  });

  it('is not there when the code is zero, absent or no integer, or the result is no object', () => {
    for (const value of [{ code: 0 }, {}, { code: '5' }, { code: 1.5 }, [], null, 'x'])
      expect(readAbci(bytes(value))).toBeUndefined();
  });

  it('is not looked for in a result over 64 KiB, nor in broken JSON', () => {
    expect(readAbci(bytes({ code: 5, data: 'x'.repeat(65_536) }))).toBeUndefined();
    expect(readAbci(Buffer.from('{"code":5'))).toBeUndefined();
  });
});

it('the SDK numbers the codes of its own codespaces only', () => {
  const at = (codespace: string) => isNumberedBySdk({ code: 5, codespace, log: '' });
  expect(['', 'sdk', 'undefined', 'wasm', 'ibc'].map(at)).toEqual([true, true, true, false, false]);
});

it('a refusal is found in the message of a gRPC status', () => {
  const message = 'codespace sdk code 22: key not found: account x';
  expect(readAbciText(message)).toEqual({ code: 22, codespace: 'sdk', log: message });
  expect(readAbciText('key not found')).toBeUndefined();
});
