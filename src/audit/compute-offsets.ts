import { assignmentHash, type Draw, type Part } from './assignment-hash.ts';
import { rollOf, u32be } from './bytes.ts';
import { type ArtifactClass, classWord } from './convention.ts';
import { type Derived, derived, refused } from './derived.ts';
import type { Asked } from './select-artifact.ts';

/** One artifact of a ticket. */
export interface Artifact extends Asked {
  readonly artifactClass: ArtifactClass;
  readonly ordinal: number;
}

/** How an artifact is sampled, in bytes. */
export interface Sampling {
  readonly artifactBytes: bigint;
  readonly rangeBytes: bigint;
  /** How many ranges. */
  readonly ranges: number;
}

/**
 * Where the sampled ranges of an artifact begin (rules A.10). The offset of range i is the first eight bytes of
 * `H(seed, target, ticket, CLASS, u32be(ordinal), u32be(i), "range_offset")` as a number, modulo artifact size minus range
 * length; all are 0 where the range is the whole artifact.
 *
 * In the order drawn; ranges may overlap and repeat. The modulus never gives the last possible offset, so the last byte of an
 * artifact is never sampled: what LEP-6 does, kept to the byte, and no formula to copy (`size - length + 1` has no such gap).
 *
 * Refused, in this order: no ranges, empty artifact, empty range, range over artifact, unsupported class.
 *
 * @throws RangeError where the ordinal is no whole number of 32 bits.
 */
export function computeOffsets(draw: Draw, artifact: Artifact, sampling: Sampling): Derived<readonly bigint[]> {
  const { artifactBytes, rangeBytes, ranges } = sampling;
  if (!(ranges >= 1)) return refused('no-ranges');
  if (artifactBytes <= 0n) return refused('empty-artifact');
  if (rangeBytes <= 0n) return refused('empty-range');
  if (rangeBytes > artifactBytes) return refused('range-over-artifact');
  const word = classWord(draw.convention, artifact.artifactClass);
  if (word === undefined) return refused('unsupported-class');
  const indices = Array.from({ length: ranges }, (_, index) => index);
  if (rangeBytes === artifactBytes) return derived(indices.map(() => 0n));
  const asked: readonly Part[] = [artifact.target, artifact.ticket, word, u32be(artifact.ordinal)];
  const { rangeOffset } = draw.convention.labels;
  const modulus = artifactBytes - rangeBytes;
  return derived(indices.map((index) => rollOf(assignmentHash(draw, [...asked, u32be(index), rangeOffset]), modulus)));
}
