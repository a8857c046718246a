import { assignmentHash, type Draw } from './assignment-hash.ts';
import { requireU32, rollOf } from './bytes.ts';
import { type ArtifactClass, classWord, lep6Numbers } from './convention.ts';
import { type Derived, derived, refused } from './derived.ts';
import type { PlainText } from './plain-text.ts';

/** Who is asked, and for which ticket. */
export interface Asked {
  readonly target: PlainText;
  readonly ticket: PlainText;
}

/** How many artifacts of each class a ticket has. */
export interface ArtifactCounts {
  readonly index: number;
  readonly symbol: number;
}

/** How many artifacts of one class there are to choose from. */
export interface ArtifactShelf {
  readonly artifactClass: ArtifactClass;
  readonly count: number;
}

/**
 * What decides the class of artifact (rules A.9): the first eight bytes of `H(seed, target, ticket, "artifact_class")` as a
 * number, modulo 10. Never throws.
 */
export function classRoll(draw: Draw, { target, ticket }: Asked): bigint {
  const digest = assignmentHash(draw, [target, ticket, draw.convention.labels.classRoll]);
  return rollOf(digest, lep6Numbers.classModulus);
}

/**
 * The class of artifact that is asked for (rules A.9): a roll below 2 is INDEX, the others SYMBOL.
 *
 * UNSPECIFIED where the ticket has none of that class: the other class is not taken instead, since it scores differently.
 * Never throws.
 */
export function selectClass(draw: Draw, asked: Asked, counts: ArtifactCounts): ArtifactClass {
  if (classRoll(draw, asked) < lep6Numbers.indexCutoff) return counts.index > 0 ? 'INDEX' : 'UNSPECIFIED';
  return counts.symbol > 0 ? 'SYMBOL' : 'UNSPECIFIED';
}

/**
 * Which artifact of its class is asked for (rules A.9): the first eight bytes of
 * `H(seed, target, ticket, CLASS, "artifact_ordinal")` as a number, modulo the count.
 *
 * Refused, in this order: no artifacts; unsupported class.
 *
 * @throws RangeError where the count is no whole number of 32 bits.
 */
export function selectOrdinal(draw: Draw, { target, ticket }: Asked, shelf: ArtifactShelf): Derived<number> {
  const count = requireU32(shelf.count);
  if (count === 0) return refused('no-artifacts');
  const word = classWord(draw.convention, shelf.artifactClass);
  if (word === undefined) return refused('unsupported-class');
  const digest = assignmentHash(draw, [target, ticket, word, draw.convention.labels.ordinalRoll]);
  return derived(Number(rollOf(digest, BigInt(count))));
}
