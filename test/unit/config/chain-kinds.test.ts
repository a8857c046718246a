import { describe, expect, test } from 'vitest';
import { chainText, problemsOf, settingsOf } from '../../support/read-text.ts';

const primary = 'primary: [https://h.example]';

function kindOf(name: string, keys = ''): object {
  const [chain] = settingsOf(`chains: { ${name}: { ${keys} ${primary} } }`).chains;
  return { spec: chain?.spec, family: chain?.family, chainId: chain?.chainId };
}

describe('which chain it is', () => {
  test('is said by its own name, where a spec is called so', () => {
    expect(kindOf('ethereum')).toEqual({ spec: 'ethereum' });
  });

  test('is said by an alias, which stands for the canonical name', () => {
    expect(kindOf('matic')).toEqual({ spec: 'polygon' });
    expect(kindOf('main', 'spec: ethereum-mainnet,')).toEqual({ spec: 'ethereum' });
  });

  test('is said by `spec` before the name', () => {
    expect(kindOf('base', 'spec: ethereum,')).toEqual({ spec: 'ethereum' });
  });

  test('is said by family and chain id, also under the name of another chain', () => {
    expect(kindOf('devnet', 'family: evm, chainId: 31337,')).toEqual({ family: 'evm', chainId: '31337' });
    expect(kindOf('ethereum', 'family: evm, chainId: 1337,')).toEqual({ family: 'evm', chainId: '1337' });
  });

  test.each(['8453', '0x2105', '"8453"', '"0x2105"'])('a chain id on evm may be written %s', (chainId) => {
    expect(kindOf('x', `family: evm, chainId: ${chainId},`)).toEqual({ family: 'evm', chainId: '8453' });
  });

  test('an id of another family stays as it is written', () => {
    expect(kindOf('hub', 'family: cosmos, chainId: cosmoshub-4,')).toEqual({
      family: 'cosmos',
      chainId: 'cosmoshub-4',
    });
  });

  test.each([
    ['a chain nobody knows', 'chains: { polygn: { primary: [https://h.example] } }', 'did you mean polygon?'],
    ['a spec nobody knows', chainText(['spec: matik', primary]), 'spec: is no spec (did you mean matic?'],
    ['a family alone', chainText(['family: evm', primary]), 'ethereum: has only one of family and chainId'],
    ['a chain id alone', chainText(['chainId: 1', primary]), 'ethereum: has only one of family and chainId'],
    ['a spec and a chain id', chainText(['spec: base', 'chainId: 1', primary]), 'beside spec, which says both'],
    [
      'a word as chain id on evm',
      chainText(['family: evm', 'chainId: mainnet', primary]),
      'c.yaml:4 chains.ethereum.chainId: must be a number',
    ],
    ['zero as chain id on evm', chainText(['family: evm', 'chainId: 0', primary]), 'chainId: must be a number'],
    ['the generic family', chainText(['family: generic', 'chainId: x', primary]), 'family: must be one of evm, solana'],
  ])('%s is refused', (_, text, said) => {
    const found = problemsOf(text);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(said);
  });
});

test('methods, writes, broadcast and block facts of a chain are taken over', () => {
  const text = chainText([
    'epochBlocks: 10',
    'blockTime: 2s',
    'broadcast: 3',
    'writes: { publicFallback: true }',
    'methods: { allow: [a], deny: [b, c], unknown: reject }',
    primary,
  ]);
  expect(settingsOf(text).chains[0]).toMatchObject({
    epochBlocks: 10,
    blockTimeMs: 2_000,
    broadcast: 3,
    writesPublicFallback: true,
    methods: { allow: ['a'], deny: ['b', 'c'], unknown: 'reject' },
  });
});
