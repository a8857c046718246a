import { assignmentHash, type Draw } from './assignment-hash.ts';
import { hexOf, u32be, u64be } from './bytes.ts';
import type { Slices } from './compound-hash.ts';
import type { Artifact } from './compute-offsets.ts';
import { classWord } from './convention.ts';
import { type Derived, derived, refused } from './derived.ts';

/**
 * Names what was asked of an artifact (rules A.11), as 64 lower-case hex digits:
 *
 * ```
 * H(seed, target, ticket, CLASS, u32be(ordinal), u64be(range length), u64be(offset 0), …, u64be(offset k-1), "derivation_input")
 * ```
 *
 * Offsets in the order given; there may be none. Refused: unsupported class.
 *
 * @throws RangeError where the ordinal is no whole number of 32 bits, or the range length or an offset none of 64.
 */
export function derivationHash(draw: Draw, artifact: Artifact, slices: Slices): Derived<string> {
  const { target, ticket, artifactClass, ordinal } = artifact;
  const word = classWord(draw.convention, artifactClass);
  if (word === undefined) return refused('unsupported-class');
  const digest = assignmentHash(draw, [
    target,
    ticket,
    word,
    u32be(ordinal),
    u64be(slices.rangeBytes),
    ...slices.offsets.map(u64be),
    draw.convention.labels.derivationInput,
  ]);
  return derived(hexOf(digest));
}
