/**
 * The bytes of one JSON text, as the scanners read them: singly, or four at a time.
 *
 * Every read is in bounds on purpose: one read beyond a typed array makes V8 give up that place's fast code for good, so that a
 * single truncated body would slow all later ones tenfold.
 */
export interface JsonText {
  readonly bytes: Buffer;
  /** The same memory. A `DataView` reads four unaligned bytes in one instruction. */
  readonly words: DataView;
}

/** Opens bytes for reading. Copies nothing. */
export function jsonText(bytes: Buffer): JsonText {
  return { bytes, words: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
}

/** Answers the byte at `at`, or 0 past the end: JSON allows a zero byte nowhere, so an early end reads like a wrong byte. */
export function byteAt(bytes: Buffer, at: number): number {
  return at < bytes.length ? (bytes[at] ?? 0) : 0;
}

/** Answers the first position at or after `at` that is no insignificant white space (RFC 8259, section 2). */
export function skipSpace(bytes: Buffer, at: number): number {
  let here = at;
  while (here < bytes.length && isSpace(bytes[here] ?? 0)) here += 1;
  return here;
}

/** True for space, tab, line feed and carriage return: all the white space JSON knows. */
export function isSpace(byte: number): boolean {
  return byte <= 0x20 && (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09);
}
