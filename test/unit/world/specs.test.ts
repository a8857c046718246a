import { describe, expect, test } from 'vitest';
import { specOf } from '../../../src/world/specs.ts';
import { packagedDocuments } from '../../support/chain-documents.ts';
import { ethereumOf } from '../../support/read-text.ts';

const documents = await packagedDocuments();
const primary = 'primary: [http://10.0.0.1]';

describe('a chain that asks for a quorum', () => {
  test('may ask for one of every read its spec names', () => {
    const chain = ethereumOf([primary, 'quorum: { eth_getBalance: 2/3, eth_call: 2/2 }']);
    expect(specOf(documents, chain).name).toBe('ethereum');
  });

  test.each(['eth_sendRawTransaction', 'eth_newFilter', 'eth_unheardOf'])('is refused one of %s', (method) => {
    const chain = ethereumOf([primary, `quorum: { eth_call: 2/2, ${method}: 2/3 }`]);
    expect(() => specOf(documents, chain)).toThrow(`chains.ethereum.quorum: ${method}: a quorum is for reads`);
  });
});

describe('a chain whose own interface this version does not serve', () => {
  test.each(['aptos', 'ton', 'tezos'])('is refused at the start, and says why: %s', (spec) => {
    const chain = { ...ethereumOf([primary]), spec };
    expect(() => specOf(documents, chain)).toThrow(
      /^chains\.ethereum: .* is spoken to over rest, which this version does not/,
    );
  });

  test('is none where JSON-RPC or Tendermint comes first', () => {
    for (const spec of ['ethereum', 'solana', 'bitcoin', 'cosmoshub', 'stellar'])
      expect(specOf(documents, { ...ethereumOf([primary]), spec }).interfaces.length).toBeGreaterThan(0);
  });
});
