import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { packagedChains } from '../../../src/config/read-chain-documents.ts';
import { type ChainDocuments, problemText } from '../../../src/model/chain-document.ts';
import type { ChainSpec } from '../../../src/model/chain-spec.ts';
import { chainWithId, listChains, resolveChainName } from '../../../src/spec/chain-names.ts';
import { compileChain } from '../../../src/spec/compile-chain.ts';
import { packagedDocuments } from '../../support/chain-documents.ts';

let all: ChainDocuments;
let specs: ReadonlyMap<string, ChainSpec>;

beforeAll(async () => {
  all = await packagedDocuments();
  specs = new Map(listChains(all).map(({ name }) => [name, compiled(name)]));
});

describe('the chains that ship', () => {
  it.each([
    ['eth', 'ethereum'],
    ['ethereum-sepolia', 'sepolia'],
    ['base-mainnet', 'base'],
    ['op-mainnet', 'optimism'],
    ['arbitrum-one', 'arbitrum'],
    ['matic', 'polygon'],
    ['bnb', 'bsc'],
    ['avalanche-c', 'avalanche'],
    ['xdai', 'gnosis'],
    ['sol', 'solana'],
    ['BTC', 'bitcoin'],
    ['atom', 'cosmoshub'],
    ['hyperevm', 'hyperliquid'],
    ['strk', 'starknet'],
    ['trx', 'tron'],
  ])('are known by the names people use: %s is %s', (alias, name) => {
    expect(resolveChainName(all, alias)).toEqual({ kind: 'found', name });
  });

  it('tell chains apart that share a genesis, by a block after they parted', () => {
    const forked = (name: string) => specs.get(name)?.identity[0]?.all.map(({ params }) => params);
    expect(forked('bitcoin')).toEqual(['[0]', '[478559]']);
    expect(forked('bitcoin-cash')).toEqual(['[0]', '[478559]']);
    expect(specs.get('bitcoin')?.identity).not.toEqual(specs.get('bitcoin-cash')?.identity);
    expect(specs.get('bitcoin-testnet3')?.identity).not.toEqual(specs.get('bitcoin-cash-testnet3')?.identity);
  });

  it('leave the shared genesis to the older chain, so that detection is one and the same each time', () => {
    const genesisOf = (name: string) => all.documents.get(name)?.document.genesis ?? '';
    expect(chainWithId(all, 'utxo', genesisOf('bitcoin'))).toBe('bitcoin');
    expect(chainWithId(all, 'utxo', genesisOf('bitcoin-testnet3'))).toBe('bitcoin-testnet3');
    expect([genesisOf('bitcoin-cash'), genesisOf('bitcoin-cash-testnet3')]).toEqual(['', '']);
  });

  it('read the newest, the finalized and any block alike on the evm family', () => {
    const spec = specs.get('ethereum');
    const paths = { height: ['number'], hash: ['hash'], parent: ['parentHash'], time: ['timestamp'], quantity: 'hex' };
    const read = (params: string) => ({ method: 'eth_getBlockByNumber', params, ...paths });
    expect(spec?.head).toEqual(read('["latest",false]'));
    expect(spec?.finality).toEqual({ kind: 'read', read: read('["finalized",false]') });
    expect(spec?.blockByHeight).toEqual(read('["$height",false]'));
  });

  it('never mix two commitments in one reading on solana, and ask for no older slot', () => {
    const spec = specs.get('solana');
    expect(spec?.head).toMatchObject({
      method: 'getLatestBlockhash',
      params: '[{"commitment":"confirmed"}]',
      height: ['context', 'slot'],
    });
    expect(spec?.finality).toMatchObject({
      read: { method: 'getLatestBlockhash', params: '[{"commitment":"finalized"}]' },
    });
    expect(spec?.blockByHeight).toBeUndefined();
  });

  it('read one height over three interfaces on cosmos, and no hash where it is written in another form', () => {
    const spec = specs.get('osmosis');
    expect([spec?.head.method, ...(spec?.perInterface?.keys() ?? [])]).toEqual(['status', 'rest', 'grpc']);
    for (const { head, identity, finality } of spec?.perInterface?.values() ?? []) {
      expect(head).not.toHaveProperty('hash');
      expect(identity[0]?.all[0]).toMatchObject({ expect: 'osmosis-1', method: head.method });
      expect(finality).toEqual({ kind: 'instant' });
    }
    expect(spec?.perInterface?.get('grpc')?.head.height).toEqual(['2', '1', '3']);
  });

  it('ask nodes of the solana family for their own word, and nobody else', () => {
    const asked = [...specs.values()].filter(({ health }) => health !== undefined);
    expect(new Set(asked.map(({ family }) => family))).toEqual(new Set(['solana']));
    expect(specs.get('solana')?.health).toEqual({ method: 'getHealth', params: '[]' });
  });

  it('send a signed write to one upstream where one sequencer orders', () => {
    const alone = [...specs.values()].filter(({ broadcast }) => broadcast === 1).map(({ name }) => name);
    const rollups = [
      'arbitrum',
      'arbitrum-nova',
      'base',
      'celo',
      'ink',
      'linea',
      'mantle',
      'optimism',
      'scroll',
      'zksync-era',
    ];
    expect(alone).toEqual(expect.arrayContaining(rollups));
    expect(alone).not.toContain('ethereum');
  });

  it('leave no method open that a denied prefix covers', () => {
    for (const { methods, deniedPrefixes } of specs.values()) {
      const open = [...methods.values()].filter(({ denied }) => !denied).map(({ name }) => name);
      expect(open.filter((name) => deniedPrefixes.some((prefix) => name.startsWith(prefix)))).toEqual([]);
    }
  });

  it('verify each add-on their methods need', () => {
    for (const { methods, addons, family } of specs.values()) {
      const needed = new Set([...methods.values()].flatMap(({ addon }) => (addon === undefined ? [] : [addon])));
      expect(
        [...needed].filter((name) => !addons.some((addon) => addon.name === name)),
        family,
      ).toEqual([]);
    }
  });

  it('ask in their own readings only for methods they describe as open reads', () => {
    for (const spec of specs.values()) {
      for (const method of questionsOf(spec)) {
        expect(spec.methods.get(method), `${spec.name} ${method}`).toMatchObject({ kind: 'read', denied: false });
      }
    }
  });

  it('ask each interface in its own form: a verb and a path, a full gRPC method, or a name', () => {
    for (const spec of specs.values()) {
      const [first, ...others] = spec.interfaces;
      const asked = [[first, spec] as const, ...others.map((name) => [name, spec.perInterface?.get(name)] as const)];
      for (const [name, readings] of asked) expect(formOf(readings?.head.method ?? ''), spec.name).toBe(formFor(name));
    }
  });
});

describe('the files that ship', () => {
  it('repeat no key, hold at most 40 lines for a chain, and none over 140 columns', async () => {
    for (const { file, text } of await shippedFiles()) {
      expect(parseDocument(text, { uniqueKeys: true }).errors.map(String), file).toEqual([]);
      if (!file.includes('/')) expect(text.split('\n').length, file).toBeLessThanOrEqual(41);
      expect(
        text.split('\n').filter((line) => line.length > 140),
        file,
      ).toEqual([]);
    }
  });

  it('point editors to their schema', async () => {
    for (const { file, text } of await shippedFiles()) {
      expect(JSON.parse(text).$schema, file).toBe(file.includes('/') ? '../schema.json' : './schema.json');
    }
  });
});

function questionsOf(spec: ChainSpec): readonly string[] {
  const readings = [spec, ...(spec.perInterface?.values() ?? [])];
  const asked = readings.flatMap(({ head, finality, identity, blockByHeight }) => [
    head,
    ...(finality.kind === 'read' ? [finality.read] : []),
    ...identity.flatMap((check) => check.all),
    ...(blockByHeight === undefined ? [] : [blockByHeight]),
  ]);
  return [...asked, ...spec.addons, ...(spec.health === undefined ? [] : [spec.health])].map(({ method }) => method);
}

function formOf(method: string): string {
  if (/^(GET|POST) \//.test(method)) return 'route';
  return /^[a-z0-9.]+\.[A-Za-z]+\/[A-Z][A-Za-z]+$/.test(method) ? 'grpc' : 'name';
}

function formFor(name: string | undefined): string {
  return name === 'rest' ? 'route' : name === 'grpc' ? 'grpc' : 'name';
}

async function shippedFiles(): Promise<readonly { readonly file: string; readonly text: string }[]> {
  const chains = (await readdir(packagedChains())).filter(
    (file) => /^[a-z0-9-]+\.json$/.test(file) && file !== 'schema.json',
  );
  const families = (await readdir(join(packagedChains(), 'family'))).map((file) => `family/${file}`);
  const files = [...chains, ...families];
  expect(files.length).toBeGreaterThan(170);
  return Promise.all(files.map(async (file) => ({ file, text: await readFile(join(packagedChains(), file), 'utf8') })));
}

function compiled(name: string): ChainSpec {
  const outcome = compileChain(all, name);
  if (outcome.kind === 'compiled') return outcome.value;
  throw new Error(outcome.problems.map(problemText).join('\n'));
}
