import type { ClassifiedCall } from '../model/call.ts';
import type { FaultAnswer } from '../model/faults.ts';

/**
 * Why a log query is too wide to be sent, or undefined where it is not. A tag for the newest block stands for the tip; a range whose
 * ends cannot be told is left to the upstream. `limit` is in blocks, both ends counted.
 */
export function refuseWideRange(
  { policy, block }: Pick<ClassifiedCall, 'policy' | 'block'>,
  { tip, limit }: { readonly tip: number | undefined; readonly limit: number },
): FaultAnswer | undefined {
  if (policy.block.kind !== 'range' || block.kind !== 'range') return undefined;
  const from = heightOf(block.from, tip);
  const to = heightOf(block.to, tip);
  if (from === undefined || to === undefined || to - from < limit) return undefined;
  return {
    fault: 'RANGE_TOO_WIDE',
    message: `The range spans ${to - from + 1} blocks; at most ${limit} are allowed. Ask for ${limit} blocks at a time.`,
    data: { maxRange: limit },
  };
}

function heightOf(block: ClassifiedCall['block'], tip: number | undefined): number | undefined {
  if (block.kind === 'height') return block.height;
  if (block.kind !== 'tag') return undefined;
  if (block.tag === 'earliest') return 0;
  return block.tag === 'latest' || block.tag === 'pending' ? tip : undefined;
}
