import { setValue } from '../codec/set-value.ts';
import type { BlockReference, ClassifiedCall } from '../model/call.ts';
import type { JsonPath } from '../model/json-path.ts';
import type { Family } from '../model/names.ts';
import { type QuantityForm, quantityText } from '../model/quantity.ts';

/** The heights that stand for tags, and how the chain writes heights. */
export interface FixedHeights {
  readonly family: Family;
  readonly form: QuantityForm;
  /** Undefined where it is not known: then the tag stays. */
  readonly latest: number | undefined;
  readonly finalized: number | undefined;
}

const noParams = Buffer.from('[]');

/**
 * The same call with heights in place of the tags `latest` and `finalized`, so that all who are asked read the same block. The very same
 * where there is nothing to fix: other tags have no height, and Solana's name a commitment, beside which no height can stand.
 */
export function fixBlock(classified: ClassifiedCall, heights: FixedHeights): ClassifiedCall {
  const { policy, block } = classified;
  const position = policy.block;
  if (heights.family === 'solana') return classified;
  if (position.kind === 'param') return fixAt(classified, heights, { path: position.path, block }) ?? classified;
  if (position.kind !== 'range' || block.kind !== 'range') return classified;
  const from = fixAt(classified, heights, { path: position.from, block: block.from }) ?? classified;
  return fixAt(from, heights, { path: position.to, block: block.to }) ?? from;
}

interface Fixable {
  readonly path: JsonPath;
  readonly block: BlockReference;
}

function fixAt(
  classified: ClassifiedCall,
  heights: FixedHeights,
  { path, block }: Fixable,
): ClassifiedCall | undefined {
  const height = heightOf(block, heights);
  if (height === undefined) return undefined;
  const { call } = classified;
  const params = setValue(call.params ?? noParams, path, quantityText(height, heights.form));
  if (params === undefined) return undefined;
  return { ...classified, call: { ...call, params }, block: replaced(classified.block, block, height) };
}

function heightOf(block: BlockReference, { latest, finalized }: FixedHeights): number | undefined {
  if (block.kind !== 'tag') return undefined;
  if (block.tag === 'latest') return latest;
  return block.tag === 'finalized' ? finalized : undefined;
}

/** The reference with a height where the tag was: the whole of it, or one end of a range. */
function replaced(whole: BlockReference, part: BlockReference, height: number): BlockReference {
  const fixed: BlockReference = { kind: 'height', height };
  if (whole === part) return fixed;
  if (whole.kind !== 'range') return whole;
  return { ...whole, from: whole.from === part ? fixed : whole.from, to: whole.to === part ? fixed : whole.to };
}
