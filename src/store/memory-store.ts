import type { StateStore } from '../ports/state-store.ts';
import { Rows } from './rows.ts';

/** A store that forgets everything with the process. */
export function createMemoryStore(): StateStore {
  const rows = new Rows();
  return {
    get: (key) => rows.get(key),
    list: (prefix, limit) => rows.list(prefix, limit),
    put: (key, value) => rows.put(key, value),
    putIfAbsent: (key, value) => {
      if (rows.has(key)) return { put: false, there: rows.get(key) };
      rows.put(key, value);
      return { put: true };
    },
    remove: (key) => void rows.remove(key),
    flush: async () => {},
    close: async () => {},
  };
}
