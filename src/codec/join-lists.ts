import { isSpace } from './json-text.ts';

const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

const opening = Buffer.from('[');
const comma = Buffer.from(',');
const closing = Buffer.from(']');

/**
 * Joins lists into one that holds the items of all, in their order, byte for byte. `null` stands for an empty list, as some upstreams
 * write it. Undefined where one is anything else. The texts are valid JSON, checked before. Never throws.
 */
export function joinLists(lists: readonly Buffer[]): Buffer | undefined {
  const pieces: Buffer[] = [opening];
  for (const list of lists) {
    const items = itemsOf(list);
    if (items === undefined) return undefined;
    if (items.length === 0) continue;
    if (pieces.length > 1) pieces.push(comma);
    pieces.push(items);
  }
  pieces.push(closing);
  return Buffer.concat(pieces);
}

/** What stands between the brackets, without white space around it. */
function itemsOf(list: Buffer): Buffer | undefined {
  if (list.toString('latin1', 0, 5) === 'null') return list.subarray(0, 0);
  if (list[0] !== OPEN_ARRAY || list.at(-1) !== CLOSE_ARRAY) return undefined;
  let start = 1;
  let end = list.length - 1;
  while (start < end && isSpace(list[start] ?? 0)) start += 1;
  while (start < end && isSpace(list[end - 1] ?? 0)) end -= 1;
  return list.subarray(start, end);
}
