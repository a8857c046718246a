/** A place in a text: the bytes from `start` up to, not including, `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** The longest escape of one character: six bytes of `\u0000` form. */
const longestEscape = 6;

/** Answers the bytes of a span: a view, no copy. */
export function viewOf(bytes: Buffer, span: Span): Buffer {
  return bytes.subarray(span.start, span.end);
}

/** True where the span of a valid JSON value is a string. */
export function isString(bytes: Buffer, span: Span): boolean {
  return bytes[span.start] === QUOTE;
}

/** True where the span of a valid JSON value is an object or an array. */
export function isContainer(bytes: Buffer, span: Span): boolean {
  return bytes[span.start] === 0x7b || bytes[span.start] === 0x5b; // { [
}

/** True where the span of a valid JSON value is `null`. */
export function isNull(bytes: Buffer, span: Span): boolean {
  return bytes[span.start] === 0x6e; // n
}

/** True where the span of a valid JSON value is a number. */
export function isNumber(bytes: Buffer, span: Span): boolean {
  const first = bytes[span.start] ?? 0;
  return first === 0x2d || (first >= 0x30 && first <= 0x39); // -, 0 to 9
}

/** Answers the text of a span that is a valid JSON string, escapes undone. Linear in its bytes; the caller bounds them. */
export function stringAt(bytes: Buffer, span: Span): string {
  if (!hasEscape(bytes, span)) return bytes.toString('utf8', span.start + 1, span.end - 1);
  return String(JSON.parse(bytes.toString('utf8', span.start, span.end)));
}

/**
 * Answers the text of a valid JSON string, or its beginning where it is longer than `maxBytes` as written. The cut falls between
 * two characters, never inside an escape or a wide character.
 */
export function stringStartAt(bytes: Buffer, span: Span, maxBytes: number): string {
  if (span.end - span.start <= maxBytes + 2) return stringAt(bytes, span);
  const limit = span.start + 1 + maxBytes;
  let end = span.start + 1;
  for (let next = end; next <= limit; next = afterCharacter(bytes, next)) end = next;
  const start = Buffer.concat([bytes.subarray(span.start, end), Buffer.of(QUOTE)]);
  return stringAt(start, { start: 0, end: start.length });
}

function afterCharacter(bytes: Buffer, at: number): number {
  if (bytes[at] === BACKSLASH) return at + (bytes[at + 1] === 0x75 ? longestEscape : 2); // u
  let next = at + 1;
  while (((bytes[next] ?? 0) & 0xc0) === 0x80) next += 1;
  return next;
}

/**
 * Answers which of `words` (plain ASCII) the string at `span` spells, in whatever escapes (`"\u0069d"` spells `id`), or -1. Costs no more
 * than the words are long, however long the string is.
 */
export function spelledWord(bytes: Buffer, span: Span, words: readonly string[]): number {
  const length = span.end - span.start - 2;
  let longest = 0;
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] ?? '';
    if (word.length === length && startsWith(bytes, span.start + 1, word)) return i;
    longest = Math.max(longest, word.length);
  }
  return length <= longest * longestEscape && hasEscape(bytes, span) ? words.indexOf(stringAt(bytes, span)) : -1;
}

function startsWith(bytes: Buffer, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}

function hasEscape(bytes: Buffer, span: Span): boolean {
  for (let at = span.start; at < span.end; at += 1) if (bytes[at] === BACKSLASH) return true;
  return false;
}
