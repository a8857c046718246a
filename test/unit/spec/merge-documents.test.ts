import { describe, expect, it } from 'vitest';
import type { ChainDocument } from '../../../src/model/chain-document.ts';
import { mergeDocuments } from '../../../src/spec/merge-documents.ts';

const parent: ChainDocument = {
  extends: 'family/evm',
  display: 'Parent',
  aliases: ['p'],
  chainId: '1',
  verifiedOn: '2026-01-31',
  blockTimeMs: 1000,
  lagLimit: 3,
  deniedPrefixes: ['admin_', 'debug_'],
  finality: { depth: 6 },
  methods: { a: { class: 'light', cost: 5 }, b: { kind: 'filter' } },
};

describe('mergeDocuments', () => {
  it('replaces scalars and inherits what the child does not say', () => {
    expect(mergeDocuments(parent, { blockTimeMs: 250 })).toMatchObject({ blockTimeMs: 250, lagLimit: 3 });
  });

  it('replaces lists and readings whole', () => {
    const child: ChainDocument = { deniedPrefixes: ['x_'], finality: 'instant' };
    expect(mergeDocuments(parent, child)).toMatchObject(child);
    expect(mergeDocuments(parent, { deniedPrefixes: [] }).deniedPrefixes).toEqual([]);
  });

  it('merges methods by name and field by field', () => {
    const child: ChainDocument = { methods: { a: { cost: 7 }, c: { write: 'once' } } };
    expect(mergeDocuments(parent, child).methods).toEqual({
      a: { class: 'light', cost: 7 },
      b: { kind: 'filter' },
      c: { write: 'once' },
    });
  });

  it('merges what is said per interface by interface, each whole', () => {
    const identity = [{ all: [{ method: 'm_id', path: '', expect: '$chainId', compare: 'text' }] }] as const;
    const reading = (method: string) => ({ identity, head: { method, height: '', quantity: 'number' } }) as const;
    const both = mergeDocuments(
      { perInterface: { rest: { ...reading('GET /a'), finality: 'instant' }, grpc: reading('a.B/C') } },
      { perInterface: { rest: reading('GET /b') } },
    );
    expect(both.perInterface).toEqual({ rest: reading('GET /b'), grpc: reading('a.B/C') });
    expect(mergeDocuments(both, {}).perInterface).toEqual(both.perInterface);
  });

  it("leaves out the parent's methods the child removes, and lets the child describe them anew", () => {
    expect(mergeDocuments(parent, { remove: ['a'] }).methods).toEqual({ b: { kind: 'filter' } });
    expect(mergeDocuments(parent, { remove: ['a'], methods: { a: { cost: 1 } } }).methods).toMatchObject({
      a: { cost: 1 },
    });
    expect(mergeDocuments(parent, { remove: ['a'], methods: { a: { cost: 1 } } }).methods?.a).not.toHaveProperty(
      'class',
    );
  });

  it('is left with no methods where the child removes the last', () => {
    expect(mergeDocuments({ methods: { a: {} } }, { remove: ['a'] }).methods).toEqual({});
  });

  it('never inherits what names one chain', () => {
    const merged = mergeDocuments(parent, { display: 'Child' });
    expect(merged.display).toBe('Child');
    expect(merged).not.toHaveProperty('aliases');
    expect(merged).not.toHaveProperty('chainId');
    expect(merged).not.toHaveProperty('verifiedOn');
    expect(merged).not.toHaveProperty('remove');
  });

  it('takes a method called __proto__ for a name like any other', () => {
    const child: ChainDocument = { methods: JSON.parse('{"__proto__":{"cost":1}}') };
    const merged = mergeDocuments(parent, child);
    expect(Object.keys(merged.methods ?? {})).toContain('__proto__');
    expect({}).not.toHaveProperty('cost');
  });
});
