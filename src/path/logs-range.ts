import { classifyCall, maxParamsBytes } from '../classify/classify-call.ts';
import { readParams } from '../classify/params.ts';
import { setValue } from '../codec/set-value.ts';
import type { BlockReference, ClassifiedCall } from '../model/call.ts';
import { valueAt } from '../model/json-path.ts';
import { quantityText } from '../model/quantity.ts';
import { type BlockRange, widthOf } from '../relay/log-pieces.ts';
import { fixBlock } from './fix-block.ts';
import type { Lane } from './lane.ts';

/**
 * The same call with heights in place of the tags for the newest and the finalized block, so that retries and pieces read one range. The very
 * same where there is nothing to fix: params too long to have been looked at, or a range that begins above the tip we know, where
 * the upstreams know better. `atLeast` is what whoever asks was shown before: the newest block is no lower.
 */
export function fixRange(lane: Lane, classified: ClassifiedCall, atLeast: number | undefined): ClassifiedCall {
  const { call, block } = classified;
  if ((call.params?.length ?? 0) > maxParamsBytes || block.kind !== 'range') return classified;
  const { tip, finalized } = lane.pairing();
  const { family, head } = lane.spec;
  const latest = tip === undefined ? undefined : Math.max(tip, atLeast ?? 0);
  const fixed = fixBlock(classified, { family, form: head.quantity, latest, finalized });
  return isBackwards(fixed.block) ? classified : fixed;
}

/** The heights a call reads from and to; undefined where they are not both known, or its params forbid that it is asked in pieces. */
export function rangeOf({ policy, call, block }: ClassifiedCall): BlockRange | undefined {
  if (policy.splits === undefined || block.kind !== 'range') return undefined;
  const from = heightOf(block.from);
  const to = heightOf(block.to);
  if (from === undefined || to === undefined || from > to) return undefined;
  const { unless } = policy.splits;
  if (unless.length === 0) return { from, to };
  const params = readParams(call.params, maxParamsBytes);
  return unless.some((path) => valueAt(params, path) !== undefined) ? undefined : { from, to };
}

/** The same call for a part of its range, all else byte for byte; undefined where its ends cannot be told in the params. */
export function pieceOf(lane: Lane, { policy, call }: ClassifiedCall, piece: BlockRange): ClassifiedCall | undefined {
  if (policy.block.kind !== 'range' || call.params === undefined) return undefined;
  const form = lane.spec.head.quantity;
  const begun = setValue(call.params, policy.block.from, quantityText(piece.from, form));
  const params = begun && setValue(begun, policy.block.to, quantityText(piece.to, form));
  return params && classifyCall(lane.spec, { ...call, params });
}

function heightOf(block: BlockReference): number | undefined {
  if (block.kind === 'height') return block.height;
  return block.kind === 'tag' && block.tag === 'earliest' ? 0 : undefined;
}

function isBackwards(block: BlockReference): boolean {
  if (block.kind !== 'range') return false;
  const from = heightOf(block.from);
  const to = heightOf(block.to);
  return from !== undefined && to !== undefined && widthOf({ from, to }) < 1;
}
