import type { Draw } from './assignment-hash.ts';
import { pairChallenger } from './pair-challenger.ts';
import type { PlainText } from './plain-text.ts';
import { sortedUnique } from './rank-ids.ts';

/** Who challenges, and who may be challenged. */
export interface AssignmentField {
  readonly activeIds: readonly PlainText[];
  readonly selectedTargets: readonly PlainText[];
  /** Whom a challenger falls back to when it is itself the only target left. Where none is named: the active ones. */
  readonly targetCandidates: readonly PlainText[];
}

/**
 * Who challenges whom in this epoch (rules A.5): a target for each challenger that gets one.
 *
 * Challengers choose in the order of their ids' bytes, each by the pair rule among the selected targets nobody has yet; one
 * that finds only itself there chooses among the candidates nobody has, and one that finds nobody there either goes without.
 * No more are assigned than there are different selected targets.
 *
 * Nobody challenges itself, and no target is challenged twice. The order of the input, repetitions and empty ids never
 * matter. A fallback uses up an assignment and leaves the challenger's own place as a target open. LEP-6 ranks the candidates
 * before the fallback; it changes nothing, since the pair rank decides there. Never throws.
 */
export function assignTargets(draw: Draw, field: AssignmentField): ReadonlyMap<PlainText, PlainText> {
  const challengers = sortedUnique(draw, field.activeIds);
  const named = sortedUnique(draw, field.targetCandidates);
  const candidates = named.length > 0 ? named : challengers;
  const unassigned = new Set(sortedUnique(draw, field.selectedTargets));
  const most = unassigned.size;
  const assigned = new Set<PlainText>();
  const assignment = new Map<PlainText, PlainText>();
  for (const challenger of challengers) {
    if (assignment.size === most) break;
    const target =
      pairChallenger(draw, challenger, { targets: unassigned }) ??
      pairChallenger(draw, challenger, { targets: candidates, assigned });
    if (target === undefined) continue;
    assignment.set(challenger, target);
    unassigned.delete(target);
    assigned.add(target);
  }
  return assignment;
}
