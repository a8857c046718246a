import type { Draw } from './assignment-hash.ts';
import { requireU32 } from './bytes.ts';
import { lep6Numbers } from './convention.ts';
import type { PlainText } from './plain-text.ts';
import { rankIds } from './rank-ids.ts';

/**
 * Who is challenged in this epoch (rules A.3): the first `ceil(n / divisor)` of the ranking by `H(seed, id, "challenge_target")`,
 * in that order, and at least one.
 *
 * A divisor of 0 means 3. Nobody of nobody. The order of the input never matters; ids are taken as given, so whoever could
 * name one twice removes the repetition first.
 *
 * @throws RangeError where the divisor is no whole number of 32 bits.
 */
export function selectTargets(draw: Draw, ids: readonly PlainText[], divisor: number): readonly PlainText[] {
  const one = requireU32(divisor) === 0 ? lep6Numbers.targetDivisor : divisor;
  const ranking = rankIds(draw, ids, 'targetRank');
  return ranking.slice(0, Math.ceil(ids.length / one)).map(({ id }) => id);
}
