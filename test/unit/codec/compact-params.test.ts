import { describe, expect, test } from 'vitest';
import { compactParams } from '../../../src/codec/compact-params.ts';
import { readJsonValue } from '../../../src/codec/read-json-value.ts';

describe('params made compact', () => {
  test.each([
    ['[ ]', '[]'],
    [' [1 , 2]\n', '[1,2]'],
    ['{ "a b" : "c  d" ,\t"E":[\r\n] }', '{"a b":"c  d","E":[]}'],
    ['["a\\" , b" , 1]', '["a\\" , b",1]'],
    ['["0xAbC" , 1.0, -0]', '["0xAbC",1.0,-0]'],
    ['[ "\u00e9 \u2028" ]', '["\u00e9 \u2028"]'],
  ])('lose the white space between tokens and nothing else: %j', (spread, compact) => {
    expect(compactParams(Buffer.from(spread)).toString()).toBe(compact);
  });

  test.each(['[]', '{"a b":"c d"}', '["  "]', 'null', ''])('are the same buffer where there is none: %j', (text) => {
    const params = Buffer.from(text);
    expect(compactParams(params)).toBe(params);
  });

  test('end where a string that never closes ends', () => {
    expect(compactParams(Buffer.from('[ 1, "a b')).toString()).toBe('[1,"a b');
  });
});

describe('a small answer parsed', () => {
  test('is its value', () => {
    expect(readJsonValue(Buffer.from('{"number":"0x1","list":[1,null]}'))).toEqual({ number: '0x1', list: [1, null] });
  });

  test.each(['', '{', 'NaN', '[1,]', '1 2'])('is undefined where it is no JSON: %j', (text) => {
    expect(readJsonValue(Buffer.from(text))).toBeUndefined();
  });

  test('F-063 is undefined where it is no UTF-8', () => {
    expect(readJsonValue(Buffer.from([0x22, 0xff, 0x22]))).toBeUndefined();
  });

  test('F-070 changes no prototype', () => {
    readJsonValue(Buffer.from('{"__proto__":{"polluted":1}}'));
    expect('polluted' in {}).toBe(false);
  });
});
