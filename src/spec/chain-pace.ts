import type { FinalityReading } from '../model/chain-spec.ts';

/** Milliseconds per block of a chain that does not say: short, so that nothing of it is called late too soon. */
export const assumedBlockTimeMs = 1000;

/** Blocks of 10 s, at least 2: how far behind the tip an upstream may be and still be asked for it. */
export function defaultLagLimit(blockTimeMs: number): number {
  return Math.max(2, Math.ceil(10_000 / blockTimeMs));
}

/** Blocks of 15 minutes, exact where it divides, else rounded to two digits; at least 1. */
export function defaultEpochBlocks(blockTimeMs: number): number {
  const blocks = 900_000 / blockTimeMs;
  return Math.max(1, Number.isInteger(blocks) ? blocks : Math.round(Number(blocks.toPrecision(2))));
}

/**
 * Blocks below the tip taken as final where finality cannot be read: the depth itself where finality is one, 1 where the
 * head is final, else 10 minutes of blocks, at least 32.
 */
export function defaultSafeDepth(finality: FinalityReading, blockTimeMs: number): number {
  switch (finality.kind) {
    case 'depth':
      return finality.depth;
    case 'instant':
      return 1;
    case 'read':
      return Math.max(32, Math.ceil(600_000 / blockTimeMs));
  }
}
