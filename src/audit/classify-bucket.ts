import { type Bucket, lep6Numbers } from './convention.ts';

/** Where a ticket stands, and how high the chain is. */
export interface TicketAge {
  readonly currentHeight: bigint;
  readonly anchorHeight: bigint;
}

/** How old the tickets of each bucket are, in blocks. */
export interface BucketWindows {
  /** A ticket at most so old is RECENT. */
  readonly recentMax: bigint;
  /** A ticket at least so old is OLD. */
  readonly oldMin: bigint;
}

/**
 * The bucket of a ticket by its age in blocks (rules A.7): RECENT up to and with `recentMax`, OLD from `oldMin` on,
 * UNSPECIFIED between the two and for a ticket above the current height.
 *
 * RECENT is looked at first, so it wins where the windows overlap. Never throws.
 */
export function classifyBucket({ currentHeight, anchorHeight }: TicketAge, windows: BucketWindows): Bucket {
  const age = currentHeight - anchorHeight;
  if (age < 0n) return 'UNSPECIFIED';
  if (age <= windows.recentMax) return 'RECENT';
  return age >= windows.oldMin ? 'OLD' : 'UNSPECIFIED';
}

/** The windows for epochs of so many blocks: RECENT up to 3 epochs, OLD from 30 on. */
export function bucketWindows(epochBlocks: bigint): BucketWindows {
  return { recentMax: lep6Numbers.recentEpochs * epochBlocks, oldMin: lep6Numbers.oldEpochs * epochBlocks };
}
