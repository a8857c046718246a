import type { BlockReference } from '../model/call.ts';
import type { Verdict } from '../model/verdict.ts';

/** An upstream answered, but it has not seen what the chain's others have: another may know better. */
export const behindVerdict: Verdict = Object.freeze({
  meaning: 'lagging',
  blame: 'none',
  retry: 'other',
  holdOff: false,
  cache: false,
});

/** The newest height that head reads of one chain have shown to anybody: what they show does not go back. */
export interface ShownHead {
  /** Takes note of a height that a head read would show, and says whether more was shown, and is agreed on, already. */
  isBehind(height: number, tip: number | undefined): boolean;
}

/**
 * Creates the memory of what was shown.
 *
 * Only what the chain's upstreams agree on counts: so one that is alone with its height cannot make all others look behind, and a
 * chain that was set back takes the memory along.
 */
export function createShownHead(): ShownHead {
  let shown = 0;
  return {
    isBehind(height, tip) {
      if (tip !== undefined && height < Math.min(shown, tip)) return true;
      shown = Math.max(shown, height);
      return false;
    },
  };
}

const nullText = Buffer.from('null');

/** True where a `null` is in the place of a block that the chain has: its height is no higher than the tip. */
export function isMissingBlock(result: Buffer, block: BlockReference, tip: number | undefined): boolean {
  return block.kind === 'height' && tip !== undefined && block.height <= tip && result.equals(nullText);
}
