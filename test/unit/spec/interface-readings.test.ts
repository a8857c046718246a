import { describe, expect, it } from 'vitest';
import { type ChainDocument, problemText } from '../../../src/model/chain-document.ts';
import type { ChainSpec } from '../../../src/model/chain-spec.ts';
import { compileChain } from '../../../src/spec/compile-chain.ts';
import type { Compiled } from '../../../src/spec/compiled.ts';
import { documentsOf, tinyChain, tinyFamily } from '../../support/chain-documents.ts';

const identity = [{ all: [{ method: 'GET /id', path: '/id', expect: '$chainId', compare: 'text' }] }] as const;
const head = { method: 'GET /head', params: {}, height: '/height', quantity: 'decimal-text' } as const;

describe('the readings of an interface', () => {
  it('are absent where a chain speaks one interface only', () => {
    expect(value(compiled({}))).not.toHaveProperty('perInterface');
  });

  it('are compiled like those of the first, with the same chain id', () => {
    const blockByHeight = { ...head, method: 'GET /blocks/{n}', params: { n: '$height' } };
    const spec = value(
      compiled({ interfaces: ['json-rpc', 'rest'], perInterface: { rest: { identity, head, blockByHeight } } }),
    );
    expect(spec.perInterface?.get('rest')).toEqual({
      identity: [{ all: [{ method: 'GET /id', params: '[]', path: ['id'], expect: '7', compare: 'text' }] }],
      head: { method: 'GET /head', params: '{}', height: ['height'], quantity: 'decimal-text' },
      blockByHeight: {
        method: 'GET /blocks/{n}',
        params: '{"n":"$height"}',
        height: ['height'],
        quantity: 'decimal-text',
      },
      finality: { kind: 'depth', depth: 600 },
    });
  });

  it.each<[string, ChainDocument['finality'], object]>([
    ['an instant is of all interfaces', 'instant', { kind: 'instant' }],
    ['a depth is of all interfaces', { depth: 9 }, { kind: 'depth', depth: 9 }],
    ["a reading is of its own: the chain's depth stands in", undefined, { kind: 'depth', depth: 40 }],
  ])('take their finality from the chain where they name none: %s', (_, finality, expected) => {
    const own = finality === undefined ? {} : { finality };
    const perInterface = { rest: { identity, head } };
    const spec = value(compiled({ ...own, safeDepth: 40, interfaces: ['json-rpc', 'rest'], perInterface }));
    expect(spec.perInterface?.get('rest')?.finality).toEqual(expected);
  });

  it('are left aside for an interface the chain does not speak', () => {
    const spec = value(compiled({ interfaces: ['rest'], perInterface: { grpc: { identity, head } } }));
    expect(spec).not.toHaveProperty('perInterface');
  });

  it('are missed where an interface beyond the first has none', () => {
    expect(
      texts(compiled({ interfaces: ['json-rpc', 'rest', 'grpc'], perInterface: { rest: { identity, head } } })),
    ).toEqual([
      'chains/tiny.json /perInterface/grpc: is missing; say how identity and head are read over grpc, or take it out of "interfaces"',
    ]);
  });

  it('say where they are wrong', () => {
    const perInterface = { rest: { identity, head: { ...head, height: 'height' } } };
    expect(texts(compiled({ interfaces: ['json-rpc', 'rest'], perInterface }))).toEqual([
      'chains/tiny.json /perInterface/rest/head/height: "height" is no JSON pointer; write "" for the whole value, or "/member/0"',
    ]);
  });
});

function compiled(own: ChainDocument): Compiled<ChainSpec> {
  return compileChain(documentsOf({ 'family/evm': tinyFamily, tiny: { ...tinyChain, ...own } }), 'tiny');
}

function value<T>(outcome: Compiled<T>): T {
  if (outcome.kind === 'compiled') return outcome.value;
  throw new Error(texts(outcome).join('\n'));
}

function texts(outcome: Compiled<unknown>): readonly string[] {
  return outcome.kind === 'failed' ? outcome.problems.map(problemText) : [];
}
