import type { FinalizedReading } from './finality.ts';
import type { Witness } from './witness.ts';

/** The height a cold start looks at: the greatest that so many witnesses call final; undefined while too few speak. */
export function safeHeight(witnesses: readonly Witness<FinalizedReading>[], needed: 1 | 2): number | undefined {
  return witnesses[needed - 1]?.head.height;
}

/** The hash a witness already showed for a height. */
export function shownHash(witness: Witness<FinalizedReading>, height: number): string | undefined {
  return witness.head.height === height ? witness.head.hash : undefined;
}

/** How many witnesses show one and the same finalized block now: evidence that costs no question. */
export function witnessesAlike(witnesses: readonly Witness<FinalizedReading>[]): number {
  const counts = new Map<string, number>();
  let most = 0;
  for (const { head } of witnesses) {
    if (head.hash === undefined) continue;
    const count = (counts.get(head.hash) ?? 0) + 1;
    counts.set(head.hash, count);
    most = Math.max(most, count);
  }
  return most;
}
