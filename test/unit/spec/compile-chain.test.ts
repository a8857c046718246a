import { describe, expect, it } from 'vitest';
import type { AnswerRule } from '../../../src/model/answer-rule.ts';
import { type ChainDocument, problemText } from '../../../src/model/chain-document.ts';
import type { ChainSpec } from '../../../src/model/chain-spec.ts';
import { compileChain } from '../../../src/spec/compile-chain.ts';
import type { Compiled } from '../../../src/spec/compiled.ts';
import { documentsOf, tinyChain, tinyFamily } from '../../support/chain-documents.ts';

describe('compileChain', () => {
  it('compiles pointers, and params to JSON text as they are sent', () => {
    const { head, finality } = compiled({});
    const read = { method: 'm_head', params: '["finalized",false]', height: ['number'], quantity: 'hex' };
    expect(head).toEqual({ ...read, params: '["latest",false]' });
    expect(finality).toEqual({ kind: 'read', read });
  });

  it('fills in what a chain leaves out', () => {
    expect(compiled({})).toMatchObject({
      name: 'tiny',
      display: 'Tiny',
      aliases: [],
      chainId: '7',
      state: 'experimental',
      envelope: '2.0',
      rateLimitedCode: -32065,
      broadcast: 2,
      deniedPrefixes: [],
      addons: [],
      blockTimeMs: 1000,
      blockTimeKnown: false,
      lagLimit: 10,
      epochBlocks: 900,
      safeDepth: 600,
    });
  });

  it('takes the numbers of the file, and works out the others from its block time', () => {
    expect(compiled({ blockTimeMs: 2000, lagLimit: 9 })).toMatchObject({
      blockTimeMs: 2000,
      blockTimeKnown: true,
      lagLimit: 9,
      epochBlocks: 450,
      safeDepth: 300,
    });
  });

  it("lets the configuration's numbers win, and counts its block time as known", () => {
    const spec = value(
      compileChain(
        documentsOf({ 'family/evm': tinyFamily, tiny: { ...tinyChain, epochBlocks: 5, broadcast: 1 } }),
        'tiny',
        {
          blockTimeMs: 500,
          epochBlocks: 7,
          broadcast: 3,
          lagLimit: undefined,
        },
      ),
    );
    expect(spec).toMatchObject({ blockTimeMs: 500, blockTimeKnown: true, epochBlocks: 7, broadcast: 3, lagLimit: 20 });
  });

  it('is verified only where the file names the day', () => {
    expect(compiled({ verifiedOn: '2026-01-31' }).state).toBe('verified');
  });

  it('puts its own id and genesis where the identity check names them', () => {
    const all = [
      { method: 'm_id', path: '', expect: '$chainId', compare: 'quantity' },
      { method: 'm_zero', params: [0], path: '/hash', expect: '$genesis', compare: 'text' },
      { method: 'm_fork', path: '', expect: '0xabc', compare: 'text' },
    ] as const;
    const [check] = compiled({ genesis: '0xfeed', identity: [{ all }] }).identity;
    expect(check?.all.map((fact) => fact.expect)).toEqual(['7', '0xfeed', '0xabc']);
    expect(check?.all[1]).toMatchObject({ params: '[0]', path: ['hash'] });
  });

  it('reads a depth, an instant head and a block by height', () => {
    const blockByHeight = {
      method: 'm_at',
      params: { height: '$height' },
      height: '/h',
      quantity: 'decimal-text',
    } as const;
    expect(compiled({ finality: { depth: 6 } })).toMatchObject({ finality: { kind: 'depth', depth: 6 }, safeDepth: 6 });
    expect(compiled({ finality: 'instant' })).toMatchObject({ finality: { kind: 'instant' }, safeDepth: 1 });
    expect(compiled({ blockByHeight }).blockByHeight?.params).toBe('{"height":"$height"}');
  });

  it("matches the family's answer rules before everybody's", () => {
    const answers = new Map([
      ['common', [rule('c')]],
      ['evm', [rule('e')]],
      ['utxo', [rule('u')]],
    ]);
    const all = documentsOf({ 'family/evm': tinyFamily, tiny: tinyChain }, answers);
    expect(value(compileChain(all, 'tiny')).answerRules.map(({ id }) => id)).toEqual(['e', 'c']);
  });

  it('lists every problem, each under the file that said it', () => {
    const family: ChainDocument = { ...tinyFamily, head: { method: 'm', height: 'number', quantity: 'hex' } };
    const tiny: ChainDocument = {
      extends: 'family/evm',
      finality: {},
      blockByHeight: { method: 'm_at', params: ['latest'], height: '', quantity: 'hex' },
      methods: { m_head: { hedge: true, class: 'write' } },
    };
    expect(texts(compileChain(documentsOf({ 'family/evm': family, tiny }), 'tiny'))).toEqual([
      'chains/tiny.json /display: is missing; say it here, or extend a document that does',
      'chains/family/evm.json /head/height: "number" is no JSON pointer; write "" for the whole value, or "/member/0"',
      'chains/tiny.json /finality: says how in no way or in two; write "instant", or an object with either `depth` or `read`',
      'chains/tiny.json /chainId: is missing; the identity check compares an upstream with it',
      'chains/tiny.json /methods/m_head/class: only writes are of class "write"; write "light", "normal" or "heavy"',
      'chains/tiny.json /blockByHeight/params: no param says which block; write "$height" where the height belongs',
    ]);
  });

  it('complains of a look-up that says nowhere which transaction', () => {
    const tiny: ChainDocument = {
      extends: 'family/evm',
      display: 'Tiny',
      chainId: '7',
      transactionLookUp: { method: 'm_find', params: ['latest'], found: 'hash' },
    };
    expect(texts(compileChain(documentsOf({ 'family/evm': tinyFamily, tiny }), 'tiny'))).toEqual([
      'chains/tiny.json /transactionLookUp/params: no param says which transaction; write "$hash" where its name belongs',
      'chains/tiny.json /transactionLookUp/found: "hash" is no JSON pointer; write "" for the whole value, or "/member/0"',
    ]);
  });

  it('names every vital fact that nobody said', () => {
    expect(texts(compileChain(documentsOf({ bare: { display: 'Bare' } }), 'bare'))).toEqual(
      ['family', 'head', 'finality', 'identity', 'interfaces'].map(
        (key) => `chains/bare.json /${key}: is missing; say it here, or extend a document that does`,
      ),
    );
  });

  it('refuses a mark that stands for nothing', () => {
    const identity = [{ all: [{ method: 'm', path: '', expect: '$network', compare: 'text' }] }] as const;
    const all = documentsOf({ 'family/evm': tinyFamily, tiny: { ...tinyChain, identity } });
    expect(texts(compileChain(all, 'tiny'))).toEqual([
      'chains/tiny.json /identity/0/all/0/expect: "$network" stands for nothing; write "$chainId", "$genesis", or the value itself',
    ]);
  });

  it('passes on what is wrong with the ancestors', () => {
    expect(texts(compileChain(documentsOf({ tiny: tinyChain }), 'tiny'))).toEqual([
      'chains/tiny.json /extends: there is no document "family/evm"; write its file, or name one there is',
    ]);
  });
});

function compiled(own: ChainDocument): ChainSpec {
  return value(compileChain(documentsOf({ 'family/evm': tinyFamily, tiny: { ...tinyChain, ...own } }), 'tiny'));
}

function value(outcome: Compiled<ChainSpec>): ChainSpec {
  if (outcome.kind === 'compiled') return outcome.value;
  throw new Error(texts(outcome).join('\n'));
}

function texts(outcome: Compiled<ChainSpec>): readonly string[] {
  return outcome.kind === 'failed' ? outcome.problems.map(problemText) : [];
}

function rule(id: string): AnswerRule {
  return { id, when: { code: [1] }, meaning: 'generic', blame: 'none', retry: 'no', holdOff: false, cache: false };
}
