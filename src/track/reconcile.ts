/** A block remembered from before: of the ring's tail, or the finalized one. */
export interface StoredBlock {
  readonly height: number;
  readonly hash: string;
}

/**
 * The comparison of remembered blocks with the canonical chain. `asking`: the canonical hash at `height` decides what comes
 * next. `keep`: the newest comparable block is canonical. `rewind`: blocks above `to` are not. `clear`: none is, or none can be compared.
 */
export type Reconcile =
  | {
      readonly kind: 'asking';
      readonly height: number;
      readonly stored: readonly StoredBlock[];
      /** Positions: all up to `matches` are canonical (-1: none is known to be), all from `differs` on are not. */
      readonly matches: number;
      readonly differs: number;
    }
  | { readonly kind: 'keep' }
  | { readonly kind: 'rewind'; readonly to: number }
  | { readonly kind: 'clear'; readonly because: 'nothing-stored' | 'chain-shorter' | 'nothing-matches' };

/**
 * Begins to compare what was remembered, lowest first, with a chain whose newest block is at `head`.
 *
 * Where the chain is shorter than the remembered tip, the smaller of the two is where it starts. Never throws.
 */
export function startReconcile(stored: readonly StoredBlock[], head: number): Reconcile {
  if (stored.length === 0) return { kind: 'clear', because: 'nothing-stored' };
  const reachable = stored.filter((block) => block.height <= head);
  if (reachable.length === 0) return { kind: 'clear', because: 'chain-shorter' };
  return askAt({ stored, matches: -1, differs: reachable.length }, reachable.length - 1);
}

/**
 * Takes the canonical hash at the height asked for and says what comes next.
 *
 * Blocks are linked by their hashes, so those that differ lie above those that match: after the newest, bisection finds
 * the fork point, with one question per halving. Never throws.
 */
export function nextReconcile(state: Reconcile, canonicalHash: string): Reconcile {
  if (state.kind !== 'asking') return state;
  const { stored, height } = state;
  const position = stored.findIndex((block) => block.height === height);
  const isSame = stored[position]?.hash === canonicalHash;
  const matches = isSame ? position : state.matches;
  const differs = isSame ? state.differs : position;
  if (differs - matches > 1) return askAt({ stored, matches, differs }, (matches + differs) >> 1);
  const fork = stored[matches];
  if (fork === undefined) return { kind: 'clear', because: 'nothing-matches' };
  return matches === stored.length - 1 ? { kind: 'keep' } : { kind: 'rewind', to: fork.height };
}

type Bounds = Pick<Extract<Reconcile, { kind: 'asking' }>, 'stored' | 'matches' | 'differs'>;

function askAt(bounds: Bounds, position: number): Reconcile {
  const block = bounds.stored[position];
  if (block === undefined) return { kind: 'clear', because: 'nothing-matches' };
  return { kind: 'asking', height: block.height, ...bounds };
}
