import { describe, expect, it } from 'vitest';
import { problemText } from '../../../src/model/chain-document.ts';
import type { Compiled } from '../../../src/spec/compiled.ts';
import { fileOf, type Lineage, traceLineage } from '../../../src/spec/lineage.ts';
import { documentsOf, tinyFamily } from '../../support/chain-documents.ts';

const family = { 'family/evm': tinyFamily };

describe('traceLineage', () => {
  it('follows a chain over its sibling to their family, the nearest word winning', () => {
    const all = documentsOf({
      ...family,
      main: { extends: 'family/evm', blockTimeMs: 12000, lagLimit: 2 },
      test: { extends: 'main', blockTimeMs: 6000 },
    });
    const { documents, merged } = traced(traceLineage(all, 'test'));
    expect(documents.map(({ file }) => file)).toEqual([
      'chains/test.json',
      'chains/main.json',
      'chains/family/evm.json',
    ]);
    expect(merged).toMatchObject({ family: 'evm', blockTimeMs: 6000, lagLimit: 2 });
  });

  it('says which file a word came from: the nearest that has it, else the document itself', () => {
    const all = documentsOf({
      ...family,
      main: { extends: 'family/evm', blockTimeMs: 12000, methods: { m_head: { cost: 1 } } },
    });
    const lineage = traced(traceLineage(all, 'main'));
    expect(fileOf(lineage, '/blockTimeMs')).toBe('chains/main.json');
    expect(fileOf(lineage, '/head/height')).toBe('chains/family/evm.json');
    expect(fileOf(lineage, '/methods/m_head/cost')).toBe('chains/main.json');
    expect(fileOf(lineage, '/methods/m_head/block/at')).toBe('chains/family/evm.json');
    expect(fileOf(lineage, '/display')).toBe('chains/main.json');
  });

  it('names the nearest document where a parent is not there', () => {
    const all = documentsOf({ ...family, main: { extends: 'family/evn' } });
    expect(texts(traceLineage(all, 'main'))).toEqual([
      'chains/main.json /extends: there is no document "family/evn"; did you mean "family/evm"?',
    ]);
  });

  it('says what to do where no name is near', () => {
    expect(texts(traceLineage(documentsOf(family), 'zanzibar'))).toEqual([
      'chains: there is no document "zanzibar"; write its file, or name one there is',
    ]);
  });

  it('refuses a document that descends from itself', () => {
    const all = documentsOf({ a: { extends: 'b' }, b: { extends: 'a' } });
    expect(texts(traceLineage(all, 'a'))).toEqual([
      'chains/b.json /extends: descends from itself: a, b, a; extend a family instead',
    ]);
  });

  it('refuses a third ancestor', () => {
    const all = documentsOf({ ...family, a: { extends: 'family/evm' }, b: { extends: 'a' }, c: { extends: 'b' } });
    expect(traceLineage(all, 'b').kind).toBe('compiled');
    expect(texts(traceLineage(all, 'c'))).toEqual([
      'chains/a.json /extends: has more than 2 ancestors: c, b, a, family/evm; extend a family instead',
    ]);
  });

  it('lists every removal that removes nothing', () => {
    const all = documentsOf({ ...family, main: { extends: 'family/evm', remove: ['m_haed', 'm_send', 'zzz'] } });
    expect(texts(traceLineage(all, 'main'))).toEqual([
      'chains/main.json /remove/0: the parent has no method "m_haed"; did you mean "m_head"?',
      'chains/main.json /remove/2: the parent has no method "zzz"; take the line out',
    ]);
  });
});

function traced(outcome: Compiled<Lineage>): Lineage {
  if (outcome.kind === 'compiled') return outcome.value;
  throw new Error(texts(outcome).join('\n'));
}

function texts(outcome: Compiled<Lineage>): readonly string[] {
  return outcome.kind === 'failed' ? outcome.problems.map(problemText) : [];
}
