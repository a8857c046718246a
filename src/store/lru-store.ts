import { LRUCache } from 'lru-cache';
import type { CacheStore } from '../ports/cache-store.ts';

/** One entry takes at most this part of the room, so that a few large ones do not turn all others out. */
const mostOfRoom = 16;

/** A cache in the memory of the process. `maxBytes` is its room, and is at least 1. */
export function createLruStore<Value extends object>(maxBytes: number): CacheStore<Value> {
  let lru = createLru<Value>(maxBytes);
  return {
    get: (key) => lru.get(key),
    put: (key, { value, bytes }) => void lru.set(key, value, { size: Math.max(1, Math.ceil(bytes)) }),
    remove: (key) => void lru.delete(key),
    resize(nextBytes) {
      if (nextBytes === lru.maxSize) return;
      const before = lru.dump();
      lru = createLru(nextBytes);
      lru.load(before);
    },
    get bytes() {
      return lru.calculatedSize;
    },
    get entries() {
      return lru.size;
    },
  };
}

function createLru<Value extends object>(maxBytes: number): LRUCache<string, Value> {
  return new LRUCache({ maxSize: maxBytes, maxEntrySize: Math.max(1, Math.floor(maxBytes / mostOfRoom)) });
}
