/** The numbers the judgement of heads works with. Times in milliseconds, the rest in blocks. */
export interface TrackPolicy {
  readonly blockTimeMs: number;
  /** Blocks behind the tip from which an upstream is lagging; doubled for a pool. */
  readonly lagLimit: number;
  /** Blocks by which two honest heads may be apart: about 20 minutes, at least 32, at most 512. */
  readonly bound: number;
  /** How long heads must stand still before one that goes on alone is believed. */
  readonly standStillMs: number;
}

const boundMs = 20 * 60_000;
const leastBound = 32;
const mostBound = 512;
const standStillBlocks = 10;
const leastStandStillMs = 30_000;

/** How far a block's own time may be ahead of our wall clock before it lies in the future. */
export const clockSkewMs = 15_000;

/** Derives the numbers from a chain's block time and lag limit. */
export function trackPolicy(chain: { readonly blockTimeMs: number; readonly lagLimit: number }): TrackPolicy {
  const blocks = Math.ceil(boundMs / chain.blockTimeMs);
  return {
    blockTimeMs: chain.blockTimeMs,
    lagLimit: chain.lagLimit,
    bound: Math.min(mostBound, Math.max(leastBound, blocks)),
    standStillMs: Math.max(standStillBlocks * chain.blockTimeMs, leastStandStillMs),
  };
}
