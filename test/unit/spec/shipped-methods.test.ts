import { beforeAll, describe, expect, it } from 'vitest';
import { type ChainDocuments, problemText } from '../../../src/model/chain-document.ts';
import type { ChainSpec } from '../../../src/model/chain-spec.ts';
import type { MethodPolicy } from '../../../src/model/method-policy.ts';
import { compileChain } from '../../../src/spec/compile-chain.ts';
import expected from '../../fixtures/chains/methods.json' with { type: 'json' };
import { packagedDocuments } from '../../support/chain-documents.ts';

/** A chain of each family and dialect whose methods are listed. */
const chainOf = {
  evm: 'ethereum',
  solana: 'solana',
  utxo: 'bitcoin',
  cosmos: 'cosmoshub',
  'cosmos-rest': 'osmosis',
  'cosmos-grpc': 'osmosis',
  near: 'near',
  starknet: 'starknet',
  sui: 'sui',
  iota: 'iota',
  aptos: 'movement',
  ton: 'ton',
  tezos: 'tezos',
  tron: 'tron',
  xrpl: 'xrpl',
  stellar: 'stellar',
  cardano: 'cardano',
  casper: 'casper',
  substrate: 'polkadot-asset-hub',
  platformvm: 'avalanche-p',
  beacon: 'ethereum-beacon',
  filecoin: 'filecoin-calibration',
  celestia: 'celestia-mocha',
  dash: 'dash-testnet',
  dogecoin: 'dogecoin',
  zksync: 'abstract',
} as const satisfies Readonly<Record<keyof typeof expected, string>>;
type Described = keyof typeof chainOf;

let all: ChainDocuments;
beforeAll(async () => {
  all = await packagedDocuments();
});

describe.each(Object.keys(chainOf) as Described[])('the methods of %s', (family) => {
  const groups: Readonly<Record<string, readonly string[]>> = expected[family];

  it.each(Object.entries(groups).filter(([group]) => group !== 'denied'))(
    'that are "%s" are described as such',
    (group, names) => {
      const { methods } = specOf(chainOf[family]);
      const found = names.map((name) => [name, groupOf(methods.get(name))]);
      expect(found).toEqual(names.map((name) => [name, group]));
    },
  );

  it('that control a node are denied, by name or by prefix', () => {
    const { methods, deniedPrefixes } = specOf(chainOf[family]);
    const isDenied = (name: string) =>
      methods.get(name)?.denied === true || deniedPrefixes.some((prefix) => name.startsWith(prefix));
    expect((groups.denied ?? []).filter((name) => !isDenied(name))).toEqual([]);
    expect(
      Object.entries(groups).flatMap(([group, names]) => (group === 'denied' ? [] : names.filter(isDenied))),
    ).toEqual([]);
  });
});

describe('what is said of evm methods', () => {
  it.each<[string, Partial<MethodPolicy>]>([
    ['eth_blockNumber', { class: 'light', block: { kind: 'tip' }, showsHead: [], cache: 'tip' }],
    ['eth_chainId', { class: 'light', block: { kind: 'none' }, deterministic: true, nullMayBeLag: false }],
    [
      'eth_getBalance',
      { class: 'light', block: { kind: 'param', path: ['1'], missing: 'latest' }, cache: 'finalized' },
    ],
    ['eth_getStorageAt', { block: { kind: 'param', path: ['2'], missing: 'latest' } }],
    ['eth_getProof', { block: { kind: 'param', path: ['2'], missing: 'latest' } }],
    ['eth_call', { class: 'normal', block: { kind: 'param', path: ['1'], missing: 'latest' }, deterministic: true }],
    ['eth_estimateGas', { deterministic: false, cache: 'tip' }],
    ['eth_getBlockByNumber', { block: { kind: 'param', path: ['0'], missing: 'latest' }, nullMayBeLag: true }],
    ['eth_getTransactionReceipt', { block: { kind: 'by-hash', path: ['0'] }, nullMayBeLag: true, hedge: true }],
    [
      'eth_getLogs',
      {
        class: 'heavy',
        hedge: false,
        block: {
          kind: 'range',
          from: ['0', 'fromBlock'],
          to: ['0', 'toBlock'],
          hash: ['0', 'blockHash'],
          missing: 'latest',
        },
      },
    ],
    ['eth_feeHistory', { block: { kind: 'param', path: ['1'], missing: 'latest' } }],
    ['eth_simulateV1', { class: 'heavy', block: { kind: 'param', path: ['1'], missing: 'latest' } }],
    ['eth_getFilterChanges', { kind: 'filter', retry: false, hedge: false, cache: 'never' }],
    [
      'eth_sendRawTransaction',
      {
        kind: 'write',
        class: 'write',
        cache: 'never',
        hedge: false,
        write: { kind: 'raw', path: ['0'], encoding: 'hex' },
      },
    ],
    ['eth_sendTransaction', { kind: 'write', retry: false, write: { kind: 'once' } }],
    ['debug_traceTransaction', { class: 'heavy', addon: 'debug', deterministic: false }],
    ['trace_filter', { class: 'heavy', addon: 'trace', hedge: false }],
    ['txpool_content', { class: 'heavy', block: { kind: 'tip' }, deterministic: false }],
  ])('%s', (name, policy) => {
    expect(specOf('ethereum').methods.get(name)).toMatchObject({ ...policy, denied: false });
  });

  it('holds on every evm chain, beside what the chain adds', () => {
    const base = specOf('base').methods;
    for (const [name, policy] of specOf('ethereum').methods) expect(base.get(name)).toEqual(policy);
    expect(base.get('optimism_outputAtBlock')).toMatchObject({ kind: 'read', block: { kind: 'param' } });
  });
});

describe('what is said of signed bytes elsewhere', () => {
  it('lets a solana client name the encoding of its transaction', () => {
    expect(specOf('solana').methods.get('sendTransaction')?.write).toEqual({
      kind: 'raw',
      path: ['0'],
      encoding: 'base58',
      encodingPath: ['1', 'encoding'],
    });
  });

  it('sends a cosmos commit once and never again (F-153)', () => {
    expect(specOf('cosmoshub').methods.get('broadcast_tx_commit')).toMatchObject({
      retry: false,
      write: { kind: 'once' },
    });
  });
});

function groupOf(policy: MethodPolicy | undefined): string | undefined {
  return policy?.denied === true ? 'denied' : (policy?.write?.kind ?? policy?.kind);
}

function specOf(name: string): ChainSpec {
  const outcome = compileChain(all, name);
  if (outcome.kind === 'compiled') return outcome.value;
  throw new Error(outcome.problems.map(problemText).join('\n'));
}
