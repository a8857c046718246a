import { describe, expect, test } from 'vitest';
import { readMember } from '../../../src/codec/read-member.ts';

const whole = 1_000_000;

describe('a member at the top of a result', () => {
  test('is read as a value, whatever stands around it', () => {
    expect(readMember(Buffer.from('{"a":{"number":1},"number":"0x7","z":[]}'), 'number', whole)).toBe('0x7');
  });

  test('is found in a body that goes on beyond what is looked at', () => {
    const body = Buffer.from(`{"number":"0x7","transactions":[${'"0x00",'.repeat(100_000)}"0x00"]}`);
    expect(readMember(body, 'number', 1000)).toBe('0x7');
  });

  test('is none where it is absent, beyond what is looked at, too long, or there is no object', () => {
    expect(readMember(Buffer.from('{"a":1}'), 'number', whole)).toBeUndefined();
    expect(readMember(Buffer.from(`{"a":[${'1,'.repeat(5000)}1],"number":1}`), 'number', 100)).toBeUndefined();
    expect(readMember(Buffer.from(`{"number":"${'a'.repeat(300)}"}`), 'number', whole)).toBeUndefined();
    expect(readMember(Buffer.from('null'), 'number', whole)).toBeUndefined();
    expect(readMember(Buffer.from(''), 'number', whole)).toBeUndefined();
  });
});
