/** Items begun in one turn of the loop: what begins a call takes some ten microseconds. */
const begunPerTurn = 64;

/** How a long list is gone through. */
export interface Stride<Item, Result> {
  /** Items under way at once, at least 1. */
  readonly atOnce: number;
  /** Lets other calls have their turn, between strides. */
  yieldTurn(): Promise<void>;
  run(item: Item): Promise<Result>;
}

/**
 * Runs over all items and answers their results in the order of the items. A short list begins at once; a long one neither holds
 * the loop nor has more than `atOnce` items under way. Rejects where `run` does.
 */
export async function inStrides<Item, Result>(
  items: readonly Item[],
  { atOnce, yieldTurn, run }: Stride<Item, Result>,
): Promise<readonly Result[]> {
  if (items.length <= Math.min(atOnce, begunPerTurn)) return Promise.all(items.map(run));
  const results: Result[] = new Array(items.length);
  // All walkers share one iterator: each takes the next item as soon as its last one is done.
  const rest = items.entries();
  const walk = async (): Promise<void> => {
    for (const [at, item] of rest) results[at] = await run(item);
  };
  const walkers: Promise<void>[] = [];
  for (let begun = 0; begun < Math.min(atOnce, items.length); begun += 1) {
    if (begun > 0 && begun % begunPerTurn === 0) await yieldTurn();
    walkers.push(walk());
  }
  await Promise.all(walkers);
  return results;
}
