/**
 * A small crash-safe memory: rows of JSON values under text keys. Writes are queued, batched into one transaction and
 * durable within a second; a kill at any moment leaves the last transaction whole or absent.
 */
export interface StateStore {
  get(key: string): unknown;
  /** All rows whose key starts with `prefix`, in key order, at most `limit`. */
  list(prefix: string, limit: number): readonly { readonly key: string; readonly value: unknown }[];
  put(key: string, value: unknown): void;
  /** Writes only where the key is absent; `there` holds what stood in the way. */
  putIfAbsent(key: string, value: unknown): { readonly put: true } | { readonly put: false; readonly there: unknown };
  remove(key: string): void;
  /** Resolves once everything queued before is durable. */
  flush(): Promise<void>;
  close(): Promise<void>;
}
