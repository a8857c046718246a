import { describe, expect, test } from 'vitest';
import type { ChainSpec } from '../../../src/model/chain-spec.ts';
import { createDirectory } from '../../../src/world/chain-directory.ts';
import { buildSpec } from '../../support/build-health.ts';

function chain(name: string, spec: Partial<ChainSpec> = {}) {
  return { name, spec: buildSpec({ name, family: 'evm', ...spec }) };
}

const main = chain('mainnet', { name: 'ethereum', chainId: '1', aliases: ['eth'] });
const archive = chain('archive', { name: 'ethereum', chainId: '1', aliases: ['eth'] });
const cosmos = chain('hub', { family: 'cosmos', chainId: 'cosmoshub-4' });

describe('a chain is found', () => {
  const find = createDirectory([main, archive, cosmos]);

  test('by the name the config gives it', () => {
    expect([find('mainnet'), find('archive'), find('hub')]).toEqual([main, archive, cosmos]);
  });

  test('by its id and by its spec’s names, where several could the first of the file', () => {
    expect(['1', 'evm/1', 'ethereum', 'eth'].map((name) => find(name))).toEqual([main, main, main, main]);
  });

  test('by an id of the EVM family only', () => {
    expect(find('cosmoshub-4')).toBeUndefined();
    expect(find('evm/cosmoshub-4')).toBeUndefined();
  });

  test('by no other spelling', () => {
    const others = ['MAINNET', 'mainnet/', ' mainnet', '01', '0x1', 'evm/0x1', '', 'constructor', '__proto__'];
    expect(others.filter((name) => find(name) !== undefined)).toEqual([]);
  });
});

test('a name that another chain’s spec bears belongs to the chain that is called so', () => {
  const renamed = chain('eth', { name: 'base', chainId: '8453' });
  expect(createDirectory([main, renamed])('eth')).toBe(renamed);
});

test('without a name the only chain is found, and nobody where there are several', () => {
  expect(createDirectory([main])(undefined)).toBe(main);
  expect(createDirectory([main, cosmos])(undefined)).toBeUndefined();
  expect(createDirectory([])(undefined)).toBeUndefined();
});
