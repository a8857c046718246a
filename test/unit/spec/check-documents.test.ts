import { describe, expect, it } from 'vitest';
import { type ChainDocument, problemText } from '../../../src/model/chain-document.ts';
import { checkDocuments } from '../../../src/spec/check-documents.ts';
import { documentsOf, packagedDocuments, tinyChain, tinyFamily } from '../../support/chain-documents.ts';

describe('checkDocuments', () => {
  it('finds nothing wrong with what ships', async () => {
    expect(checkDocuments(await packagedDocuments()).map(problemText)).toEqual([]);
  });

  it('refuses an alias that is a name already, or an alias of another chain', () => {
    expect(problems({ a: chain('1', { aliases: ['b', 'x'] }), b: chain('2', { aliases: ['x'] }) })).toEqual([
      'chains/a.json /aliases/0: "b" already means b; take it out',
      'chains/b.json /aliases/0: "x" already means a; take it out',
    ]);
  });

  it('refuses two documents for one chain of a family', () => {
    expect(problems({ a: chain('1'), b: chain('1') })).toEqual([
      'chains/b.json /chainId: "1" is already the chain a; keep one of the two',
    ]);
  });

  it('lets two chains have one id where they are asked for it in different ways', () => {
    const other = { all: [{ method: 'm_name', path: '', expect: '$chainId', compare: 'text' }] } as const;
    expect(problems({ a: chain('1'), b: chain('1', { identity: [other] }) })).toEqual([]);
    expect(problems({ a: chain('1', { identity: [other] }), b: chain('1', { identity: [other] }) })).toEqual([
      'chains/b.json /chainId: "1" is already the chain a; keep one of the two',
    ]);
  });

  it('refuses a child that is told from its parent by nothing', () => {
    const fact = { method: 'm_zero', path: '', expect: 'g', compare: 'text' } as const;
    const first: ChainDocument = { extends: 'family/evm', display: 'First', identity: [{ all: [fact] }] };
    expect(problems({ first, second: { extends: 'first', display: 'Second' } })).toEqual([
      'chains/second.json /identity: this is already the chain first; keep one of the two',
    ]);
  });

  it("refuses names that are paths of the gateway's own", () => {
    expect(problems({ livez: chain('1'), b: chain('2', { aliases: ['bee', 'grpc'] }) })).toEqual([
      'chains/livez.json: "livez" is a path of the gateway\'s own; choose another name',
      'chains/b.json /aliases/1: "grpc" is a path of the gateway\'s own; choose another name',
    ]);
  });

  it('lets two chains share a genesis where one adds facts of its own', () => {
    const fact = { method: 'm_zero', path: '', expect: '$genesis', compare: 'text' } as const;
    const family: ChainDocument = { ...tinyFamily, identity: [{ all: [fact] }] };
    const twin: ChainDocument = { extends: 'family/evm', display: 'Twin', genesis: 'g' };
    const own = { identity: [{ all: [fact, { ...fact, method: 'm_fork', expect: 'f' }] }] };
    expect(problems({ 'family/evm': family, a: twin, b: { ...twin, ...own } })).toEqual([]);
    expect(problems({ 'family/evm': family, a: twin, b: twin })).toEqual([
      'chains/b.json /genesis: "g" is already the chain a; keep one of the two',
    ]);
  });

  it("lists a family's problem once, however many chains inherit it", () => {
    const family: ChainDocument = { ...tinyFamily, methods: { m: { kind: 'filter', hedge: true } } };
    expect(problems({ 'family/evm': family, a: chain('1'), b: chain('2') })).toEqual([
      'chains/family/evm.json /methods/m/hedge: a "filter" must not be sent twice; take it out',
    ]);
  });

  it('follows the ancestors of families too', () => {
    expect(problems({ 'family/utxo': { family: 'utxo', extends: 'family/utxo' } })).toEqual([
      'chains/family/utxo.json /extends: descends from itself: family/utxo, family/utxo; extend a family instead',
    ]);
  });
});

function chain(chainId: string, own: ChainDocument = {}): ChainDocument {
  return { ...tinyChain, chainId, ...own };
}

function problems(documents: Readonly<Record<string, ChainDocument>>): readonly string[] {
  return checkDocuments(documentsOf({ 'family/evm': tinyFamily, ...documents })).map(problemText);
}
