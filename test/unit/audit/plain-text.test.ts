import { describe, expect, it } from 'vitest';
import { plainText, readPlainText } from '../../../src/audit/plain-text.ts';

describe('text that may be a part of a hash', () => {
  it.each(['', 'sn-a', 'ethereum/own-node/json-rpc', 'b/19000000', 'ünïcode-节点', '\u{1F600}', 'two words', '\u00A0'])(
    '%j is taken as it is',
    (text) => {
      expect(readPlainText(text)).toBe(text);
      expect(plainText(text)).toBe(text);
    },
  );

  it.each([
    ['a NUL', 'a\0b'],
    ['a NUL alone', '\0'],
    ['a tab', 'a\tb'],
    ['a line feed at the end', 'a\n'],
    ['a carriage return', '\ra'],
    ['an escape', '\u001B[0m'],
    ['the last of the low control characters', '\u001F'],
    ['DEL', 'a\u007F'],
    ['a high control character', '\u0085'],
    ['the last of the high control characters', '\u009F'],
    ['the first half of a pair', 'a\uD83D'],
    ['the second half of a pair', '\uDE00a'],
    ['a pair the wrong way round', '\uDE00\uD83D'],
  ])('%s is refused', (_, text) => {
    expect(readPlainText(text)).toBeUndefined();
    expect(() => plainText(text)).toThrow(RangeError);
  });

  it('what is refused is named in escapes, so that the message holds no control character itself', () => {
    expect(() => plainText('a\0b')).toThrow('"a\\u0000b" holds a character that no id may have');
  });
});
