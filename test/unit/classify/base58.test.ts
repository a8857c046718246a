import { describe, expect, it } from 'vitest';
import { decodeBase58, encodeBase58 } from '../../../src/classify/base58.ts';

describe('base58', () => {
  it.each([
    ['', ''],
    ['61', '2g'],
    ['626262', 'a3gV'],
    ['636363', 'aPEr'],
    ['73696d706c792061206c6f6e6720737472696e67', '2cFupjhnEsSn59qHXstmK2ffpLv2'],
    ['00eb15231dfceb60925886b67d065299925915aeb172c06647', '1NS17iag9jJgTHD1VXjvLCEnZuQ3rJDE9L'],
    ['516b6fcd0f', 'ABnLTmg'],
    ['bf4f89001e670274dd', '3SEo3LWLoPntC'],
    ['ecac89cad93923c02321', 'EJDM8drfXA6uyA'],
    ['00000000000000000000', '1111111111'],
  ])('writes %s as %s and reads it back', (hex, text) => {
    expect(encodeBase58(Buffer.from(hex, 'hex'))).toBe(text);
    expect(decodeBase58(text)?.toString('hex')).toBe(hex);
  });

  it.each(['0', 'O', 'I', 'l', 'abc def', 'é'])('does not read %s', (text) => {
    expect(decodeBase58(text)).toBeUndefined();
  });
});
