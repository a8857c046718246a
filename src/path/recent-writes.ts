import type { UpstreamKey } from '../model/names.ts';
import { createRecents } from './recents.ts';

/** Callers remembered of one chain; the least recently used are forgotten first. */
const mostCallers = 10_000;

/** For how long a caller's nonce is read where its write went: by then it has spread, or is in a block. */
const stickyMs = 30_000;
const stickyBlocks = 2;

/** A write that an upstream accepted. */
export interface AcceptedWrite {
  readonly upstream: UpstreamKey;
  /** The chain's tip then; undefined where it was not known. */
  readonly tip: number | undefined;
  /** Monotonic milliseconds. */
  readonly at: number;
}

/**
 * Where each caller's last write went. Whose account a signed transaction is of cannot be read off it without recovering the key from
 * the signature; so it is kept by who calls, and a service that writes for many accounts has them all read there.
 */
export interface RecentWrites {
  note(caller: string, write: AcceptedWrite): void;
  /** Undefined where there was none, or it was 30 s or 2 blocks ago. */
  where(caller: string, now: Pick<AcceptedWrite, 'tip' | 'at'>): UpstreamKey | undefined;
}

/** Creates the memory of one chain's writes. */
export function createRecentWrites(): RecentWrites {
  const writes = createRecents<AcceptedWrite>(mostCallers);
  return {
    note: (caller, write) => writes.set(caller, write),
    where(caller, { tip, at }) {
      const write = writes.get(caller);
      if (write === undefined || at - write.at >= stickyMs) return undefined;
      const isBuried = tip !== undefined && write.tip !== undefined && tip - write.tip >= stickyBlocks;
      return isBuried ? undefined : write.upstream;
    },
  };
}
