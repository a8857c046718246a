import { describe, expect, test } from 'vitest';
import { canonicalNumber } from '../../../src/relay/canonical-number.ts';
import { canonicalText, readCanonical, startCanonical } from '../../../src/relay/canonical-text.ts';

function canonical(
  text: string,
  traits: { volatile?: readonly string[]; hexCase?: 'counts' | 'ignored' } = {},
): string {
  const { volatile = [], hexCase = 'counts' } = traits;
  const reading = startCanonical(Buffer.from(text), { volatile: new Set(volatile), hexCase });
  while (readCanonical(reading, 16) === 'more');
  return canonicalText(reading);
}

describe('two results are the same', () => {
  test.each([
    ['{"a":1,"b":[true,null]}', ' { "b" : [ true , null ] , "a" : 1.0 } '],
    ['"\\u0041\\/"', '"A/"'],
    ['[1e3]', '[1000]'],
    ['[-0, 0.000]', '[0,0]'],
    ['{"a":1,"a":2}', '{"a":2}'],
  ])('%s and %s', (one, other) => {
    expect(canonical(one)).toBe(canonical(other));
  });
});

describe('two results differ', () => {
  test.each([
    ['[1,2]', '[2,1]'],
    ['9007199254740992', '9007199254740993'],
    ['"1"', '1'],
    ['null', '"null"'],
    ['[]', '{}'],
    ['"0x01"', '"0x1"'],
    ['{"a":"b"}', '{"a":["b"]}'],
    ['1e999999999999', '1e999999999998'],
  ])('%s and %s', (one, other) => {
    expect(canonical(one)).not.toBe(canonical(other));
  });
});

describe('the form of a chain', () => {
  test('leaves out members that honest upstreams fill differently, wherever they stand', () => {
    const volatile = ['context'];
    expect(canonical('{"context":{"slot":1},"value":[{"context":2,"x":3}]}', { volatile })).toBe('{"value":[{"x":3}]}');
  });

  test('ignores the case of hex digits where the chain does, and of nothing else', () => {
    expect(canonical('"0xABcd"', { hexCase: 'ignored' })).toBe('"0xabcd"');
    expect(canonical('"0xABcd"')).toBe('"0xABcd"');
    expect(canonical('"Paris 0xAB"', { hexCase: 'ignored' })).toBe('"Paris 0xAB"');
  });
});

test('a number has one spelling', () => {
  expect(['1', '1.0', '10e-1', '0.1E1', '1.000e+0'].map(canonicalNumber)).toEqual(['1', '1', '1', '1', '1']);
  expect(canonicalNumber('-120.50')).toBe(canonicalNumber('-1.205e2'));
  expect(canonicalNumber('1200')).toBe('12e2');
});
