import { describe, expect, test } from 'vitest';
import { type KeyParts, keyOf } from '../../../src/cache/call-key.ts';
import { hash } from '../../../src/system/hash.ts';

function key(traits: Partial<KeyParts> = {}): string {
  return keyOf({ part: '1', method: 'read', steering: '', params: Buffer.from('[1]'), ...traits }, hash);
}

describe('the key of a read', () => {
  test('is the same for the same call', () => {
    expect(key()).toBe(key({ params: Buffer.from('[1]') }));
  });

  test.each([
    ['the chain', { part: '2' }],
    ['the method', { method: 'reads' }],
    ['the steering', { steering: 'x' }],
    ['the params', { params: Buffer.from('[2]') }],
    ['the case of the params (F-185)', { params: Buffer.from('["A"]') }],
    ['their being absent', { params: undefined }],
    ['their being empty', { params: Buffer.from('[]') }],
  ])('hangs on %s', (_, traits) => {
    expect(key(traits)).not.toBe(key());
  });

  test('tells absent params, an empty list, an empty object and null apart', () => {
    const keys = [undefined, '[]', '{}', 'null'].map((text) =>
      key({ params: text === undefined ? undefined : Buffer.from(text) }),
    );
    expect(new Set(keys).size).toBe(4);
  });

  test('lets no part run over into the next', () => {
    expect(key({ part: '1', method: '2read' })).not.toBe(key({ part: '12', method: 'read' }));
    expect(key({ method: 'a', steering: 'b' })).not.toBe(key({ method: 'ab', steering: '' }));
  });

  test('stays short for long params, and still tells them apart', () => {
    const long = (last: string): Buffer => Buffer.from(`["${'a'.repeat(60_000)}${last}"]`);
    expect(key({ params: long('b') }).length).toBeLessThan(200);
    expect(key({ params: long('b') })).toBe(key({ params: long('b') }));
    expect(key({ params: long('b') })).not.toBe(key({ params: long('c') }));
  });

  test('keeps bytes beyond ASCII apart', () => {
    expect(key({ params: Buffer.from('["é"]') })).not.toBe(key({ params: Buffer.from('["è"]') }));
  });
});
