import type { UpstreamKey } from '../model/names.ts';
import type { UpstreamHealth } from './upstream-health.ts';

/** What a finalized height makes of the epoch. */
export interface EpochStep {
  readonly epoch: number | undefined;
  /** `first`: the number is known now; nothing ended. `next`: a transition, one, however many numbers were skipped. */
  readonly moved: 'no' | 'first' | 'next';
}

/** Where an epoch's number comes from. */
export interface EpochReading {
  /** The agreed finalized height. */
  readonly finalized: number;
  /** Blocks per epoch, of the spec or the config. */
  readonly epochBlocks: number;
}

/**
 * The epoch after one more finalized height: floor(height / blocks per epoch).
 *
 * It depends on the chain alone, so all replicas agree without talking, and the clock has no part in it. It never falls.
 */
export function nextEpoch(epoch: number | undefined, reading: EpochReading): EpochStep {
  const { finalized, epochBlocks } = reading;
  if (!(finalized >= 0) || !(epochBlocks >= 1)) return { epoch, moved: 'no' };
  const number = Math.floor(finalized / epochBlocks);
  if (epoch === undefined) return { epoch: number, moved: 'first' };
  return number > epoch ? { epoch: number, moved: 'next' } : { epoch, moved: 'no' };
}

/** The upstreams that are blocked or quarantined in the new epoch because they were in the old one, whatever their tier is now. */
export function carriedOver(upstreams: Iterable<UpstreamHealth>): readonly UpstreamKey[] {
  const carried: UpstreamKey[] = [];
  for (const { course, endpoint } of upstreams)
    if (course.standing.kind === 'blocked' || course.standing.kind === 'quarantined') carried.push(endpoint.key);
  return carried;
}
