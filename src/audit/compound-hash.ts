import type { Hash } from '../ports/hash.ts';
import { type Derived, derived, refused } from './derived.ts';

/** Which slices of some data are hashed, in bytes. */
export interface Slices {
  /** In the order they are hashed. */
  readonly offsets: readonly bigint[];
  readonly rangeBytes: bigint;
}

/**
 * One digest over several slices of the data (rules A.10): BLAKE3, 32 bytes, of the slices one after another in the order
 * given, with nothing between them. Without offsets it is the digest of nothing.
 *
 * Refused, in this order: empty range; a slice that begins or ends outside the data. Never throws.
 */
export function compoundHash(
  { blake3 }: Pick<Hash, 'blake3'>,
  data: Uint8Array,
  { offsets, rangeBytes }: Slices,
): Derived<Uint8Array> {
  if (rangeBytes <= 0n) return refused('empty-range');
  const last = BigInt(data.length) - rangeBytes;
  if (offsets.some((offset) => offset < 0n || offset > last)) return refused('range-out-of-bounds');
  const slices = offsets.map((offset) => data.subarray(Number(offset), Number(offset + rangeBytes)));
  return derived(blake3(Buffer.concat(slices)));
}
