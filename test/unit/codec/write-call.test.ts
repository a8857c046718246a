import { describe, expect, test } from 'vitest';
import { writeCall } from '../../../src/codec/write-call.ts';

describe('a call to an upstream', () => {
  test('has our id and the bytes of the params', () => {
    const params = Buffer.from('[ 1.0 ,{"a":9007199254740993}]');
    expect(writeCall({ method: 'eth_call', params }, 42).toString()).toBe(
      '{"jsonrpc":"2.0","id":42,"method":"eth_call","params":[ 1.0 ,{"a":9007199254740993}]}',
    );
  });

  test('F-086 has no params where the client sent none', () => {
    expect(writeCall({ method: 'm', params: undefined }, 1).toString()).toBe('{"jsonrpc":"2.0","id":1,"method":"m"}');
  });

  test.each(['a"b', 'a\\b', 'caf\u00e9', '\u{1f600}', '\ud800', '</script>', 'a","params":["x"]}'])(
    'escapes the method %j so that it stays one string',
    (method) => {
      const body = writeCall({ method, params: Buffer.from('[]') }, 1);
      expect(JSON.parse(body.toString())).toEqual({ jsonrpc: '2.0', id: 1, method, params: [] });
    },
  );

  test('keeps its bytes when the body it was read from is used again', () => {
    const params = Buffer.from('["abc"]');
    const body = writeCall({ method: 'm', params }, 1);
    params.fill(0x78);
    expect(body.toString()).toContain('["abc"]');
  });
});
