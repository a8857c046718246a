import type { ChainHealth } from '../health/chain-health.ts';
import type { Endpoint } from '../model/endpoint.ts';
import { isRecord } from '../model/json-path.ts';
import type { ChainName, UpstreamKey } from '../model/names.ts';
import type { StateStore } from '../ports/state-store.ts';
import type { Tracking } from '../track/tracking.ts';

/** What an earlier process left of a chain. */
export interface RememberedChain {
  readonly health: { readonly restored: ReadonlyMap<UpstreamKey, unknown>; readonly epoch?: number };
  readonly track: unknown;
}

/** Reads what the store remembers of a chain. Rows of endpoints that are no longer configured stay where they are. */
export function restoreChain(store: StateStore, chain: ChainName, endpoints: readonly Endpoint[]): RememberedChain {
  const restored = new Map<UpstreamKey, unknown>();
  for (const { key } of endpoints) {
    const row = store.get(standingKey(key));
    if (row !== undefined) restored.set(key, row);
  }
  const epoch = readEpoch(store.get(epochKey(chain)));
  return { health: { restored, ...(epoch !== undefined && { epoch }) }, track: store.get(trackKey(chain)) };
}

/** Hands to the store what outlives the process. The store batches; nothing here waits. */
export function storeChain(
  store: StateStore,
  chain: ChainName,
  { health, tracking }: { readonly health: ChainHealth; readonly tracking: Tracking },
): void {
  for (const [key, row] of health.rows()) store.put(standingKey(key), row);
  const epoch = health.epoch();
  if (epoch !== undefined) store.put(epochKey(chain), { epoch });
  store.put(trackKey(chain), tracking.row());
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
