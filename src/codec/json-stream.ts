import { isSpace } from './json-text.ts';
import { type NumberPhase, nextNumberPhase } from './number-phase.ts';
import { isDigit } from './skip-scalar.ts';

/** What may come next inside one JSON value. From `done` and `broken` on nothing is read any more. */
export type JsonPhase =
  | 'value'
  | 'first-element'
  | 'first-key'
  | 'key'
  | 'colon'
  | 'after-value'
  | 'string'
  | 'escape'
  | 'hex'
  | 'wide'
  | 'word'
  | NumberPhase
  | 'done'
  | 'broken';

/**
 * A strict reader's place in one JSON value (RFC 8259) that arrives in pieces, cut anywhere. It checks, keeps none of the bytes, and
 * builds nothing; its memory is one number per open container.
 */
export interface JsonStream {
  phase: JsonPhase;
  readonly maxNesting: number;
  /** The closing bytes of the open containers, innermost last. */
  readonly closers: number[];
  /** The string being read is the key of a member. */
  isKey: boolean;
  /** Bytes that the present escape or wide character still needs. */
  left: number;
  /** Between which its next byte must lie. */
  low: number;
  high: number;
  /** What is left of `true`, `false` or `null`. */
  word: string;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const MINUS = 0x2d;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Starts before the first byte of a value. */
export function startStream(maxNesting: number): JsonStream {
  return { phase: 'value', maxNesting, closers: [], isKey: false, left: 0, low: 0, high: 0, word: '' };
}

/** True where no byte is read any more: the value is whole, or none. */
export function isOver({ phase }: JsonStream): boolean {
  return phase === 'done' || phase === 'broken';
}

/**
 * Reads on from `from`, and answers where it stopped: at the end of the bytes; right after the value, once it is `done` (a number is
 * only done at the byte after it); or at the byte that is wrong, where it is `broken`. Linear in the bytes; never throws.
 */
export function readOn(stream: JsonStream, bytes: Buffer, from: number): number {
  let at = from;
  while (at < bytes.length && !isOver(stream)) {
    if (stream.phase === 'string') at = skipPlain(bytes, at);
    else if (stream.phase === 'whole') at = skipDigits(bytes, at);
    const byte = at < bytes.length ? (bytes[at] ?? 0) : undefined;
    if (byte === undefined) break;
    if (takeByte(stream, byte)) at += 1;
  }
  return at;
}

/** Most bytes of an answer are plain characters in strings. */
function skipPlain(bytes: Buffer, from: number): number {
  let at = from;
  while (at < bytes.length && isPlain(bytes[at] ?? 0)) at += 1;
  return at;
}

function skipDigits(bytes: Buffer, from: number): number {
  let at = from;
  while (at < bytes.length && isDigit(bytes[at] ?? 0)) at += 1;
  return at;
}

function isPlain(byte: number): boolean {
  return byte >= 0x20 && byte < 0x80 && byte !== QUOTE && byte !== BACKSLASH;
}

/** Goes one byte further; false where the byte is not of what was read (it ends a number, or is wrong) and stays. */
function takeByte(stream: JsonStream, byte: number): boolean {
  switch (stream.phase) {
    case 'value':
    case 'first-element':
      return isSpace(byte) || startValue(stream, byte);
    case 'first-key':
    case 'key':
      return isSpace(byte) || startKey(stream, byte);
    case 'colon':
      return isSpace(byte) || go(stream, byte === COLON ? 'value' : 'broken');
    case 'after-value':
      return isSpace(byte) || goOn(stream, byte);
    case 'string':
      return takeSpecial(stream, byte);
    case 'escape':
      return takeEscape(stream, byte);
    case 'hex':
      stream.left -= 1;
      return go(stream, isHexDigit(byte) ? unlessOver(stream, 'hex') : 'broken');
    case 'wide':
      return takeContinuation(stream, byte);
    case 'word':
      return takeLetter(stream, byte);
    case 'done':
    case 'broken':
      return false;
    default:
      return takeOfNumber(stream, stream.phase, byte);
  }
}

/** False where the byte was wrong. */
function go(stream: JsonStream, phase: JsonPhase): boolean {
  stream.phase = phase;
  return phase !== 'broken';
}

function startValue(stream: JsonStream, byte: number): boolean {
  if (byte === CLOSE_ARRAY && stream.phase === 'first-element') return close(stream);
  switch (byte) {
    case OPEN_OBJECT:
      return open(stream, CLOSE_OBJECT);
    case OPEN_ARRAY:
      return open(stream, CLOSE_ARRAY);
    case QUOTE:
      stream.isKey = false;
      return go(stream, 'string');
    case MINUS:
      return go(stream, 'minus');
    case 0x30:
      return go(stream, 'zero');
    case 0x74: // t
      return startWord(stream, 'rue');
    case 0x66: // f
      return startWord(stream, 'alse');
    case 0x6e: // n
      return startWord(stream, 'ull');
    default:
      return go(stream, isDigit(byte) ? 'whole' : 'broken');
  }
}

function startWord(stream: JsonStream, rest: string): boolean {
  stream.word = rest;
  return go(stream, 'word');
}

function startKey(stream: JsonStream, byte: number): boolean {
  if (byte === CLOSE_OBJECT && stream.phase === 'first-key') return close(stream);
  stream.isKey = true;
  return go(stream, byte === QUOTE ? 'string' : 'broken');
}

function open(stream: JsonStream, closer: number): boolean {
  if (stream.closers.length === stream.maxNesting) return go(stream, 'broken');
  stream.closers.push(closer);
  return go(stream, closer === CLOSE_ARRAY ? 'first-element' : 'first-key');
}

function close(stream: JsonStream): boolean {
  stream.closers.pop();
  return endValue(stream);
}

function endValue(stream: JsonStream): boolean {
  return go(stream, stream.closers.length === 0 ? 'done' : 'after-value');
}

function goOn(stream: JsonStream, byte: number): boolean {
  const closer = stream.closers.at(-1);
  if (byte === closer) return close(stream);
  if (byte !== COMMA) return go(stream, 'broken');
  return go(stream, closer === CLOSE_OBJECT ? 'key' : 'value');
}

function endString(stream: JsonStream): boolean {
  return stream.isKey ? go(stream, 'colon') : endValue(stream);
}

function takeSpecial(stream: JsonStream, byte: number): boolean {
  if (byte === QUOTE) return endString(stream);
  if (byte === BACKSLASH) return go(stream, 'escape');
  return startWide(stream, byte);
}

/** The table of RFC 3629, section 4: no overlong form, no surrogate, nothing above U+10FFFF. */
function startWide(stream: JsonStream, lead: number): boolean {
  stream.left = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
  stream.low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  stream.high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  return go(stream, lead >= 0xc2 && lead <= 0xf4 ? 'wide' : 'broken');
}

function takeContinuation(stream: JsonStream, byte: number): boolean {
  const isRight = byte >= stream.low && byte <= stream.high;
  stream.left -= 1;
  stream.low = 0x80;
  stream.high = 0xbf;
  return go(stream, isRight ? unlessOver(stream, 'wide') : 'broken');
}

/** Back in the string once no byte of the escape or the character is left. */
function unlessOver(stream: JsonStream, phase: 'hex' | 'wide'): JsonPhase {
  return stream.left === 0 ? 'string' : phase;
}

function takeEscape(stream: JsonStream, byte: number): boolean {
  stream.left = 4;
  if (byte === 0x75) return go(stream, 'hex'); // u
  return go(stream, escapable.includes(byte) ? 'string' : 'broken');
}

const escapable = Buffer.from('"\\/bfnrt');

function takeLetter(stream: JsonStream, byte: number): boolean {
  if (byte !== stream.word.charCodeAt(0)) return go(stream, 'broken');
  stream.word = stream.word.slice(1);
  return stream.word === '' ? endValue(stream) : true;
}

function takeOfNumber(stream: JsonStream, phase: NumberPhase, byte: number): boolean {
  const next = nextNumberPhase(phase, byte);
  if (next !== 'ended') return go(stream, next);
  endValue(stream);
  return false;
}

function isHexDigit(byte: number): boolean {
  const lower = byte | 0x20;
  return isDigit(byte) || (lower >= 0x61 && lower <= 0x66);
}
