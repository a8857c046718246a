/** A memory of the most recently used: bounded, the least recently used goes first. */
export interface Recents<Value> {
  /** What is remembered; asking for it makes it recent. */
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
}

/** Creates a memory of at most `most` values. */
export function createRecents<Value>(most: number): Recents<Value> {
  const values = new Map<string, Value>();
  const renew = (key: string, value: Value): void => {
    values.delete(key);
    values.set(key, value);
  };
  return {
    get(key) {
      const value = values.get(key);
      if (value !== undefined) renew(key, value);
      return value;
    },
    set(key, value) {
      renew(key, value);
      if (values.size <= most) return;
      for (const oldest of values.keys()) return void values.delete(oldest);
    },
  };
}
