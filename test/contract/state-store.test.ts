import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StateStore } from '../../src/ports/state-store.ts';
import { openLmdbStore } from '../../src/store/lmdb-store.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';

/** Makes one store, and says how to be rid of it. */
interface Making {
  readonly store: StateStore;
  remove(): Promise<void>;
}

async function makeLmdb(): Promise<Making> {
  const path = await mkdtemp(join(tmpdir(), 'state-'));
  const opened = await openLmdbStore({ path, schemaVersion: 1 });
  if (opened.kind === 'refused') throw new Error(opened.message);
  return { store: opened.store, remove: () => rm(path, { recursive: true }) };
}

const implementations: readonly (readonly [string, () => Promise<Making>])[] = [
  ['memory', async () => ({ store: createMemoryStore(), remove: async () => {} })],
  ['lmdb', makeLmdb],
];

describe.each(implementations)('a state store in %s', (_name, make) => {
  let store: StateStore;
  let remove: () => Promise<void>;

  beforeEach(async () => {
    ({ store, remove } = await make());
  });

  afterEach(async () => {
    await store.close();
    await remove();
  });

  it('has nothing at first', () => {
    expect(store.get('a')).toBeUndefined();
    expect(store.list('', 10)).toEqual([]);
  });

  it.each([null, false, 0, -0.5, '', 'text', 'snow \u2603 and \u{1f600}', [], [1, [2]], {}, { a: { b: null } }])(
    'gives back %j as it was put, at once and after a flush',
    async (value) => {
      store.put('key', value);
      expect(store.get('key')).toEqual(value);
      await store.flush();
      expect(store.get('key')).toEqual(value);
    },
  );

  it('keeps the last of several puts', async () => {
    store.put('key', 1);
    await store.flush();
    store.put('key', 2);
    store.put('key', 3);
    expect(store.get('key')).toBe(3);
    await store.flush();
    expect(store.get('key')).toBe(3);
  });

  it('shares nothing with whoever put or got a value', () => {
    const value = { list: [1] };
    store.put('key', value);
    value.list.push(2);
    const got = store.get('key') as { list: number[] };
    got.list.push(3);
    expect(store.get('key')).toEqual({ list: [1] });
  });

  it('puts if absent once, and shows what stood in the way', () => {
    expect(store.putIfAbsent('key', { mine: true })).toEqual({ put: true });
    expect(store.putIfAbsent('key', { theirs: true })).toEqual({ put: false, there: { mine: true } });
    expect(store.get('key')).toEqual({ mine: true });
  });

  it('a row that is null is there', () => {
    store.put('key', null);
    expect(store.putIfAbsent('key', 1)).toEqual({ put: false, there: null });
  });

  it('forgets what is removed, and takes it again', async () => {
    store.put('key', 1);
    await store.flush();
    store.remove('key');
    store.remove('never there');
    expect(store.get('key')).toBeUndefined();
    expect(store.list('', 10)).toEqual([]);
    await store.flush();
    expect(store.putIfAbsent('key', 2)).toEqual({ put: true });
  });

  it('lists by prefix, in key order, up to a limit, flushed or not', async () => {
    for (const key of ['b/2', 'a/1', 'b/10', 'b', 'c/1']) store.put(key, key);
    await store.flush();
    store.put('b/1', 'b/1');
    store.remove('b/2');
    expect(store.list('b/', 10)).toEqual([
      { key: 'b/1', value: 'b/1' },
      { key: 'b/10', value: 'b/10' },
    ]);
    expect(store.list('', 3).map((row) => row.key)).toEqual(['a/1', 'b', 'b/1']);
    expect(store.list('', 0)).toEqual([]);
    expect(store.list('z', 10)).toEqual([]);
  });

  it('takes any text for a key, up to 1900 bytes', () => {
    const keys = ['a b', '__proto__', 'ethereum/\u00fcn\u00ef/json-rpc', 'k'.repeat(1_900), '\u0000'];
    for (const key of keys) store.put(key, key.length);
    for (const key of keys) expect(store.get(key)).toBe(key.length);
  });

  it('refuses a key that is empty or too long, and a value that is no JSON', () => {
    expect(() => store.put('', 1)).toThrow(RangeError);
    expect(() => store.put('\u00fc'.repeat(951), 1)).toThrow(RangeError);
    expect(() => store.put('key', undefined)).toThrow(TypeError);
    expect(() => store.putIfAbsent('key', () => 1)).toThrow(TypeError);
    expect(store.get('key')).toBeUndefined();
  });
});
