/** One recent block. `parent` is absent where the family has none, or while it is not known yet. */
export interface RingBlock {
  readonly height: number;
  readonly hash: string;
  readonly parent?: string;
  /** Said by enough witnesses; only the loss of a sure block is a reorg. */
  readonly sure: 'yes' | 'no';
}

/** Blocks of the old branch that left the ring while the lowest of them is still being looked for. */
export interface OpenFork {
  /** The lowest block known to be replaced. */
  readonly at: number;
  /** The lowest block of the new branch: whether the ring goes on below it hangs on its parent, which is not known yet. */
  readonly search: number;
  readonly oldTop: number;
  readonly lost: 'sure' | 'unsure';
}

/** What witnesses said of one block that is not sure yet. */
export interface Claim {
  readonly height: number;
  readonly hash: string;
  readonly witnesses: readonly string[];
}

/** The chain's recent blocks, lowest first, one per height, of one branch as far as known; heights may be missing. */
export interface Ring {
  readonly blocks: readonly RingBlock[];
  readonly claims: readonly Claim[];
  readonly fork?: OpenFork;
}

/** A block as an upstream shows it. */
export type ShownBlock = Omit<RingBlock, 'sure'>;

/** How the ring judges. `needed`: witnesses that must agree against what it holds. */
export interface RingPolicy {
  readonly depth: number;
  readonly needed: 1 | 2;
  /** `blocks`: a missing parent can be read by height; `nothing`: what the heads show is all there is. */
  readonly readable: 'blocks' | 'nothing';
}

/** The lowest block that was replaced, and how many were. */
export interface Reorg {
  readonly height: number;
  readonly depth: number;
}

/** The next ring, and the reorg that became plain with it. */
export interface RingStep {
  readonly ring: Ring;
  readonly reorg?: Reorg;
}

/** No block is known. */
export const emptyRing: Ring = { blocks: [], claims: [] };

/** Finds the block at a height, by bisection. */
export function blockAt(ring: Ring, height: number): RingBlock | undefined {
  const { blocks } = ring;
  let low = 0;
  let high = blocks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((blocks[middle]?.height ?? height) < height) low = middle + 1;
    else high = middle;
  }
  return blocks[low]?.height === height ? blocks[low] : undefined;
}

/** Finds the height of the block with this hash, newest first. */
export function heightIn({ blocks }: Ring, hash: string): number | undefined {
  return blocks.findLast((block) => block.hash === hash)?.height;
}

/** The highest block, or undefined. */
export function topOf(ring: Ring): RingBlock | undefined {
  return ring.blocks.at(-1);
}

/** True where a block cannot be of the branch the ring holds: another hash at its height, or a link that does not fit. */
export function isContradicting(ring: Ring, block: ShownBlock): boolean {
  const known = blockAt(ring, block.height);
  if (known !== undefined && (known.hash !== block.hash || known.parent !== undefined))
    return known.hash !== block.hash;
  const below = blockAt(ring, block.height - 1);
  if (below !== undefined && block.parent !== undefined && below.hash !== block.parent) return true;
  const parentAbove = blockAt(ring, block.height + 1)?.parent;
  return parentAbove !== undefined && parentAbove !== block.hash;
}

/**
 * Puts in a block that is taken to be of the chain's branch, whatever the ring held before. Never throws.
 *
 * Blocks that cannot be of one branch with it leave: another one at its height with all above, a child that names another
 * parent with all above, a block below that is not its parent. A reorg is told once the branches were seen to meet: at
 * once where the block's parent is in the ring, else after the blocks below were read one by one (`fork.search`).
 */
export function placeBlock(ring: Ring, block: RingBlock, policy: RingPolicy): RingStep {
  const change = insertBlock(ring, block);
  const placed: Ring = { blocks: trim(change.blocks, policy), claims: ring.claims };
  const { fork } = ring;
  if (change.lost.length === 0 && (fork === undefined || fork.search !== block.height)) {
    return { ring: fork === undefined ? placed : { ...placed, fork } };
  }
  const open = openFork(fork, change, block.height);
  // Another reorg while the last one is still being traced: what lies below belongs to neither for sure.
  if (fork !== undefined && fork.search !== block.height) return giveUpFork({ ...placed, fork: open });
  const isTraceable = policy.readable === 'blocks' && blockAt(placed, open.search) !== undefined;
  const hasBelow = (placed.blocks[0]?.height ?? open.search) < open.search;
  const isOpen = change.link !== 'met' && isTraceable && hasBelow;
  return isOpen ? { ring: { ...placed, fork: open } } : closeFork(placed, open);
}

/** Ends the search for a fork that cannot be read: the reorg is as deep as it is known to be, the blocks below leave. */
export function giveUpFork(ring: Ring): RingStep {
  const { fork } = ring;
  if (fork === undefined) return { ring };
  return closeFork({ ...ring, blocks: ring.blocks.filter((block) => block.height >= fork.search) }, fork);
}

/** The blocks with one more among them, those that had to leave for it, and whether it meets what lies below. */
interface Insertion {
  readonly blocks: readonly RingBlock[];
  readonly lost: readonly RingBlock[];
  /** `met`: its parent is the ring's; `below`: its parent is known by hash alone; `unknown`: not even that. */
  readonly link: 'met' | 'below' | 'unknown';
}

function insertBlock(ring: Ring, block: RingBlock): Insertion {
  const known = blockAt(ring, block.height);
  const below = blockAt(ring, block.height - 1);
  const under = ring.blocks.filter((other) => other.height < block.height - 1);
  const above = ring.blocks.filter((other) => other.height > block.height);
  const isKnown = known?.hash === block.hash;
  const placed = isKnown ? mergeBlocks(known, block) : block;
  const parent = parentOf(placed, below);
  const isChildKept = isKnown || (known === undefined && isParentOf(block, above[0]));
  const isBelowLost = below !== undefined && parent?.hash !== below.hash;
  const replaced = isChildKept ? [] : [...(known === undefined ? [] : [known]), ...above];
  return {
    blocks: [...under, ...(parent === undefined ? [] : [parent]), placed, ...(isChildKept ? above : [])],
    lost: isBelowLost ? [below, ...replaced] : replaced,
    link:
      placed.height === 0
        ? 'met'
        : placed.parent === undefined
          ? 'unknown'
          : isBelowLost || below === undefined
            ? 'below'
            : 'met',
  };
}

function mergeBlocks(known: RingBlock, block: RingBlock): RingBlock {
  const parent = known.parent ?? block.parent;
  const sure = known.sure === 'yes' ? 'yes' : block.sure;
  return { height: known.height, hash: known.hash, sure, ...(parent === undefined ? {} : { parent }) };
}

function isParentOf(block: ShownBlock, child: ShownBlock | undefined): boolean {
  if (child === undefined || child.height !== block.height + 1 || child.parent === undefined) return true;
  return child.parent === block.hash;
}

/** The block below as it must be: what is known of it if it is the parent, else the parent's hash alone. */
function parentOf(block: RingBlock, below: RingBlock | undefined): RingBlock | undefined {
  if (block.parent === undefined || block.height === 0) return below;
  if (below?.hash === block.parent) return block.sure === 'yes' ? { ...below, sure: 'yes' } : below;
  return { height: block.height - 1, hash: block.parent, sure: block.sure };
}

function openFork(fork: OpenFork | undefined, { lost, link }: Insertion, height: number): OpenFork {
  const heights = lost.map((block) => block.height);
  const wasSure = fork?.lost === 'sure' || lost.some((block) => block.sure === 'yes');
  return {
    at: Math.min(fork?.at ?? Number.POSITIVE_INFINITY, ...heights),
    search: link === 'below' ? height - 1 : height,
    oldTop: Math.max(fork?.oldTop ?? 0, ...heights),
    lost: wasSure ? 'sure' : 'unsure',
  };
}

function closeFork({ blocks, claims }: Ring, fork: OpenFork): RingStep {
  const ring: Ring = { blocks, claims };
  return fork.lost === 'unsure' ? { ring } : { ring, reorg: { height: fork.at, depth: fork.oldTop - fork.at + 1 } };
}

function trim(blocks: readonly RingBlock[], policy: RingPolicy): readonly RingBlock[] {
  const top = blocks.at(-1)?.height ?? 0;
  const first = blocks.findIndex((block) => block.height > top - policy.depth);
  return first <= 0 ? blocks : blocks.slice(first);
}
