import { describe, expect, it } from 'vitest';
import type { ChainDocument, MethodDocument } from '../../../src/model/chain-document.ts';
import type { MethodPolicy } from '../../../src/model/method-policy.ts';
import { compileMethods } from '../../../src/spec/method-policies.ts';

describe('compileMethods', () => {
  it('makes of an empty line a normal read that hangs on no block', () => {
    expect(policyOf({})).toEqual({
      name: 'm',
      kind: 'read',
      class: 'normal',
      block: { kind: 'none' },
      cost: 20,
      cache: 'tip',
      retry: true,
      hedge: true,
      deterministic: false,
      denied: false,
      nullMayBeLag: false,
    });
  });

  it('keeps a read at a block of its own, and calls it deterministic', () => {
    expect(policyOf({ block: { at: '/1' } })).toMatchObject({ cache: 'finalized', deterministic: true });
    expect(policyOf({ block: { hash: '/0' } })).toMatchObject({ cache: 'finalized', deterministic: true });
    expect(policyOf({ block: 'tip' })).toMatchObject({ cache: 'tip', deterministic: false });
  });

  it('calls nothing deterministic that is not kept, unless its line says so', () => {
    expect(policyOf({ block: { at: '/1' }, cache: 'tip' }).deterministic).toBe(false);
    expect(policyOf({ deterministic: true }).deterministic).toBe(true);
  });

  it('hedges light and normal reads, never heavy ones', () => {
    expect(policyOf({ class: 'light' })).toMatchObject({ hedge: true, cost: 10 });
    expect(policyOf({ class: 'heavy' })).toMatchObject({ hedge: false, retry: true, cost: 80 });
  });

  it('sends a write at most once unless it says where signed bytes are', () => {
    expect(policyOf({ write: 'once' })).toMatchObject({
      kind: 'write',
      class: 'write',
      write: { kind: 'once' },
      cache: 'never',
      retry: false,
      hedge: false,
      deterministic: false,
    });
    expect(policyOf({ kind: 'write' }).write).toEqual({ kind: 'once' });
    expect(policyOf({ write: { raw: '/0', encoding: 'hex' } })).toMatchObject({
      retry: true,
      hedge: false,
      write: { kind: 'raw', path: ['0'], encoding: 'hex' },
    });
  });

  it('compiles where a result shows its block, and what is not compared in it', () => {
    const showsBlock = { height: '/number', hash: '/hash' };
    const policy = policyOf({ showsBlock, readsNonce: true, volatile: ['context'] });
    expect(policy).toMatchObject({ showsBlock: { height: ['number'], hash: ['hash'] }, readsNonce: true });
    expect(policy.volatile).toEqual(new Set(['context']));
    expect(policyOf({ showsBlock: { height: '' } }).showsBlock).toEqual({ height: [] });
  });

  it('compiles where a client names another encoding of the bytes', () => {
    const write = { raw: '/0', encoding: 'base58', encodingAt: '/1/encoding' } as const;
    expect(policyOf({ write }).write).toEqual({
      kind: 'raw',
      path: ['0'],
      encoding: 'base58',
      encodingPath: ['1', 'encoding'],
    });
  });

  it.each(['filter', 'subscribe', 'unsubscribe', 'local'] as const)('neither repeats nor keeps a "%s"', (kind) => {
    expect(policyOf({ kind })).toMatchObject({ cache: 'never', retry: false, hedge: false, deterministic: false });
  });

  it('compiles every form of a block position', () => {
    expect(policyOf({ block: { at: '/1' } }).block).toEqual({ kind: 'param', path: ['1'], missing: 'latest' });
    expect(policyOf({ block: { at: '/1', missing: 'earliest' } }).block).toMatchObject({ missing: 'earliest' });
    expect(policyOf({ block: { hash: '/0' } }).block).toEqual({ kind: 'by-hash', path: ['0'] });
    expect(policyOf({ block: { from: '/0/a', to: '/0/b' } }).block).toEqual({
      kind: 'range',
      from: ['0', 'a'],
      to: ['0', 'b'],
      missing: 'latest',
    });
    expect(policyOf({ block: { from: '/0/a', to: '/0/b', hash: '/0/c' } }).block).toMatchObject({ hash: ['0', 'c'] });
  });

  it("fills in the document's own word for a missing block", () => {
    expect(
      compiled({ missingBlock: 'finalized', methods: { m: { block: { at: '/0' } } } }).policy('m')?.block,
    ).toMatchObject({
      missing: 'finalized',
    });
  });

  it('forwards a method nobody described once, with the longest time, under a bounded name', () => {
    const { unknownMethod } = compiled({}).table;
    expect(unknownMethod).toMatchObject({
      name: 'other',
      kind: 'write',
      class: 'heavy',
      write: { kind: 'once' },
      retry: false,
    });
  });

  it('lets a document describe the methods it does not name', () => {
    const { unknownMethod } = compiled({ unknownMethod: { class: 'light' } }).table;
    expect(unknownMethod).toMatchObject({ name: 'other', kind: 'read', class: 'light', retry: true });
  });

  it('denies methods by name and by prefix, described or not', () => {
    const { policy } = compiled({
      deniedMethods: ['stop', 'dump'],
      deniedPrefixes: ['admin_'],
      methods: { dump: { class: 'heavy' }, admin_peers: { class: 'light' }, m: {} },
    });
    expect(policy('stop')).toMatchObject({ denied: true, kind: 'write', name: 'stop' });
    expect(policy('dump')).toMatchObject({ denied: true, kind: 'read', class: 'heavy' });
    expect(policy('admin_peers')).toMatchObject({ denied: true, class: 'light' });
    expect(policy('m')?.denied).toBe(false);
  });

  it('leaves a method open whose own line says that it is not denied', () => {
    const document = { deniedPrefixes: ['admin_'], methods: { admin_peers: { denied: false } } };
    expect(compiled(document).policy('admin_peers')?.denied).toBe(false);
  });

  it.each<[string, MethodDocument, readonly string[]]>([
    [
      'a read that writes',
      { kind: 'read', write: 'once' },
      ['/methods/m/write: a "read" sends nothing; take it out, or write "kind": "write"'],
    ],
    [
      'a read of class write',
      { class: 'write' },
      ['/methods/m/class: only writes are of class "write"; write "light", "normal" or "heavy"'],
    ],
    [
      'a hedged write',
      { write: 'once', hedge: true },
      ['/methods/m/hedge: a "write" must not be sent twice; take it out'],
    ],
    ['a kept filter', { kind: 'filter', cache: 'tip' }, ['/methods/m/cache: a "filter" cannot be kept; take it out']],
    [
      'a block that points nowhere',
      { block: { missing: 'latest' } },
      ['/methods/m/block: points to no block; write `at`, or `from` and `to` (with or without `hash`), or `hash`'],
    ],
    [
      'half a range',
      { block: { from: '/0' } },
      ['/methods/m/block: points to no block; write `at`, or `from` and `to` (with or without `hash`), or `hash`'],
    ],
    [
      'two positions at once',
      { block: { at: '/0', hash: '/1' } },
      ['/methods/m/block: points to no block; write `at`, or `from` and `to` (with or without `hash`), or `hash`'],
    ],
    [
      'a pointer that is none',
      { showsHead: 'number', block: { at: '1' } },
      [
        '/methods/m/block/at: "1" is no JSON pointer; write "" for the whole value, or "/member/0"',
        '/methods/m/showsHead: "number" is no JSON pointer; write "" for the whole value, or "/member/0"',
      ],
    ],
    [
      'a shown block whose pointer is none',
      { showsBlock: { height: 'number' } },
      ['/methods/m/showsBlock/height: "number" is no JSON pointer; write "" for the whole value, or "/member/0"'],
    ],
  ])('complains of %s', (_, method, complaints) => {
    expect(compiled({ methods: { m: method } }).complaints).toEqual(complaints);
  });
});

function policyOf(method: MethodDocument): MethodPolicy {
  const { complaints, policy } = compiled({ methods: { m: method } });
  expect(complaints).toEqual([]);
  return policy('m') ?? expect.fail('the method was not compiled');
}

function compiled(document: ChainDocument) {
  const complaints: string[] = [];
  const table = compileMethods(document, (path, message) => complaints.push(`${path}: ${message}`));
  return { table, complaints, policy: (name: string) => table.methods.get(name) };
}
