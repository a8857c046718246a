import { describe, expect, it } from 'vitest';
import { ByteBudget } from '../../../src/transport/byte-budget.ts';
import { readEncoding } from '../../../src/transport/decoder.ts';
import { isNear } from '../../../src/transport/near.ts';
import { findHeader } from '../../../src/transport/raw-headers.ts';

describe('a host', () => {
  it.each([
    'localhost',
    'geth',
    '127.0.0.1',
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    '[::1]',
    '[fd00::1]',
    'a.local',
    'a.internal',
  ])('%s is near', (host) => {
    expect(isNear(host)).toBe(true);
  });

  it.each(['rpc.example', '8.8.8.8', '172.32.0.1', '[2001:db8::1]', 'local.example'])('%s is far', (host) => {
    expect(isNear(host)).toBe(false);
  });
});

describe('a raw header', () => {
  const headers = ['Content-Length', '3', 'x-content-length', '4', 'A', '1', 'a', '2'].map((text) => Buffer.from(text));

  it('is found whatever its case, and by its whole name', () => {
    expect(findHeader(headers, 'content-length')).toBe('3');
  });

  it('said twice is joined', () => {
    expect(findHeader(headers, 'a')).toBe('1, 2');
  });

  it('that is not there is undefined', () => {
    expect(findHeader(headers, 'retry-after')).toBeUndefined();
  });
});

describe('an encoding', () => {
  it.each([
    ['', 'identity'],
    ['identity', 'identity'],
    [' GZip ', 'gzip'],
    ['x-gzip', 'gzip'],
    ['deflate', 'deflate'],
    ['br', 'br'],
    ['zstd', 'unknown'],
    ['gzip, gzip', 'unknown'],
  ])('%j is %s', (value, encoding) => {
    expect(readEncoding(value)).toBe(encoding);
  });
});

describe('the budget', () => {
  it('gives no more than it has, takes nothing where it refuses, and takes back', () => {
    const budget = new ByteBudget(10);
    expect([budget.take(6), budget.take(5), budget.take(4), budget.take(1)]).toEqual([true, false, true, false]);
    budget.give(6);
    expect(budget.held).toBe(4);
    expect(budget.take(6)).toBe(true);
  });
});
