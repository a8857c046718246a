import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { StateStore } from '../ports/state-store.ts';
import { inspectDatabase } from './inspection.ts';
import { Journal, type OnTrouble } from './journal.ts';
import { claimFolder } from './ownership.ts';
import { type FileRow, openRowFile } from './row-file.ts';
import { rowKey, schemaKey, seal, unseal } from './row-format.ts';
import { Rows } from './rows.ts';

/** Where the state is kept. */
export interface LmdbStoreOptions {
  /** A folder of our own; made where it is missing. */
  readonly path: string;
  /** Version of what the rows mean. An older store is taken over; a newer one is refused. */
  readonly schemaVersion: number;
  /** Told when writing begins to fail (a full disk), and when it works again; the store goes on in memory meanwhile. */
  readonly onTrouble?: OnTrouble;
}

/** Why a state folder was not opened. */
export type RefusalReason = 'locked' | 'newer-version' | 'damaged' | 'unwritable';

/** A store, or why there is none; `message` says what happened and what to do, and names the folder. */
export type OpenedStore =
  | { readonly kind: 'opened'; readonly store: StateStore }
  | { readonly kind: 'refused'; readonly reason: RefusalReason; readonly message: string };

/**
 * Opens the state folder. Its rows are read once into memory; changes go to LMDB in whole transactions within a second, so
 * a kill at any moment loses at most the last second and leaves no transaction half written.
 *
 * One process owns the folder. A damaged file is found by a process of its own, before this one touches it. Never rejects.
 */
export async function openLmdbStore(options: LmdbStoreOptions): Promise<OpenedStore> {
  const { path } = options;
  try {
    await mkdir(path, { recursive: true });
    const claim = await claimFolder(path);
    if (claim.kind === 'taken') return refuse('locked', path, claim.by);
    return await openClaimed(options, claim.release);
  } catch (error) {
    return refuse('unwritable', path, error instanceof Error && 'code' in error ? String(error.code) : 'unknown error');
  }
}

/** Gives the folder back where nothing came of it. */
async function openClaimed(options: LmdbStoreOptions, release: () => Promise<void>): Promise<OpenedStore> {
  let opened: OpenedStore | undefined;
  try {
    opened = await openDatabase(options, release);
    return opened;
  } finally {
    if (opened?.kind !== 'opened') await release();
  }
}

async function openDatabase(options: LmdbStoreOptions, release: () => Promise<void>): Promise<OpenedStore> {
  const { path, schemaVersion, onTrouble = nothing } = options;
  const file = join(path, 'state.mdb');
  const { size } = await stat(file).catch(() => ({ size: 0 }));
  if (size > 0) {
    const found = await inspectDatabase(file, { key: schemaKey, version: schemaVersion });
    if (found.kind === 'damaged') return refuse('damaged', path);
    if (found.kind === 'sound' && (found.schema ?? 0) > schemaVersion) return refuse('newer-version', path);
  }
  const rowFile = await openRowFile(file);
  const rows = readRows(rowFile.rows);
  await rowFile.write([{ key: schemaKey, sealed: seal(schemaKey, String(schemaVersion)) }]);
  return { kind: 'opened', store: createStore(rows, new Journal(rowFile, rows, onTrouble), release) };
}

function createStore(rows: Rows, journal: Journal, release: () => Promise<void>): StateStore {
  const put = (key: string, value: unknown): void => {
    rows.put(key, value);
    journal.note(key);
  };
  return {
    get: (key) => rows.get(key),
    list: (prefix, limit) => rows.list(prefix, limit),
    put,
    putIfAbsent: (key, value) => {
      if (rows.has(key)) return { put: false, there: rows.get(key) };
      put(key, value);
      return { put: true };
    },
    remove: (key) => {
      if (rows.remove(key)) journal.note(key);
    },
    flush: () => journal.flush(),
    close: async () => {
      await journal.close();
      await release();
    },
  };
}

/** Rows whose checksum fails are left out: an inspection that could not be made is the only way to meet one here. */
function readRows(found: readonly FileRow[]): Rows {
  const rows = new Rows();
  for (const { key: bytes, sealed } of found) {
    const key = rowKey(bytes);
    const text = key === undefined ? undefined : unseal(bytes, sealed);
    if (key !== undefined && text !== undefined) rows.putText(key, text);
  }
  return rows;
}

function refuse(reason: RefusalReason, path: string, detail = ''): OpenedStore {
  return { kind: 'refused', reason, message: `The state folder ${path} ${explain(reason, detail)}` };
}

function explain(reason: RefusalReason, detail: string): string {
  switch (reason) {
    case 'locked':
      return `is in use by ${detail}. Stop that one, or give this gateway a folder of its own (state.path).`;
    case 'newer-version':
      return 'was written by a newer version. Start that version, or move the folder away to begin with an empty one.';
    case 'damaged':
      return 'holds a damaged file, which was left as it is. Move the folder away to begin with an empty one.';
    case 'unwritable':
      return `cannot be used (${detail}). Let this user write there, or name another folder (state.path).`;
  }
}

function nothing(): void {}
