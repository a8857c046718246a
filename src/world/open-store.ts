import type { StateSettings } from '../model/settings.ts';
import type { StateStore } from '../ports/state-store.ts';
import type { OnTrouble } from '../store/journal.ts';
import { openLmdbStore } from '../store/lmdb-store.ts';
import { createMemoryStore } from '../store/memory-store.ts';

/** Version of the rows; a store of a newer one is not touched. */
const schemaVersion = 1;

/** Told in words, with what to do, when standings are not kept where the configuration says, and when they are again. */
export type OnWarning = (warning: string) => void;

/** A store that can be written. */
export interface ReadyStore {
  readonly store: StateStore;
  /** Names who is told: at once of what was amiss so far, and of all that comes. */
  tell(onWarning: OnWarning): void;
}

/** Opens the configured store, or one in memory where it cannot be had. Never rejects: a gateway serves without. */
export async function openStore(settings: StateSettings): Promise<ReadyStore> {
  if (settings.kind === 'memory') return { store: createMemoryStore(), tell: () => undefined };
  const warnings: string[] = [];
  let say: OnWarning = (warning) => void warnings.push(warning);
  const onTrouble: OnTrouble = (trouble) => say(troubleWords(settings.path, trouble));
  const opened = await openLmdbStore({ path: settings.path, schemaVersion, onTrouble });
  if (opened.kind === 'refused') say(`${opened.message} Until then standings are kept in memory only.`);
  return {
    store: opened.kind === 'opened' ? opened.store : createMemoryStore(),
    tell(onWarning) {
      say = onWarning;
      for (const warning of warnings.splice(0)) onWarning(warning);
    },
  };
}

function troubleWords(path: string, trouble: Parameters<OnTrouble>[0]): string {
  switch (trouble) {
    case 'cannot-write':
      return `The state folder ${path} cannot be written: make room on its disk. Until then standings are kept in memory only.`;
    case 'writes-again':
      return `The state folder ${path} can be written again.`;
  }
}
