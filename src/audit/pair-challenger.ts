import type { Draw } from './assignment-hash.ts';
import type { PlainText } from './plain-text.ts';
import { rankBy } from './rank-ids.ts';

/** Whom a challenger may get. */
export interface PairChoice {
  readonly targets: Iterable<PlainText>;
  /** Targets somebody else has already. */
  readonly assigned?: ReadonlySet<PlainText> | undefined;
}

/**
 * The target a challenger gets (rules A.4): of those that are not itself and not assigned, the one with the smallest
 * `H(seed, challenger, target, "pair")`, a tie by the bytes of the target. The label is the last part.
 *
 * Undefined where nobody is left (LEP-6 writes the empty string). The empty id stands for nobody. Never throws.
 */
export function pairChallenger(
  draw: Draw,
  challenger: PlainText,
  { targets, assigned }: PairChoice,
): PlainText | undefined {
  const free = [...targets].filter((target) => target !== '' && target !== challenger && !assigned?.has(target));
  const { pairRank } = draw.convention.labels;
  return rankBy(draw, free, (target) => [challenger, target, pairRank])[0]?.id;
}
