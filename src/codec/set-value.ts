import type { JsonPath } from '../model/json-path.ts';
import { byteAt, skipSpace } from './json-text.ts';
import { type JsonWalk, startWalk, WHOLE, walkValue } from './json-walk.ts';
import { membersOf, readMembers } from './members.ts';
import type { Span } from './span.ts';

const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Containers that may be open at once in params. */
const maxNesting = 1000;

/** Where a value goes: in place of a span, which is empty where it is added, with what has to stand around it. */
interface Place extends Span {
  readonly before: string;
  readonly after: string;
}

/**
 * Answers valid JSON with another value at `path`, all else byte for byte, or undefined where there is no such place. Only the last step may
 * be absent: a member is added, an element only right behind the others. Linear; never throws.
 */
export function setValue(json: Buffer, path: JsonPath, text: string): Buffer | undefined {
  const walk = startWalk(json, maxNesting);
  let place: Place | undefined;
  for (const step of path) {
    if (place !== undefined && place.start === place.end) return undefined;
    walk.at = place?.start ?? walk.at;
    place = placeOf(walk, step);
    if (place === undefined) return undefined;
  }
  if (place === undefined) return undefined;
  const value = Buffer.from(place.before + text + place.after);
  return Buffer.concat([json.subarray(0, place.start), value, json.subarray(place.end)]);
}

function placeOf(walk: JsonWalk, step: string): Place | undefined {
  switch (byteAt(walk.bytes, walk.at)) {
    case OPEN_ARRAY:
      return /^\d{1,9}$/.test(step) ? placeOfElement(walk, Number(step)) : undefined;
    case OPEN_OBJECT:
      return placeOfMember(walk, step);
    default:
      return undefined;
  }
}

function placeOfElement(walk: JsonWalk, index: number): Place | undefined {
  const { bytes } = walk;
  let count = 0;
  let at = skipSpace(bytes, walk.at + 1);
  while (byteAt(bytes, at) !== CLOSE_ARRAY) {
    walk.at = at;
    if (walkValue(walk, WHOLE) !== 'done') return undefined;
    if (count === index) return { start: at, end: walk.at, before: '', after: '' };
    count += 1;
    at = skipSpace(bytes, walk.at);
    if (byteAt(bytes, at) === COMMA) at = skipSpace(bytes, at + 1);
  }
  return count === index ? { start: at, end: at, before: count === 0 ? '' : ',', after: '' } : undefined;
}

function placeOfMember(walk: JsonWalk, name: string): Place | undefined {
  const { bytes, at } = walk;
  const members = membersOf(walk, [name]);
  if (readMembers(members, WHOLE) !== 'done') return undefined;
  const [span] = members.found;
  if (span !== undefined) return { ...span, before: '', after: '' };
  const inside = at + 1;
  const isEmpty = byteAt(bytes, skipSpace(bytes, inside)) === CLOSE_OBJECT;
  return { start: inside, end: inside, before: `${JSON.stringify(name)}:`, after: isEmpty ? '' : ',' };
}
