import { ChainAnswers } from '../cache/chain-answers.ts';
import { Flights } from '../cache/flights.ts';
import type { Kept } from '../cache/kept.ts';
import type { ChainName } from '../model/names.ts';
import type { ChainSettings, Settings } from '../model/settings.ts';
import type { LaneCache } from '../path/lane.ts';
import type { CacheStore } from '../ports/cache-store.ts';
import type { Clock } from '../ports/clock.ts';
import { createLruStore } from '../store/lru-store.ts';

/** Whose memory the chains share that have none of their own; no chain is called so. */
const everybody = '';

/**
 * The memory of one process for answers: one that chains share, and one of its own for each chain that wants more or less than all.
 * It outlives every world.
 */
export class AnswerStores {
  readonly #clock: Clock;
  readonly #stores = new Map<ChainName, CacheStore<Kept>>();
  #parts = 0;

  constructor(settings: Settings, clock: Clock) {
    this.#clock = clock;
    this.take(settings);
  }

  /** What is kept now, of all chains together. */
  held(): { readonly bytes: number; readonly entries: number } {
    let bytes = 0;
    let entries = 0;
    for (const store of this.#stores.values()) {
      bytes += store.bytes;
      entries += store.entries;
    }
    return { bytes, entries };
  }

  /** Makes room as a configuration says. What fits into the new room stays. */
  take(settings: Settings): void {
    const rooms = roomsOf(settings);
    for (const owner of this.#stores.keys()) if (!rooms.has(owner)) this.#stores.delete(owner);
    for (const [owner, bytes] of rooms) {
      const store = this.#stores.get(owner);
      if (store === undefined) this.#stores.set(owner, createLruStore(bytes));
      else store.resize(bytes);
    }
  }

  /** What the reads of a chain share: all that it had before, where its memory is still the same; undefined where it is turned off. */
  cacheOf({ name, cache }: Pick<ChainSettings, 'name' | 'cache'>, before?: LaneCache): LaneCache | undefined {
    const store = this.#stores.get(name) ?? this.#stores.get(everybody);
    if (cache === 'off' || store === undefined) return undefined;
    if (before?.answers.isIn(store) === true) return before;
    const nextPart = (): string => {
      this.#parts += 1;
      return this.#parts.toString(36);
    };
    return { answers: new ChainAnswers({ store, clock: this.#clock, nextPart }), flights: new Flights() };
  }
}

/** The bytes that each memory may hold. */
function roomsOf({ cache, chains }: Settings): ReadonlyMap<ChainName, number> {
  const shared = cache === 'off' ? undefined : cache.maxBytes;
  const rooms = new Map<ChainName, number>();
  if (shared !== undefined) rooms.set(everybody, shared);
  for (const { name, cache: own } of chains) {
    if (own !== 'off' && own.maxBytes !== shared) rooms.set(name, own.maxBytes);
  }
  return rooms;
}
