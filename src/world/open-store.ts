import type { StateSettings } from '../model/settings.ts';
import type { StateStore } from '../ports/state-store.ts';
import { openLmdbStore } from '../store/lmdb-store.ts';
import { createMemoryStore } from '../store/memory-store.ts';

/** Version of the rows; a store of a newer one is not touched. */
const schemaVersion = 1;

/** A store that can be written, and why it is not the configured one, where it is not. Never rejects: a gateway serves without. */
export async function openStore(
  settings: StateSettings,
): Promise<{ readonly store: StateStore; readonly trouble: string | undefined }> {
  if (settings.kind === 'memory') return { store: createMemoryStore(), trouble: undefined };
  const opened = await openLmdbStore({ path: settings.path, schemaVersion });
  if (opened.kind === 'opened') return { store: opened.store, trouble: undefined };
  return { store: createMemoryStore(), trouble: `${opened.message}; standings are kept in memory only` };
}
