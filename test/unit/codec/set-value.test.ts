import { describe, expect, test } from 'vitest';
import { setValue } from '../../../src/codec/set-value.ts';

function set(json: string, path: readonly string[], text = '"0x7"'): string | undefined {
  return setValue(Buffer.from(json), path, text)?.toString();
}

describe('a value in params', () => {
  test.each([
    ['["0xaa","latest"]', ['1'], '["0xaa","0x7"]'],
    [' [ "0xaa" , null ] ', ['1'], ' [ "0xaa" , "0x7" ] '],
    ['["0xaa",{"blockNumber":"latest"}]', ['1'], '["0xaa","0x7"]'],
    ['[{"toBlock":"latest","fromBlock":"0x1"}]', ['0', 'toBlock'], '[{"toBlock":"0x7","fromBlock":"0x1"}]'],
    ['{"height":0}', ['height'], '{"height":"0x7"}'],
  ])('%s is replaced at %j, and nothing else', (json, path, expected) => {
    expect(set(json, path)).toBe(expected);
  });

  test.each([
    ['["0xaa"]', ['1'], '["0xaa","0x7"]'],
    ['[]', ['0'], '["0x7"]'],
    ['[{}]', ['0', 'toBlock'], '[{"toBlock":"0x7"}]'],
    ['[{"a":1}]', ['0', 'toBlock'], '[{"toBlock":"0x7","a":1}]'],
    ['[ { } ]', ['0', 'toBlock'], '[ {"toBlock":"0x7" } ]'],
  ])('%s is given one at %j, where only that is missing', (json, path, expected) => {
    expect(set(json, path)).toBe(expected);
  });

  test('keeps what no reader of JSON would: numbers beyond doubles, repeated keys', () => {
    expect(set('[{"a":1e400,"a":90071992547409931},"latest"]', ['1'])).toBe(
      '[{"a":1e400,"a":90071992547409931},"0x7"]',
    );
  });

  test('has no place where more than the last step is missing, or the way leads through something else', () => {
    expect(set('[]', ['1'])).toBeUndefined();
    expect(set('["0xaa"]', ['1', 'blockNumber'])).toBeUndefined();
    expect(set('["0xaa"]', ['0', 'blockNumber'])).toBeUndefined();
    expect(set('["0xaa"]', ['first'])).toBeUndefined();
    expect(set('"0xaa"', ['0'])).toBeUndefined();
    expect(set('["0xaa"]', [])).toBeUndefined();
  });
});
