import type { BlockReference } from '../model/call.ts';

/**
 * The height a read hangs on, as far as its params say: its own, or the upper end of a range, whose block stands for all below it.
 * Undefined for whatever moves with the chain, and for hashes, whose height stands elsewhere.
 */
export function heightRead(block: BlockReference): number | undefined {
  if (block.kind === 'height') return block.height;
  if (block.kind !== 'range' || block.from.kind !== 'height' || block.to.kind !== 'height') return undefined;
  return block.from.height <= block.to.height ? block.to.height : undefined;
}

/** True where a read asks for whatever is newest, or for nothing that the chain's growth changes step by step. */
export function isMoving(block: BlockReference): boolean {
  switch (block.kind) {
    case 'none':
    case 'tag':
      return true;
    case 'height':
    case 'hash':
      return false;
    case 'range':
      return isMoving(block.from) || isMoving(block.to);
  }
}
