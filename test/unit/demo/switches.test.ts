import { describe, expect, test } from 'vitest';
import { faultText } from '../../../src/demo/fault.ts';
import { faultOf, readFault, switches } from '../../../src/demo/switches.ts';

describe('the switches of a provider', () => {
  test('have a key each, none of them one that chooses a provider or ends the demo', () => {
    const keys = switches.map(({ key }) => key);
    expect(new Set(keys).size).toBe(switches.length);
    for (const taken of ['1', '2', '3', 'q']) expect(keys).not.toContain(taken);
  });

  test.each(switches)('$name makes the fault of its name, with its usual number', (each) => {
    const fault = faultOf(each);
    expect(fault.kind).toBe(each.name);
    expect(readFault(each.name, undefined)).toEqual({ kind: 'read', fault });
    expect(faultText(fault)).toContain(each.name);
    if (each.number !== undefined) expect(faultText(fault)).toContain(String(each.number.usual));
  });

  test.each([
    ['slow', '1', { kind: 'slow', delayMs: 1 }],
    ['lagging', '500', { kind: 'lagging', blocks: 500 }],
    ['429', '0', { kind: '429', retryAfterSeconds: 0 }],
    ['wrong-chain', '8453', { kind: 'wrong-chain', chainId: 8_453 }],
  ])('%s takes the number %s', (name, number, fault) => {
    expect(readFault(name, number)).toEqual({ kind: 'read', fault });
  });

  test.each([
    ['slow', '0'],
    ['slow', '1e3'],
    ['slow', ''],
    ['lagging', '501'],
    ['429', '-1'],
    ['wrong-chain', '0x1'],
    ['html', '1'],
    ['toString', undefined],
    ['UP', undefined],
  ])('%s with %s is refused with a reason', (name, number) => {
    expect(readFault(name, number)).toEqual({ kind: 'refused', why: expect.stringMatching(/\w/) });
  });
});
