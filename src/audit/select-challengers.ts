import type { Draw } from './assignment-hash.ts';
import { compareBytes, hexOf, requireU32, requireU64, rollOf } from './bytes.ts';
import { lep6Numbers } from './convention.ts';
import type { PlainText } from './plain-text.ts';

/** Who may challenge, and how many do. */
export interface ChallengerField {
  readonly epochId: bigint;
  readonly ids: readonly PlainText[];
  /** How many are wanted; 0 means a third of them, rounded up. */
  readonly requested: number;
}

/** Whose start is spread in time, and over how long. */
export interface JitterScope {
  readonly epochId: bigint;
  readonly id: PlainText;
  readonly maxMs: bigint;
}

const digestBytes = 32;

/**
 * Who challenges in an epoch by the older rule of nearness (rules A.6): the ids whose BLAKE3 digest is nearest by XOR to that of
 * the text `sc:challengers:<seed in hex>:<epoch>`, nearest first, a tie by the bytes of the id.
 *
 * As many as requested or there are; a text of exactly 32 bytes is its own digest. Nobody of nobody.
 *
 * @throws RangeError where the epoch is no whole number of 64 bits, or the number requested none of 32.
 */
export function selectChallengers(draw: Draw, { epochId, ids, requested }: ChallengerField): readonly PlainText[] {
  const { hash, convention, seed } = draw;
  const text = Buffer.from(`${convention.prefixes.challengers}:${hexOf(seed)}:${requireU64(epochId)}`);
  const goal = text.length === digestBytes ? text : hash.blake3(text);
  const wanted = requireU32(requested) === 0 ? Math.ceil(ids.length / lep6Numbers.targetDivisor) : requested;
  return ids
    .map((id) => ({ id, distance: distanceOf(hash.blake3(Buffer.from(id)), goal) }))
    .sort((left, right) => compareBytes(left.distance, right.distance) || convention.compareIds(left.id, right.id))
    .slice(0, wanted)
    .map(({ id }) => id);
}

/**
 * By how much one who challenges starts later, in milliseconds below `maxMs` (rules A.6): the first eight bytes of BLAKE3 of the
 * text `sc:jitter:<seed in hex>:<epoch>:<id>` as a number, modulo `maxMs`. 0 where that is 0.
 *
 * @throws RangeError where the epoch or `maxMs` is no whole number of 64 bits.
 */
export function epochJitterMs({ hash, convention, seed }: Draw, { epochId, id, maxMs }: JitterScope): bigint {
  if (requireU64(maxMs) === 0n) return 0n;
  const text = `${convention.prefixes.jitter}:${hexOf(seed)}:${requireU64(epochId)}:${id}`;
  return rollOf(hash.blake3(Buffer.from(text)), maxMs);
}

function distanceOf(left: Uint8Array, right: Uint8Array): Uint8Array {
  return left.map((byte, at) => byte ^ (right[at] ?? 0));
}
