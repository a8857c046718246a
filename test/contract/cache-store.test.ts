import { beforeEach, describe, expect, it } from 'vitest';
import type { CacheStore } from '../../src/ports/cache-store.ts';
import { createLruStore } from '../../src/store/lru-store.ts';

interface Value {
  readonly name: string;
}

const implementations: readonly (readonly [string, (maxBytes: number) => CacheStore<Value>])[] = [
  ['memory, by lru-cache', createLruStore],
];

/** Room for ten values of the size below, each a little less than a sixteenth of it. */
const maxBytes = 1600;
const entryBytes = 100;

describe.each(implementations)('a cache store in %s', (_name, create) => {
  let store: CacheStore<Value>;

  beforeEach(() => {
    store = create(maxBytes);
  });

  function put(...names: readonly string[]): void {
    for (const name of names) store.put(name, { value: { name }, bytes: entryBytes });
  }

  it('has nothing at first', () => {
    expect(store.get('a')).toBeUndefined();
    expect(store.bytes).toBe(0);
    expect(store.entries).toBe(0);
  });

  it('gives back the very value that was put', () => {
    const value = { name: 'a' };
    store.put('a', { value, bytes: entryBytes });
    expect(store.get('a')).toBe(value);
    expect(store.bytes).toBe(entryBytes);
    expect(store.entries).toBe(1);
  });

  it('counts a value once that is put in place of another', () => {
    put('a');
    store.put('a', { value: { name: 'again' }, bytes: 50 });
    expect(store.get('a')).toEqual({ name: 'again' });
    expect(store.bytes).toBe(50);
    expect(store.entries).toBe(1);
  });

  it('forgets what is removed, and minds nothing that is not there', () => {
    put('a');
    store.remove('a');
    store.remove('b');
    expect(store.get('a')).toBeUndefined();
    expect(store.bytes).toBe(0);
  });

  it('F-189: never holds more bytes than there is room for', () => {
    for (let at = 0; at < 100; at += 1) {
      put(`n${at}`);
      expect(store.bytes).toBeLessThanOrEqual(maxBytes);
    }
    expect(store.entries).toBe(maxBytes / entryBytes);
    expect(store.get('n99')).toBeDefined();
    expect(store.get('n0')).toBeUndefined();
  });

  it('lets go first of what was not asked for the longest', () => {
    const names = Array.from({ length: maxBytes / entryBytes }, (_, at) => `n${at}`);
    put(...names);
    store.get('n0');
    put('new');
    expect(store.get('n0')).toBeDefined();
    expect(store.get('n1')).toBeUndefined();
  });

  it('F-189: does not take in what would turn out too many others', () => {
    put('a');
    store.put('large', { value: { name: 'large' }, bytes: maxBytes / 16 + 1 });
    expect(store.get('large')).toBeUndefined();
    expect(store.get('a')).toBeDefined();
  });

  it('forgets what stood in the place of something that is too large', () => {
    put('a');
    store.put('a', { value: { name: 'large' }, bytes: maxBytes });
    expect(store.get('a')).toBeUndefined();
    expect(store.bytes).toBe(0);
  });

  it('keeps everything when it is given more room, and what was used last when it is given less', () => {
    put('a', 'b', 'c', 'd', 'e');
    store.get('a');
    store.resize(2 * maxBytes);
    expect([store.entries, store.bytes]).toEqual([5, 5 * entryBytes]);
    store.resize(maxBytes);
    expect(store.entries).toBe(5);
    for (let at = 0; at < 20; at += 1) put(`n${at}`);
    expect(store.bytes).toBeLessThanOrEqual(maxBytes);
  });

  it('holds what was used last where less room is left than it holds', () => {
    store = create(100 * maxBytes);
    for (let at = 0; at < 100; at += 1) put(`n${at}`);
    store.get('n0');
    store.resize(maxBytes);
    expect(store.entries).toBe(maxBytes / entryBytes);
    expect(store.get('n0')).toBeDefined();
    expect(store.get('n99')).toBeDefined();
    expect(store.get('n1')).toBeUndefined();
  });
});
