import { byteAt, type JsonText, jsonText, skipSpace } from './json-text.ts';
import { skipScalar } from './skip-scalar.ts';
import { skipString } from './skip-string.ts';

const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * A strict reader's place in one JSON text (RFC 8259). It checks and finds spans; it builds nothing.
 *
 * Identity and lifetime: one walk belongs to one body, and is handed from function to function until it is `done` or `broken`.
 * Memory is one number per open container, whatever the text says.
 */
export interface JsonWalk extends JsonText {
  /** Containers that may be open at once. */
  readonly maxNesting: number;
  /** Where reading goes on; after `broken`, the offset of the byte that is wrong. */
  at: number;
  /** The closing bytes of the open containers, innermost last. */
  readonly closers: number[];
  /** Containers that were open when the present value began: back there, it ends. */
  floor: number;
  trouble: 'none' | 'syntax' | 'nesting' | 'not-object';
}

/** What became of a step. `more`: the slice is over, call again. */
export type Progress = 'done' | 'more' | 'broken';

/** The soft end that never comes. */
export const WHOLE = Number.MAX_SAFE_INTEGER;

/**
 * Starts before the first significant byte. A UTF-8 byte order mark is passed over: RFC 8259, section 8.1, forbids sending one and
 * lets a reader ignore it; the envelope is rebuilt on either side, so it goes no further.
 */
export function startWalk(bytes: Buffer, maxNesting: number): JsonWalk {
  const hasMark = byteAt(bytes, 0) === 0xef && byteAt(bytes, 1) === 0xbb && byteAt(bytes, 2) === 0xbf;
  const at = skipSpace(bytes, hasMark ? 3 : 0);
  const { words } = jsonText(bytes);
  return { bytes, words, maxNesting, at, closers: [], floor: 0, trouble: 'none' };
}

/** Says of a broken walk what is wrong and where: "is no JSON at byte 17". Never a byte of the text itself. */
export function troubleOf(walk: JsonWalk): string {
  if (walk.trouble === 'nesting') return `nests deeper than ${walk.maxNesting} levels at byte ${walk.at}`;
  if (walk.bytes.length === 0) return 'is empty';
  if (walk.at >= walk.bytes.length) return `ends at byte ${walk.at}, before its JSON is complete`;
  if (walk.trouble === 'not-object') return `is no JSON object at byte ${walk.at}`;
  return `is no JSON at byte ${walk.at}`;
}

/** True where only white space follows; else broken there. */
export function isAtEnd(walk: JsonWalk): boolean {
  const end = skipSpace(walk.bytes, walk.at);
  if (end < walk.bytes.length) breakWalk(walk, ~end);
  return end === walk.bytes.length;
}

/** Ends the walk at the offset a scanner gave as `~offset`. */
export function breakWalk(walk: JsonWalk, failed: number): 'broken' {
  walk.at = ~failed;
  walk.trouble = 'syntax';
  return 'broken';
}

/** Enters the container whose opening byte stands at `walk.at`. */
export function enterContainer(walk: JsonWalk): Progress {
  if (walk.closers.length === walk.maxNesting) return refuseNesting(walk, walk.at);
  walk.floor = walk.closers.push(closerOf(byteAt(walk.bytes, walk.at)));
  walk.at = skipSpace(walk.bytes, walk.at + 1);
  return 'done';
}

/** Leaves the innermost container, whose closing byte stands at `walk.at`. */
export function leaveContainer(walk: JsonWalk): 'done' {
  walk.closers.pop();
  walk.floor = walk.closers.length;
  walk.at += 1;
  return 'done';
}

/** Breaks the walk where an object had to stand at `walk.at`. */
export function refuseShape(walk: JsonWalk): 'broken' {
  walk.trouble = 'not-object';
  return 'broken';
}

function refuseNesting(walk: JsonWalk, at: number): 'broken' {
  walk.at = at;
  walk.trouble = 'nesting';
  return 'broken';
}

function pauseWalk(walk: JsonWalk, at: number): 'more' {
  walk.at = at;
  return 'more';
}

/** `]` for `[` and `}` for `{`: both stand two places after their opening byte. */
function closerOf(opening: number): number {
  return opening + 2;
}

/**
 * Walks over the value at `walk.at` and stops right after it. Past `softEnd` it stops before the next value inside and says `more`;
 * the walk remembers where. A single string or number is never cut, however long.
 *
 * No recursion; linear in the bytes; never throws. One long loop, its state in locals, since most of the product's time is spent here.
 */
export function walkValue(walk: JsonWalk, softEnd: number): Progress {
  const { bytes, closers, floor, maxNesting } = walk;
  let at = walk.at;
  let depth = closers.length;
  let closer = depth > floor ? (closers[depth - 1] ?? 0) : 0;
  for (;;) {
    if (at >= softEnd) return pauseWalk(walk, at);
    let byte = byteAt(bytes, at);
    if (byte <= SPACE) {
      at = skipSpace(bytes, at);
      byte = byteAt(bytes, at);
    }
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      if (depth === maxNesting) return refuseNesting(walk, at);
      closer = closerOf(byte);
      depth = closers.push(closer);
      at = skipSpace(bytes, at + 1);
      if (byteAt(bytes, at) !== closer) {
        if (byte === OPEN_OBJECT) at = skipKey(walk, at);
        if (at < 0) return breakWalk(walk, at);
        continue;
      }
    } else {
      at = byte === QUOTE ? skipString(walk, at) : skipScalar(walk, at);
      if (at < 0) return breakWalk(walk, at);
    }
    let next = 0;
    while (depth > floor) {
      next = byteAt(bytes, at);
      if (next <= SPACE) {
        at = skipSpace(bytes, at);
        next = byteAt(bytes, at);
      }
      if (next !== closer) break;
      closers.pop();
      depth -= 1;
      at += 1;
      if (depth > floor) closer = closers[depth - 1] ?? 0;
    }
    if (depth === floor) {
      walk.at = at;
      return 'done';
    }
    if (next !== COMMA) return breakWalk(walk, ~at);
    at = closer === CLOSE_OBJECT ? skipKey(walk, at + 1) : at + 1;
    if (at < 0) return breakWalk(walk, at);
  }
}

/** Answers the position after the key at `at` and its colon, white space before either passed over, or `~offset` of what is wrong. */
function skipKey(text: JsonText, at: number): number {
  const { bytes } = text;
  const start = byteAt(bytes, at) === QUOTE ? at : skipSpace(bytes, at);
  if (byteAt(bytes, start) !== QUOTE) return ~start;
  const end = skipString(text, start);
  if (end < 0) return end;
  const colon = byteAt(bytes, end) === COLON ? end : skipSpace(bytes, end);
  return byteAt(bytes, colon) === COLON ? colon + 1 : ~colon;
}
