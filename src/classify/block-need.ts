import type { BlockReference } from '../model/call.ts';
import type { Family } from '../model/names.ts';
import type { BlockNeed } from '../model/pick.ts';

const anyOne: BlockNeed = { kind: 'any' };
const tip: BlockNeed = { kind: 'tip' };

/** Tags that mean the newest block an upstream has. */
const newestTags: ReadonlySet<string> = new Set(['latest', 'pending', 'processed', 'confirmed']);

/**
 * What a block reference asks of an upstream's head.
 *
 * The newest block wants one at the tip, a height one that has reached it, a range one that has reached both ends. Any will do
 * for the rest: a hash says nothing of its height (an upstream that lacks it says so), the first block is everywhere, and `safe`
 * and `finalized` trail the head by tens of blocks to hours, so lag says nothing of them. On the solana family `finalized`
 * is the everyday commitment, a fixed step behind the head, and wants the tip as the others do.
 */
export function needOf(block: BlockReference, family: Family): BlockNeed {
  switch (block.kind) {
    case 'none':
    case 'hash':
      return anyOne;
    case 'tag':
      return newestTags.has(block.tag) || (family === 'solana' && block.tag === 'finalized') ? tip : anyOne;
    case 'height':
      return { kind: 'at-least', height: block.height };
    case 'range':
      return spanOf(needOf(block.from, family), needOf(block.to, family));
  }
}

/**
 * Both ends of a range at once. Where neither is the tip, the span names its lowest height: read short, it would look complete.
 * Where one is, the other may still be above what an upstream near the tip has: a `minContextSlot` often is.
 */
function spanOf(one: BlockNeed, other: BlockNeed): BlockNeed {
  if (one.kind === 'any' && other.kind === 'any') return anyOne;
  const heights = [one, other].flatMap((need) => (need.kind === 'at-least' ? [need.height] : []));
  const isAtTip = one.kind === 'tip' || other.kind === 'tip';
  if (isAtTip) return heights.length === 0 ? tip : { kind: 'tip', height: Math.max(...heights) };
  return { kind: 'at-least', height: Math.max(...heights), oldest: Math.min(...heights) };
}
