import type { ChainHealth } from '../health/chain-health.ts';
import type { Endpoint } from '../model/endpoint.ts';
import { isRecord } from '../model/json-path.ts';
import type { ChainName, UpstreamKey } from '../model/names.ts';
import type { Cancel, Clock } from '../ports/clock.ts';
import type { StateStore } from '../ports/state-store.ts';
import type { Tracking } from '../track/tracking.ts';
import { repeat } from './repeat.ts';

/** What an earlier process left of a chain. */
export interface RememberedChain {
  readonly health: { readonly restored: ReadonlyMap<UpstreamKey, unknown>; readonly epoch?: number };
  readonly track: unknown;
}

/** Reads what the store remembers of a chain. Rows of endpoints that are no longer configured stay where they are. */
export function restoreChain(store: StateStore, chain: ChainName, endpoints: readonly Endpoint[]): RememberedChain {
  const restored = restoreStandings(store, endpoints);
  const epoch = readEpoch(store.get(epochKey(chain)));
  return { health: { restored, ...(epoch !== undefined && { epoch }) }, track: store.get(trackKey(chain)) };
}

/** The rows of standing there are for these endpoints. */
export function restoreStandings(store: StateStore, endpoints: readonly Endpoint[]): ReadonlyMap<UpstreamKey, unknown> {
  const restored = new Map<UpstreamKey, unknown>();
  for (const { key } of endpoints) {
    const row = store.get(standingKey(key));
    if (row !== undefined) restored.set(key, row);
  }
  return restored;
}

/** What a chain's memory is kept of, and where. */
export interface MemoryParts {
  readonly chain: ChainName;
  readonly store: StateStore;
  readonly clock: Clock;
  readonly health: ChainHealth;
  readonly tracking: Tracking;
}

/** With the quarter of a second in which the store gathers, a kill loses less than the last second of standing. */
const standingIntervalMs = 500;

/** Heads are found again within seconds; written with every block they would only wear out the disk. */
const headsIntervalMs = 5000;

/** Hands to the store what outlives the process. The store batches; nothing here waits. */
export class ChainMemory {
  readonly #parts: MemoryParts;
  readonly #timers: readonly Cancel[];
  #isStandingNew = false;
  /** What was stored last of heads and ring, as text. */
  #trackText = '';
  #isOver = false;

  constructor(parts: MemoryParts) {
    this.#parts = parts;
    this.#timers = [
      repeat(parts.clock, standingIntervalMs, () => {
        if (this.#isStandingNew) this.#storeAll();
      }),
      repeat(parts.clock, headsIntervalMs, () => {
        if (this.#trackRow().text !== this.#trackText) this.#storeAll();
      }),
    ];
  }

  /** A standing, or the state of the chain, is another: it is stored soon. */
  standingChanged(): void {
    this.#isStandingNew = true;
  }

  /** Stores everything as it is now. */
  store(): void {
    if (!this.#isOver) this.#storeAll();
  }

  /** Stores everything as it is now, and nothing afterwards: another may go on from there. */
  close(): void {
    this.store();
    this.#isOver = true;
    for (const cancel of this.#timers) cancel();
  }

  /** Ages and hold-offs run on where nothing changes, so whatever the cause, everything is written anew. */
  #storeAll(): void {
    const { chain, store, health } = this.#parts;
    this.#isStandingNew = false;
    for (const [key, row] of health.rows()) store.put(standingKey(key), row);
    const { row, text } = this.#trackRow();
    this.#trackText = text;
    const epoch = health.epoch();
    putOrRemove(store, trackKey(chain), row);
    putOrRemove(store, epochKey(chain), row === undefined || epoch === undefined ? undefined : { epoch });
  }

  /** Without a safe head there is nothing to resume from: none was found yet, or what was remembered has been set aside. */
  #trackRow(): { readonly row: unknown; readonly text: string } {
    const { tracking } = this.#parts;
    const row = tracking.view().state === 'waiting-safe-head' ? undefined : tracking.row();
    return { row, text: JSON.stringify(row) ?? '' };
  }
}

function putOrRemove(store: StateStore, key: string, value: unknown): void {
  if (value === undefined) store.remove(key);
  else store.put(key, value);
}

function standingKey(key: UpstreamKey): string {
  return `standing/${key}`;
}

function epochKey(chain: ChainName): string {
  return `epoch/${chain}`;
}

function trackKey(chain: ChainName): string {
  return `track/${chain}`;
}

function readEpoch(row: unknown): number | undefined {
  return isRecord(row) && Number.isSafeInteger(row.epoch) && Number(row.epoch) >= 0 ? Number(row.epoch) : undefined;
}
