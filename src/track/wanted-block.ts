import { blockAt, type Ring } from './ring.ts';

/** How far down the ring is to be filled, and up to which height. */
export interface FillRange {
  /** Nothing below is wanted: the genesis, the depth, or what the upstreams serve. */
  readonly floor: number;
  /** The tip. */
  readonly top: number;
  /** `ring`: every block of the range; `links`: only what an open fork needs; `gaps`: that, and short gaps below the newest. */
  readonly fill: 'ring' | 'gaps' | 'links';
}

/** Blocks in a row that may be missing for a gap to be short. */
const shortGap = 8;

/**
 * A block worth reading. `linked`: one answer is enough, since it must carry the hash that a known child names; `unlinked`:
 * nothing is known that vouches for it, so witnesses must agree.
 */
export type WantedBlock =
  | { readonly kind: 'linked'; readonly height: number; readonly hash: string }
  | { readonly kind: 'unlinked'; readonly height: number };

/**
 * The next block to read for the ring, or undefined when nothing is missing: first the lowest block of an open fork, then
 * the highest gap, so that each block is vouched for by its child. Never throws.
 */
export function wantedBlock(ring: Ring, range: FillRange): WantedBlock | undefined {
  if (ring.fork !== undefined) return withoutParent(ring, ring.fork.search);
  if (range.fill === 'links') return undefined;
  if (range.fill === 'gaps') return gapBelowNewest(ring, range.floor);
  for (let height = range.top; height >= range.floor; height -= 1) {
    const block = blockAt(ring, height);
    if (block === undefined) return { kind: 'unlinked', height };
    if (block.parent === undefined && height > range.floor) return { kind: 'linked', height, hash: block.hash };
  }
  return undefined;
}

/**
 * The newest sure block of which nobody knows whether it goes on from what lies below: were that never read, a reorg in
 * between would go unseen. Where more than a short gap lies between the two, nothing is.
 */
function gapBelowNewest({ blocks }: Ring, floor: number): WantedBlock | undefined {
  for (let at = blocks.length - 1; at > 0; at -= 1) {
    const block = blocks[at];
    const below = blocks[at - 1];
    if (block === undefined || below === undefined) return undefined;
    if (block.parent !== undefined || block.sure === 'no') continue;
    const isShort = block.height - below.height - 1 <= shortGap && block.height > floor;
    return isShort ? { kind: 'linked', height: block.height, hash: block.hash } : undefined;
  }
  return undefined;
}

function withoutParent(ring: Ring, height: number): WantedBlock | undefined {
  const block = blockAt(ring, height);
  return block === undefined ? undefined : { kind: 'linked', height, hash: block.hash };
}

/** Heights strictly between two tips of which the ring has no block. */
export function heightsMissed(ring: Ring, from: number, to: number): number {
  const seen = ring.blocks.filter((block) => block.height > from && block.height < to).length;
  return Math.max(0, to - from - 1 - seen);
}
