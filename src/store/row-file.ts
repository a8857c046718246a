import { once } from 'node:events';
import { createRequire } from 'node:module';
import { type MessagePort, Worker } from 'node:worker_threads';

/** One change of a row as it stands in the file: its new sealed text, or none where it goes. */
export interface RowChange {
  readonly key: Uint8Array;
  readonly sealed: string | undefined;
}

/** A row as it stands in the file. */
export interface FileRow {
  readonly key: Uint8Array;
  readonly sealed: string;
}

/** A database file, kept by a thread of its own: a slow or full disk holds up nobody but that thread. */
export interface RowFile {
  /** What the file held when it was opened. */
  readonly rows: readonly FileRow[];
  /** Writes all changes in one durable transaction; false when none of them could be written. Never rejects. */
  write(changes: readonly RowChange[]): Promise<boolean>;
  /** Writes no more and lets go of the file. Never rejects. */
  close(): Promise<void>;
}

/** What the thread is told, and what it says. */
type Order = { readonly kind: 'write'; readonly changes: readonly RowChange[] } | { readonly kind: 'close' };
type Report =
  | { readonly kind: 'written' | 'failed' | 'closed' }
  | { readonly kind: 'opened'; readonly rows: FileRow[] };

/** Address space, not disk: room for some hundred thousand rows before the map has to grow. */
const mapSize = 64 * 1024 * 1024;

/** Opens a file that was inspected before, or makes a new one. Rejects when it cannot be opened. */
export async function openRowFile(path: string): Promise<RowFile> {
  const lmdbPath = createRequire(import.meta.url).resolve('lmdb');
  const worker = new Worker(`(${keepFile.toString()})(require)`, {
    eval: true,
    workerData: { lmdbPath, path, mapSize },
    // Options of the process (`--input-type`, loaders) are about its own code, not about this text.
    execArgv: [],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const [opened] = (await once(worker, 'message')) as [Report];
  if (opened.kind !== 'opened') throw new Error('the state file cannot be opened');
  return new ThreadedFile(worker, opened.rows);
}

/** Takes one order at a time. The thread holds the process only while an order is under way. */
class ThreadedFile implements RowFile {
  readonly rows: readonly FileRow[];
  readonly #worker: Worker;
  #answered: ((report: Report['kind']) => void) | undefined;
  #ended = false;

  constructor(worker: Worker, rows: readonly FileRow[]) {
    this.rows = rows;
    this.#worker = worker;
    worker.unref();
    worker.on('message', (report: Report) => this.#settle(report.kind));
    worker.on('error', () => this.#end());
    worker.on('exit', () => this.#end());
  }

  async write(changes: readonly RowChange[]): Promise<boolean> {
    return (await this.#order({ kind: 'write', changes })) === 'written';
  }

  async close(): Promise<void> {
    await this.#order({ kind: 'close' });
    this.#ended = true;
  }

  #order(order: Order): Promise<Report['kind']> {
    if (this.#ended) return Promise.resolve('failed');
    this.#worker.ref();
    return new Promise((resolve) => {
      this.#answered = resolve;
      this.#worker.postMessage(order);
    });
  }

  #settle(report: Report['kind']): void {
    this.#worker.unref();
    this.#answered?.(report);
    this.#answered = undefined;
  }

  #end(): void {
    this.#ended = true;
    this.#settle('failed');
  }
}

/** Runs in the thread, as text: it may use nothing of this file. */
function keepFile(load: NodeJS.Require): void {
  const threads: typeof import('node:worker_threads') = load('node:worker_threads');
  const { lmdbPath, path, mapSize } = threads.workerData;
  const lmdb: typeof import('lmdb') = load(lmdbPath);
  const port: MessagePort | null = threads.parentPort;
  const db = lmdb.open<string, Buffer>({ path, noSubdir: true, encoding: 'string', keyEncoding: 'binary', mapSize });
  const rows = [...db.getRange({})].map(({ key, value }) => ({ key: new Uint8Array(key), sealed: value }));
  const write = (changes: readonly RowChange[]): void => {
    for (const { key, sealed } of changes) {
      if (sealed === undefined) db.removeSync(Buffer.from(key));
      else db.putSync(Buffer.from(key), sealed);
    }
  };
  port?.on('message', (order: Order) => {
    if (order.kind === 'close') {
      db.close().then(() => {
        port.postMessage({ kind: 'closed' });
        port.close();
      });
      return;
    }
    try {
      db.transactionSync(() => write(order.changes));
      port.postMessage({ kind: 'written' });
    } catch {
      port.postMessage({ kind: 'failed' });
    }
  });
  port?.postMessage({ kind: 'opened', rows });
}
