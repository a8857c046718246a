import type { BlockReference } from '../model/call.ts';
import { isRecord, type JsonPath, valueAt } from '../model/json-path.ts';
import type { BlockPosition } from '../model/method-policy.ts';
import type { Family } from '../model/names.ts';
import { readQuantity } from '../model/quantity.ts';

/** Longest tag or hash that is kept; what is longer is neither. */
const maxText = 128;

/** A block hash as the families write it: 32 bytes in hex, with or without `0x`. */
const blockHash = /^(?:0x)?[0-9a-f]{64}$/i;

/** What stands in for a value that names no block in any known form: no upstream is preferred for it, nothing is kept of it. */
const unreadable: BlockReference = { kind: 'tag', tag: 'unreadable' };

type Position<Kind extends BlockPosition['kind']> = Extract<BlockPosition, { readonly kind: Kind }>;

/**
 * Reads the block at a position of the params: a tag, a height in any notation, a hash, or an object that holds one of them
 * (EIP-1898). Solana's config object names a commitment as a tag; a `minContextSlot` beside it becomes the lower end of a range.
 */
export function readBlock(family: Family, { path, missing }: Position<'param'>, params: unknown): BlockReference {
  const block = readValue(family, valueAt(params, path), missing);
  const least = family === 'solana' ? readAnyQuantity(siblingOf(params, path, 'minContextSlot')) : undefined;
  return least === undefined ? block : { kind: 'range', from: { kind: 'height', height: least }, to: block };
}

/** Reads both ends of a range, or the one hash that pins it. */
export function readRange(
  family: Family,
  { from, to, hash, missing }: Position<'range'>,
  params: unknown,
): BlockReference {
  const pinned = hash === undefined ? undefined : valueAt(params, hash);
  if (typeof pinned === 'string' && pinned.length <= maxText) return { kind: 'hash', hash: pinned };
  return {
    kind: 'range',
    from: readValue(family, valueAt(params, from), missing),
    to: readValue(family, valueAt(params, to), missing),
  };
}

/** Reads the hash of a block or a transaction. */
export function readHash({ path }: Position<'by-hash'>, params: unknown): BlockReference {
  const hash = valueAt(params, path);
  return typeof hash === 'string' && hash.length <= maxText ? { kind: 'hash', hash } : unreadable;
}

function readValue(family: Family, value: unknown, missing: string): BlockReference {
  if (value === undefined || value === null || value === '') return { kind: 'tag', tag: missing };
  const height = readAnyQuantity(value);
  // CometBFT counts from 1, and takes a height of 0 for the newest block.
  if (height === 0 && family === 'cosmos') return { kind: 'tag', tag: missing };
  if (height !== undefined) return { kind: 'height', height };
  if (typeof value === 'string') return readText(value);
  return isRecord(value) ? readObject(family, value) : unreadable;
}

function readText(text: string): BlockReference {
  if (blockHash.test(text)) return { kind: 'hash', hash: text };
  return text.length <= maxText ? { kind: 'tag', tag: text } : unreadable;
}

/** EIP-1898: `{"blockHash": …}` or `{"blockNumber": …}`. */
function readObject(family: Family, { blockHash: hash, blockNumber }: Record<string, unknown>): BlockReference {
  if (typeof hash === 'string' && hash.length <= maxText) return { kind: 'hash', hash };
  if (typeof blockNumber !== 'string' && typeof blockNumber !== 'number') return unreadable;
  return readValue(family, blockNumber, 'unreadable');
}

/** A height in whichever notation it was written: clients mix them, and the upstream decides what it takes. */
function readAnyQuantity(value: unknown): number | undefined {
  return readQuantity(value, 'hex') ?? readQuantity(value, 'number') ?? readQuantity(value, 'decimal-text');
}

function siblingOf(params: unknown, path: JsonPath, name: string): unknown {
  return path.length < 2 ? undefined : valueAt(params, [...path.slice(0, -1), name]);
}
