/**
 * A memory for values that can be had again, bounded by the bytes its owner says they occupy. What was not asked for the longest
 * goes first. Nothing here expires by itself, throws or waits.
 */
export interface CacheStore<Value> {
  /** The value under a key, which counts as used thereby; undefined where there is none. */
  get(key: string): Value | undefined;
  /** Puts a value in place of whatever is under the key. What would take more than a sixteenth of the room is not taken in. */
  put(key: string, entry: CacheEntry<Value>): void;
  remove(key: string): void;
  /** Changes the room; where it becomes too small for all, what was used last stays. */
  resize(maxBytes: number): void;
  /** What all entries occupy now, as their owners said. */
  readonly bytes: number;
  readonly entries: number;
}

/** A value, and the bytes it occupies with its key and all bookkeeping. */
export interface CacheEntry<Value> {
  readonly value: Value;
  readonly bytes: number;
}
