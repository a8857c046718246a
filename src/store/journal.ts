import type { RowChange, RowFile } from './row-file.ts';
import { fileKey, seal } from './row-format.ts';
import type { Rows } from './rows.ts';

/** Told when writing begins to fail, and when it works again. Must not throw. */
export type OnTrouble = (trouble: 'cannot-write' | 'writes-again') => void;

/** Changes of this long are written as one transaction; well within the promised second. */
const gatherMs = 250;

/** Writes that fail are tried again so often. */
const retryMs = 1_000;

/**
 * Carries changes of rows to the file, gathered into whole transactions, in order. Changed rows are remembered by key, so
 * what waits is bounded by the rows there are; a failed transaction waits with the rest.
 */
export class Journal {
  readonly #file: RowFile;
  readonly #rows: Rows;
  readonly #onTrouble: OnTrouble;
  readonly #changed = new Set<string>();
  #latest: Promise<void> = Promise.resolve();
  /** Waits for the write that runs. */
  #next: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failing = false;
  #closed = false;

  constructor(file: RowFile, rows: Rows, onTrouble: OnTrouble) {
    this.#file = file;
    this.#rows = rows;
    this.#onTrouble = onTrouble;
  }

  /** The row has changed, or has gone. */
  note(key: string): void {
    this.#changed.add(key);
    this.#writeIn(gatherMs);
  }

  /** Resolves once everything noted before is durable, or one try to make it so has failed. Never rejects. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#next ??= this.#startNext();
    return this.#next;
  }

  /** Writes what is left and closes the file; rows noted later are not written. */
  async close(): Promise<void> {
    await this.flush();
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#file.close();
  }

  /** At most one write runs and one waits for it, however slow the disk. */
  #startNext(): Promise<void> {
    const write = this.#latest.then(() => {
      this.#next = undefined;
      return this.#write();
    });
    this.#latest = write;
    return write;
  }

  #writeIn(ms: number): void {
    if (this.#timer !== undefined || this.#closed) return;
    this.#timer = setTimeout(() => void this.flush(), ms);
    this.#timer.unref();
  }

  async #write(): Promise<void> {
    if (this.#changed.size === 0 || this.#closed) return;
    const changed = [...this.#changed];
    this.#changed.clear();
    if (await this.#file.write(changed.map((key) => this.#changeOf(key)))) return this.#say('writes-again');
    for (const key of changed) this.#changed.add(key);
    this.#writeIn(retryMs);
    this.#say('cannot-write');
  }

  #changeOf(key: string): RowChange {
    const bytes = fileKey(key);
    const text = this.#rows.text(key);
    return { key: bytes, sealed: text === undefined ? undefined : seal(bytes, text) };
  }

  #say(trouble: 'cannot-write' | 'writes-again'): void {
    const failing = trouble === 'cannot-write';
    if (failing === this.#failing) return;
    this.#failing = failing;
    this.#onTrouble(trouble);
  }
}
