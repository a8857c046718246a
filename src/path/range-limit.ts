import type { ClassifiedCall } from '../model/call.ts';
import type { FaultAnswer } from '../model/faults.ts';
import type { Pairing } from '../model/pairing.ts';

/** What tags stand for. */
type KnownHeights = Pick<Pairing, 'tip' | 'finalized'>;

/**
 * Why a log query is too wide to be sent, or undefined where it is not. Tags stand for the heights they have now; a range whose
 * ends cannot be told is left to the upstream. `limit` is in blocks, both ends counted.
 */
export function refuseWideRange(
  { policy, block }: Pick<ClassifiedCall, 'policy' | 'block'>,
  { tip, finalized }: KnownHeights,
  limit: number,
): FaultAnswer | undefined {
  if (policy.block.kind !== 'range' || block.kind !== 'range') return undefined;
  // A safe block is somewhere between the two: the range is taken for no wider than it is for sure.
  const from = heightOf(block.from, { tip, finalized, safe: tip });
  const to = heightOf(block.to, { tip, finalized, safe: finalized });
  if (from === undefined || to === undefined || to - from < limit) return undefined;
  return {
    fault: 'RANGE_TOO_WIDE',
    message: `The range spans ${to - from + 1} blocks; at most ${limit} are allowed. Ask for ${limit} blocks at a time.`,
    data: { maxRange: limit },
  };
}

interface TagHeights {
  readonly tip: number | undefined;
  readonly finalized: number | undefined;
  readonly safe: number | undefined;
}

function heightOf(block: ClassifiedCall['block'], { tip, finalized, safe }: TagHeights): number | undefined {
  if (block.kind === 'height') return block.height;
  if (block.kind !== 'tag') return undefined;
  switch (block.tag) {
    case 'earliest':
      return 0;
    case 'latest':
    case 'pending':
      return tip;
    case 'finalized':
      return finalized;
    case 'safe':
      return safe;
    default:
      return undefined;
  }
}
