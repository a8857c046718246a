import { describe, expect, it } from 'vitest';
import { chainWithId, listChains, resolveChainName } from '../../../src/spec/chain-names.ts';
import { documentsOf, tinyChain, tinyFamily } from '../../support/chain-documents.ts';

const all = documentsOf({
  'family/evm': tinyFamily,
  tiny: { ...tinyChain, aliases: ['wee'], verifiedOn: '2026-01-31' },
  large: { extends: 'tiny', display: 'Large', aliases: ['tiny', 'big'], chainId: '8' },
  mesh: { ...tinyChain, extends: 'tiny', display: 'Mesh', chainId: '10', interfaces: ['rest', 'grpc'] },
  orphan: { extends: 'family/none', chainId: '9' },
});

describe('resolveChainName', () => {
  it('finds a chain by its name and by its aliases, whatever the case', () => {
    expect(resolveChainName(all, 'tiny')).toEqual({ kind: 'found', name: 'tiny' });
    expect(resolveChainName(all, 'Big')).toEqual({ kind: 'found', name: 'large' });
  });

  it('lets a name outrank an alias', () => {
    expect(resolveChainName(all, 'tiny')).toEqual({ kind: 'found', name: 'tiny' });
  });

  it('offers the nearest name or alias for one it does not know', () => {
    expect(resolveChainName(all, 'larg')).toEqual({ kind: 'unknown', nearest: 'large' });
    expect(resolveChainName(all, 'zanzibar')).toEqual({ kind: 'unknown', nearest: undefined });
  });

  it('takes no family for a chain', () => {
    expect(resolveChainName(all, 'family/evm').kind).toBe('unknown');
  });
});

describe('listChains', () => {
  it('lists the chains by name, without those whose ancestors cannot be followed', () => {
    expect(listChains(all)).toEqual([
      {
        name: 'large',
        display: 'Large',
        aliases: ['tiny', 'big'],
        family: 'evm',
        interfaces: ['json-rpc'],
        chainId: '8',
        state: 'experimental',
      },
      {
        name: 'mesh',
        display: 'Mesh',
        aliases: [],
        family: 'evm',
        interfaces: ['rest', 'grpc'],
        chainId: '10',
        state: 'experimental',
      },
      {
        name: 'tiny',
        display: 'Tiny',
        aliases: ['wee'],
        family: 'evm',
        interfaces: ['json-rpc'],
        chainId: '7',
        state: 'verified',
        verifiedOn: '2026-01-31',
      },
    ]);
  });
});

describe('chainWithId', () => {
  it('tells chains of one family apart by their own id, never by an inherited one', () => {
    expect(chainWithId(all, 'evm', '7')).toBe('tiny');
    expect(chainWithId(all, 'evm', '8')).toBe('large');
    expect(chainWithId(all, 'cosmos', '7')).toBeUndefined();
    expect(chainWithId(all, 'evm', '9')).toBeUndefined();
  });

  it('tells no generic chain by its id: many networks count theirs from one', () => {
    const generic = documentsOf({
      'family/generic': { ...tinyFamily, family: 'generic' },
      lone: { extends: 'family/generic', display: 'Lone', chainId: '1' },
    });
    expect(chainWithId(generic, 'generic', '1')).toBeUndefined();
  });
});
