import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { packagedChains } from '../../../src/config/read-chain-documents.ts';
import { type ChainDocuments, problemText } from '../../../src/model/chain-document.ts';
import type { ChainSpec } from '../../../src/model/chain-spec.ts';
import { listChains, resolveChainName } from '../../../src/spec/chain-names.ts';
import { compileChain } from '../../../src/spec/compile-chain.ts';
import facts from '../../fixtures/chains/facts.json' with { type: 'json' };
import { packagedDocuments } from '../../support/chain-documents.ts';

let all: ChainDocuments;
let specs: ReadonlyMap<string, ChainSpec>;

beforeAll(async () => {
  all = await packagedDocuments();
  specs = new Map(listChains(all).map(({ name }) => [name, compiled(name)]));
});

describe('the chains that ship', () => {
  it('are those whose facts are known, no more and no fewer', () => {
    expect([...specs.keys()].sort()).toEqual(Object.keys(facts).sort());
  });

  it.each(Object.entries(facts))('say of %s what is known of it', (name, fact) => {
    const { alias, id, finality, ...numbers } = fact;
    const spec = specs.get(name);
    expect(spec).toMatchObject({ ...numbers, name, blockTimeKnown: true, finality: { kind: finality } });
    expect(spec?.identity[0]?.all[0]?.expect).toBe(id);
    expect(resolveChainName(all, alias)).toEqual({ kind: 'found', name });
  });

  it('tell bitcoin from the chain that shares its genesis', () => {
    expect(specs.get('bitcoin')?.identity[0]?.all.map(({ params }) => params)).toEqual(['[0]', '[478559]']);
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

  it('ask nodes of the solana family for their own word, and nobody else', () => {
    const asked = [...specs.values()].filter(({ health }) => health !== undefined);
    expect(new Set(asked.map(({ family }) => family))).toEqual(new Set(['solana']));
    expect(specs.get('solana')?.health).toEqual({ method: 'getHealth', params: '[]' });
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
      const finality = spec.finality.kind === 'read' ? [spec.finality.read] : [];
      const identity = spec.identity.flatMap((check) => check.all);
      const others = [spec.blockByHeight ?? spec.head, spec.health ?? spec.head];
      for (const { method } of [spec.head, ...finality, ...identity, ...spec.addons, ...others]) {
        expect(spec.methods.get(method), `${spec.name} ${method}`).toMatchObject({ kind: 'read', denied: false });
      }
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

async function shippedFiles(): Promise<readonly { readonly file: string; readonly text: string }[]> {
  const chains = (await readdir(packagedChains())).filter(
    (file) => /^[a-z0-9-]+\.json$/.test(file) && file !== 'schema.json',
  );
  const families = (await readdir(join(packagedChains(), 'family'))).map((file) => `family/${file}`);
  const files = [...chains, ...families];
  expect(files.length).toBeGreaterThan(15);
  return Promise.all(files.map(async (file) => ({ file, text: await readFile(join(packagedChains(), file), 'utf8') })));
}

function compiled(name: string): ChainSpec {
  const outcome = compileChain(all, name);
  if (outcome.kind === 'compiled') return outcome.value;
  throw new Error(outcome.problems.map(problemText).join('\n'));
}
