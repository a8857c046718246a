import type { Rules } from './assignment-hash.ts';
import { u64be } from './bytes.ts';

/** How heights are cut into epochs. */
export interface EpochGrid {
  /** The first height of epoch 0. */
  readonly zeroHeight: bigint;
  readonly epochBlocks: bigint;
}

/** What an epoch begins with. */
export interface EpochStart {
  readonly epochId: bigint;
  readonly startHeight: bigint;
  /** The hash in the header of the block at the start height; empty where the header has none. */
  readonly headerHash: Uint8Array;
}

/**
 * The number of the epoch a height is in (rules A.6): `floor((height - zero height) / blocks of an epoch)`.
 *
 * Undefined below the zero height and where an epoch has no blocks. Never throws.
 */
export function epochIdOf(height: bigint, { zeroHeight, epochBlocks }: EpochGrid): bigint | undefined {
  if (epochBlocks <= 0n || height < zeroHeight) return undefined;
  return (height - zeroHeight) / epochBlocks;
}

/**
 * The seed of an epoch (rules A.6): BLAKE3 of `"lumera:epoch-seed" || raw || u64be(epoch)`, where raw is the header hash at the
 * epoch's first height, or `u64be(start height)` where it is empty.
 *
 * @throws RangeError where the epoch, or a start height that is needed, is no whole number of 64 bits.
 */
export function epochSeed({ hash, convention }: Rules, start: EpochStart): Uint8Array {
  const raw = start.headerHash.length > 0 ? start.headerHash : u64be(start.startHeight);
  return hash.blake3(Buffer.concat([Buffer.from(convention.prefixes.epochSeed), raw, u64be(start.epochId)]));
}
