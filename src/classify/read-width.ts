import type { BlockWidth } from '../model/verdict.ts';

/**
 * Finds in a text how many blocks may be asked at once: the group `blocks` says it for good, the groups `from` and `to` (decimal or
 * `0x`-hex, both counted) for this time. Undefined where nothing is found, or nothing that makes sense. Never throws.
 */
export function readWidth(widest: RegExp, text: string): BlockWidth | undefined {
  const { blocks, from, to } = widest.exec(text)?.groups ?? {};
  if (blocks !== undefined) return widthOf(countIn(blocks), 'always');
  if (from === undefined || to === undefined) return undefined;
  return widthOf(Number(to) - Number(from) + 1, 'here');
}

function widthOf(blocks: number, holds: BlockWidth['holds']): BlockWidth | undefined {
  return Number.isSafeInteger(blocks) && blocks > 0 ? { blocks, holds } : undefined;
}

/** `10,000`, `10_000` and `2k` are counts as people write them. */
function countIn(text: string): number {
  const isThousands = /k$/i.test(text);
  return Number(text.replace(/[,_k]/gi, '')) * (isThousands ? 1000 : 1);
}
