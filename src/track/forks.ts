import type { TrackerId } from '../model/names.ts';

/** One fresh tracker's finalized block, where its hash is known. */
export interface FinalTestimony {
  readonly tracker: TrackerId;
  readonly witness: string;
  readonly height: number;
  readonly hash: string;
}

/** Who is on another branch below finality, and whether two stand against each other without a third. */
export interface ForkState {
  readonly forked: ReadonlySet<TrackerId>;
  /** The lowest height at which finalized hashes differ and no majority decides. */
  readonly disputed?: number;
}

/** Everybody is on one branch, as far as known. */
export const noForks: ForkState = { forked: new Set() };

/**
 * Compares finalized blocks of equal height. Where at least two witnesses say one hash and fewer say another, the fewer
 * are on another branch, and stay so until a later block of theirs agrees with the others. Where no majority decides, all
 * from the lowest such height on is disputed, until witnesses are seen to agree above it or only one is left. Never throws.
 */
export function nextForks(prev: ForkState, testimonies: readonly FinalTestimony[]): ForkState {
  const heights = byHeight(testimonies);
  const forked = forkedIn(prev, heights);
  const isSame = forked.size === prev.forked.size && [...forked].every((tracker) => prev.forked.has(tracker));
  const disputed = disputedIn(prev, testimonies, heights);
  return { forked: isSame ? prev.forked : forked, ...(disputed === undefined ? {} : { disputed }) };
}

type ByHeight = ReadonlyMap<number, readonly FinalTestimony[]>;

function forkedIn(prev: ForkState, heights: ByHeight): ReadonlySet<TrackerId> {
  const forked = new Set<TrackerId>();
  for (const said of heights.values()) {
    const majority = majorityOf(said);
    for (const { tracker, hash } of said) {
      if (majority === undefined ? prev.forked.has(tracker) : hash !== majority) forked.add(tracker);
    }
  }
  return forked;
}

function disputedIn(prev: ForkState, testimonies: readonly FinalTestimony[], heights: ByHeight): number | undefined {
  let lowest = new Set(testimonies.map((one) => one.witness)).size < 2 ? undefined : prev.disputed;
  for (const [height, said] of heights) {
    const isOpen = majorityOf(said) === undefined && hashesOf(said).size > 1;
    if (isOpen) lowest = Math.min(lowest ?? height, height);
    else if (lowest !== undefined && height >= lowest && majorityOf(said) !== undefined) return undefined;
  }
  return lowest;
}

function byHeight(testimonies: readonly FinalTestimony[]): ByHeight {
  const heights = new Map<number, FinalTestimony[]>();
  for (const testimony of testimonies) {
    const others = heights.get(testimony.height);
    if (others === undefined) heights.set(testimony.height, [testimony]);
    else others.push(testimony);
  }
  return heights;
}

function hashesOf(said: readonly FinalTestimony[]): ReadonlyMap<string, ReadonlySet<string>> {
  const hashes = new Map<string, Set<string>>();
  for (const { hash, witness } of said) hashes.set(hash, (hashes.get(hash) ?? new Set()).add(witness));
  return hashes;
}

/** The hash that at least two witnesses say, and more than say any other. */
function majorityOf(said: readonly FinalTestimony[]): string | undefined {
  const ranked = [...hashesOf(said)].sort((a, b) => b[1].size - a[1].size);
  const [first, second] = ranked;
  if (first === undefined || first[1].size < 2) return undefined;
  return second !== undefined && second[1].size === first[1].size ? undefined : first[0];
}
