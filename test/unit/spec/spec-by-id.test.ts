import { beforeAll, describe, expect, it } from 'vitest';
import { type ChainDocuments, problemText } from '../../../src/model/chain-document.ts';
import type { ChainSpec } from '../../../src/model/chain-spec.ts';
import type { Compiled } from '../../../src/spec/compiled.ts';
import { familySpec, specForChainId } from '../../../src/spec/spec-by-id.ts';
import { packagedDocuments } from '../../support/chain-documents.ts';

let all: ChainDocuments;
beforeAll(async () => {
  all = await packagedDocuments();
});

describe('specForChainId', () => {
  it('gives a known id its own spec', () => {
    expect(value(specForChainId(all, '8453'))).toMatchObject({ name: 'base', blockTimeKnown: true, broadcast: 1 });
    expect(value(specForChainId(all, '11155111')).name).toBe('sepolia');
  });

  it('serves an id nobody wrote a spec for by the evm family, its block time a guess of one second', () => {
    const spec = value(specForChainId(all, '31337'));
    expect(spec).toMatchObject({
      name: 'evm-31337',
      family: 'evm',
      chainId: '31337',
      state: 'experimental',
      blockTimeMs: 1000,
      blockTimeKnown: false,
      lagLimit: 10,
      epochBlocks: 900,
      broadcast: 2,
      rateLimitedCode: -32005,
      finality: { kind: 'read' },
    });
    const [check] = spec.identity;
    expect(check?.all).toEqual([
      { method: 'eth_chainId', params: '[]', path: [], expect: '31337', compare: 'quantity' },
    ]);
    expect(spec.methods.get('eth_blockNumber')).toMatchObject({ kind: 'read', showsHead: [] });
    expect(spec.methods.get('eth_sendRawTransaction')?.write).toEqual({ kind: 'raw', path: ['0'], encoding: 'hex' });
  });

  it("takes the configuration's word for the block time", () => {
    const spec = value(specForChainId(all, '31337', { blockTimeMs: 2000, epochBlocks: 4 }));
    expect(spec).toMatchObject({ blockTimeMs: 2000, blockTimeKnown: true, lagLimit: 5, epochBlocks: 4 });
  });

  it.each(['0x1', '01', '0', '-1', '1.5', '', 'one', '1'.repeat(79)])('refuses %j, which is no decimal id', (id) => {
    expect(texts(specForChainId(all, id))).toEqual([
      `chains/family/evm.json /chainId: "${id}" is no EVM chain id; write it in decimal, as in "1"`,
    ]);
  });
});

describe('familySpec', () => {
  it('tells cosmos chains apart by name and solana chains by genesis, in the identity check too', () => {
    const cosmos = value(familySpec(all, { family: 'cosmos', chainId: 'Example_7-1' }));
    expect(cosmos).toMatchObject({
      name: 'cosmos-example-7-1',
      chainId: 'Example_7-1',
      finality: { kind: 'instant' },
    });
    expect(cosmos.identity[0]?.all[0]).toMatchObject({ expect: 'Example_7-1' });
    expect(cosmos.perInterface?.get('rest')?.identity[0]?.all[0]).toMatchObject({ expect: 'Example_7-1' });
    const solana = value(familySpec(all, { family: 'solana', chainId: 'A'.repeat(80) }));
    expect(solana.name).toBe(`solana-${'a'.repeat(57)}`);
    expect(solana.identity[0]?.all[0]).toMatchObject({ expect: 'A'.repeat(80) });
    expect(solana).not.toHaveProperty('chainId');
  });

  it('gives a chain that has a document that one', () => {
    expect(value(familySpec(all, { family: 'cosmos', chainId: 'cosmoshub-4' })).name).toBe('cosmoshub');
    const genesis = '5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d';
    expect(value(familySpec(all, { family: 'solana', chainId: genesis })).name).toBe('solana');
  });

  it('takes no generic chain by its id, which other networks have too', () => {
    expect(texts(familySpec(all, { family: 'generic', chainId: '1' }))).not.toEqual([]);
  });

  it('says what a generic chain must declare itself', () => {
    expect(texts(familySpec(all, { family: 'generic', chainId: 'x' }))).toEqual([
      'chains/family/generic.json /head: is missing; say it here, or extend a document that does',
      'chains/family/generic.json /identity: is missing; say it here, or extend a document that does',
    ]);
  });

  it('refuses an id that cannot be one, without repeating it', () => {
    expect(texts(familySpec(all, { family: 'cosmos', chainId: 'two words' }))).toEqual([
      'chains/family/cosmos.json /chainId: is no chain id; write 1 to 128 visible ASCII characters',
    ]);
  });
});

function value(outcome: Compiled<ChainSpec>): ChainSpec {
  if (outcome.kind === 'compiled') return outcome.value;
  throw new Error(texts(outcome).join('\n'));
}

function texts(outcome: Compiled<ChainSpec>): readonly string[] {
  return outcome.kind === 'failed' ? outcome.problems.map(problemText) : [];
}
