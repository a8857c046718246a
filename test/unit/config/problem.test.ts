import { describe, expect, test } from 'vitest';
import { formatPath, formatProblem, presentable } from '../../../src/config/problem.ts';

describe('problems', () => {
  test('are one line: file, line, path, what is wrong', () => {
    const problem = { path: ['chains', 'ethereum', 'primary', 0, 'url'], text: 'is no URL (…)', line: 12 };
    expect(formatProblem('c.yaml', problem)).toBe('c.yaml:12 chains.ethereum.primary[0].url: is no URL (…)');
    expect(formatProblem('c.yaml', { path: [], text: 'has no keys' })).toBe('c.yaml: has no keys');
    expect(formatProblem('c.yaml', { path: [], text: 'x', line: 3 })).toBe('c.yaml:3: x');
  });

  test('have a path that begins with a position as well', () => {
    expect(formatPath([0, 'a', 1, 2, 'b'])).toBe('[0].a[1][2].b');
  });

  test.each([
    'chains',
    'ethereum-sepolia',
    'evm-31337',
    'polygon-zkevm-cardona',
    'x-api-key',
    'admittedGrowthPerSecond',
  ])('show the name %s', (word) => {
    expect(presentable(word)).toBe(word);
  });

  test.each([
    'https://h.example/KEY',
    'has space',
    '',
    'a'.repeat(41),
    'abcdefghijklmnopqrstuvwxyz',
    '0123456789abcdef',
    'key-0123456789',
    'A1b2C3d4E5f6',
    'line\nbreak',
  ])('hide %j, which may be a key', (word) => {
    expect(presentable(word)).toBe('***');
  });
});
