import { byteAt, type JsonText } from './json-text.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Answers the position after the closing quote of the string that opens at `at`, or `~offset` (negative) of the first byte that
 * RFC 8259 does not allow there. Escapes, control characters and UTF-8 are all checked; lone surrogate escapes are legal JSON.
 */
export function skipString(text: JsonText, at: number): number {
  const { bytes } = text;
  let here = skipPlain(text, at + 1);
  for (;;) {
    const byte = byteAt(bytes, here);
    if (byte === QUOTE) return here + 1;
    if (byte === BACKSLASH) here = skipEscape(bytes, here);
    else here = byte < 0x80 ? ~here : skipWideCharacter(bytes, here);
    if (here < 0) return here;
    if (byteAt(bytes, here) < 0x80) here = skipPlain(text, here);
  }
}

/** Four bytes a turn: most bytes of an answer are long runs of hex digits in strings. */
function skipPlain(text: JsonText, at: number): number {
  const { bytes, words } = text;
  const lastWord = bytes.length - 4;
  let here = at;
  while (here <= lastWord) {
    const marks = markSpecial(words.getInt32(here, true));
    if (marks !== 0) return here + ((31 - Math.clz32(marks & -marks)) >> 3);
    here += 4;
  }
  while (here < bytes.length && isPlain(bytes[here] ?? 0)) here += 1;
  return here;
}

/**
 * Sets the top bit of the lowest byte of `word` that does not stand for itself in a string, and answers 0 where all four do. Bits above
 * the lowest mark mean nothing: a borrow may have set them. (The zero-byte test of Warren, Hacker's Delight, section 6-1.)
 */
function markSpecial(word: number): number {
  const quote = word ^ 0x22222222;
  const backslash = word ^ 0x5c5c5c5c;
  const isZero = ((quote - 0x01010101) & ~quote) | ((backslash - 0x01010101) & ~backslash);
  const isControl = word - 0x20202020;
  return (isZero | isControl | word) & 0x80808080;
}

function isPlain(byte: number): boolean {
  return byte >= 0x20 && byte < 0x80 && byte !== QUOTE && byte !== BACKSLASH;
}

/** Answers the position after the escape sequence at `at`, or `~offset` of what is wrong in it. */
function skipEscape(bytes: Buffer, at: number): number {
  switch (byteAt(bytes, at + 1)) {
    case 0x22: // "
    case 0x5c: // \
    case 0x2f: // /
    case 0x62: // b
    case 0x66: // f
    case 0x6e: // n
    case 0x72: // r
    case 0x74: // t
      return at + 2;
    case 0x75: // u
      return skipHexDigits(bytes, at + 2);
    default:
      return ~(at + 1);
  }
}

function skipHexDigits(bytes: Buffer, at: number): number {
  for (let here = at; here < at + 4; here += 1) if (!isHexDigit(byteAt(bytes, here))) return ~here;
  return at + 4;
}

function isHexDigit(byte: number): boolean {
  const lower = byte | 0x20;
  return (byte >= 0x30 && byte <= 0x39) || (lower >= 0x61 && lower <= 0x66);
}

/**
 * Answers the position after the character of two to four bytes at `at`, or `~at` where it is none: no overlong form, no surrogate,
 * nothing above U+10FFFF (the table of RFC 3629, section 4).
 */
function skipWideCharacter(bytes: Buffer, at: number): number {
  const lead = byteAt(bytes, at);
  if (lead < 0xc2 || lead > 0xf4) return ~at;
  const second = byteAt(bytes, at + 1);
  if (lead < 0xe0) return isContinuation(second) ? at + 2 : ~at;
  if (!isContinuation(byteAt(bytes, at + 2))) return ~at;
  if (lead < 0xf0) return isSecondOfThree(lead, second) ? at + 3 : ~at;
  return isSecondOfFour(lead, second) && isContinuation(byteAt(bytes, at + 3)) ? at + 4 : ~at;
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

function isSecondOfThree(lead: number, second: number): boolean {
  return second >= (lead === 0xe0 ? 0xa0 : 0x80) && second <= (lead === 0xed ? 0x9f : 0xbf);
}

function isSecondOfFour(lead: number, second: number): boolean {
  return second >= (lead === 0xf0 ? 0x90 : 0x80) && second <= (lead === 0xf4 ? 0x8f : 0xbf);
}
