/** Longest key in bytes: what LMDB takes, with room for the mark before it. */
const maxKeyBytes = 1_900;

/**
 * Rows of JSON values under text keys, held as JSON text: what goes in and what comes out share nothing. Meant for rows
 * that are few and small; whoever writes bounds what he writes.
 */
export class Rows {
  readonly #texts = new Map<string, string>();

  /** The value, made anew; undefined where there is none. */
  get(key: string): unknown {
    const text = this.#texts.get(key);
    return text === undefined ? undefined : JSON.parse(text);
  }

  /** The value as JSON text. */
  text(key: string): string | undefined {
    return this.#texts.get(key);
  }

  /** All rows whose key starts with `prefix`, in key order (UTF-16 code units), at most `limit`. */
  list(prefix: string, limit: number): readonly { readonly key: string; readonly value: unknown }[] {
    const keys: string[] = [];
    for (const key of this.#texts.keys()) if (key.startsWith(prefix)) keys.push(key);
    keys.sort();
    return keys.slice(0, limit).map((key) => ({ key, value: this.get(key) }));
  }

  /**
   * @throws RangeError when the key is empty or longer than 1900 bytes.
   * @throws TypeError when the value is no JSON value.
   */
  put(key: string, value: unknown): void {
    const text = JSON.stringify(value);
    if (text === undefined) throw new TypeError(`the row ${key} needs a JSON value`);
    this.putText(key, text);
  }

  /** Puts a value that is JSON text already. */
  putText(key: string, text: string): void {
    const bytes = Buffer.byteLength(key);
    if (bytes === 0 || bytes > maxKeyBytes)
      throw new RangeError(`a row's key has 1 to ${maxKeyBytes} bytes, not ${bytes}`);
    this.#texts.set(key, text);
  }

  has(key: string): boolean {
    return this.#texts.has(key);
  }

  /** True where there was such a row. */
  remove(key: string): boolean {
    return this.#texts.delete(key);
  }
}
