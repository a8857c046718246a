import type { FaultAnswer } from '../model/faults.ts';
import type { Lane } from './lane.ts';

/** Says whether the chain has left the branch it was on when the watch began. */
export type BranchWatch = () => boolean;

/**
 * Watches the branch that ends at a height, or at the tip where that is lower: a block on it is not replaced without the one at its end.
 *
 * Says so only where the chain's recent blocks were known when it began, and never of what has become final. Never throws.
 */
export function watchBranch(lane: Lane, to: number): BranchWatch {
  const { recent } = lane;
  const height = Math.min(to, lane.pairing().tip ?? to);
  const before = recent.hashAt(height);
  return () => {
    if (before === undefined || height <= (lane.pairing().finalized ?? -1)) return false;
    return recent.hashAt(height) !== before;
  };
}

/** What was read in parts could be of two branches, time and again. */
export const branchLeft: FaultAnswer = {
  fault: 'UPSTREAMS_EXHAUSTED',
  message: 'The chain replaced blocks of this range while its parts were read, twice. Try again.',
};
