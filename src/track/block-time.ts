import type { ChainSpec } from '../model/chain-spec.ts';
import type { TrackerSight } from './chain-heads.ts';

/** The last blocks seen on the way up, oldest first: what the block time is measured from. */
export interface BlockTimes {
  readonly samples: readonly BlockSample[];
}

/** A height and when it was made (its own time where it has one, else when it was seen), milliseconds. */
export interface BlockSample {
  readonly height: number;
  readonly timeMs: number;
}

/** Nothing was measured yet. */
export const noBlockTimes: BlockTimes = { samples: [] };

const maxSamples = 33;
const leastSteps = 8;
const leastBlockTimeMs = 100;
const mostBlockTimeMs = 60_000;

/** Adds a block above the last one. A chain that fell begins anew; the same height twice changes nothing. */
export function addBlockTime(times: BlockTimes, sample: BlockSample): BlockTimes {
  const last = times.samples.at(-1);
  if (last === undefined || sample.height < last.height) return { samples: [sample] };
  if (sample.height === last.height) return times;
  return { samples: [...times.samples.slice(1 - maxSamples), sample] };
}

/**
 * The block time in milliseconds: the median of the steps seen, or `fallbackMs` while fewer than eight were.
 * A median, since a devnet's clock may be set forward by hours in one block. From 100 ms to one minute. Never throws.
 */
export function measuredBlockTime(times: BlockTimes, fallbackMs: number): number {
  const steps: number[] = [];
  for (let at = 1; at < times.samples.length; at += 1) {
    const before = times.samples[at - 1];
    const after = times.samples[at];
    if (before === undefined || after === undefined) continue;
    steps.push(Math.max(0, after.timeMs - before.timeMs) / (after.height - before.height));
  }
  if (steps.length < leastSteps) return fallbackMs;
  steps.sort((a, b) => a - b);
  const median = steps[steps.length >> 1] ?? fallbackMs;
  return Math.min(mostBlockTimeMs, Math.max(leastBlockTimeMs, median));
}

/** When the tip's block was made: by its own time where the family's blocks have one, else when it was seen. */
export function madeAt(
  spec: ChainSpec,
  sights: readonly TrackerSight[],
  seen: { readonly tip: number; readonly now: number },
): number | undefined {
  if (spec.head.time === undefined) return seen.now;
  return sights.find((sight) => sight.head.head?.height === seen.tip)?.head.head?.timeMs;
}
