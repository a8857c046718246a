import { assignmentHash, type Draw, type Part } from './assignment-hash.ts';
import { compareBytes } from './bytes.ts';
import type { Label } from './convention.ts';
import type { PlainText } from './plain-text.ts';

/** One id and the digest that decides its place. */
export interface Ranked {
  readonly id: PlainText;
  readonly rank: Uint8Array;
}

/**
 * Ids in the order of `H(seed, id, label)` (rules A.2): ascending by the bytes of the digest, a tie by the bytes of the id.
 *
 * The order of the input never matters. Equal ids all stay, next to each other. Never throws.
 */
export function rankIds(draw: Draw, ids: Iterable<PlainText>, label: Label): readonly Ranked[] {
  const word = draw.convention.labels[label];
  return rankBy(draw, ids, (id) => [id, word]);
}

/** As `rankIds`, with the parts of each digest as the rule at hand has them. */
export function rankBy(
  draw: Draw,
  ids: Iterable<PlainText>,
  partsOf: (id: PlainText) => readonly Part[],
): readonly Ranked[] {
  const ranked = Array.from(ids, (id) => ({ id, rank: assignmentHash(draw, partsOf(id)) }));
  const { compareIds } = draw.convention;
  return ranked.sort((left, right) => compareBytes(left.rank, right.rank) || compareIds(left.id, right.id));
}

/** Ids without the empty one and without repetitions, ascending by their bytes. */
export function sortedUnique({ convention }: Pick<Draw, 'convention'>, ids: Iterable<PlainText>): readonly PlainText[] {
  return [...new Set(ids)].filter((id) => id !== '').sort(convention.compareIds);
}
