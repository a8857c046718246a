import type { Span } from './span.ts';

/** Many texts made ready to be looked for at once, ignoring the case of ASCII letters. */
export interface SecretIndex {
  /** 1 at the slot of each text's first four bytes: says quickly, for most places, that nothing begins there. */
  readonly slots: Uint8Array;
  /** The texts by their first four bytes, longest first. */
  readonly byStart: ReadonlyMap<number, readonly Buffer[]>;
}

const startBytes = 4;
const slotBits = 16;

/** Makes an index of texts of at least four bytes each. */
export function indexSecrets(texts: readonly Buffer[]): SecretIndex {
  const byStart = new Map<number, Buffer[]>();
  const slots = new Uint8Array(1 << slotBits);
  const longestFirst = texts.map(lowerCase).sort((a, b) => b.length - a.length);
  for (const text of longestFirst) {
    const start = text.readInt32BE(0);
    slots[slotOf(start)] = 1;
    byStart.set(start, [...(byStart.get(start) ?? []), text]);
  }
  return { slots, byStart };
}

/**
 * Answers the first place at or after `from` where one of the texts stands, and of several that begin there the longest. One pass over
 * the bytes, however many texts there are.
 */
export function findSecret(index: SecretIndex, bytes: Buffer, from: number): Span | undefined {
  let window = 0;
  for (let at = from; at < bytes.length; at += 1) {
    window = (window << 8) | lower(bytes[at] ?? 0);
    const start = at - startBytes + 1;
    if (start < from || index.slots[slotOf(window)] !== 1) continue;
    const text = index.byStart.get(window)?.find((candidate) => standsAt(bytes, start, candidate));
    if (text !== undefined) return { start, end: start + text.length };
  }
  return undefined;
}

/** Every place where one of the texts stands; those that overlap are one. */
export function findSecrets(index: SecretIndex, bytes: Buffer): readonly Span[] {
  const spans: Span[] = [];
  for (let hit = findSecret(index, bytes, 0); hit !== undefined; hit = findSecret(index, bytes, hit.start + 1)) {
    const last = spans.at(-1);
    if (last === undefined || hit.start >= last.end) spans.push(hit);
    else spans[spans.length - 1] = { start: last.start, end: Math.max(last.end, hit.end) };
  }
  return spans;
}

function standsAt(bytes: Buffer, at: number, text: Buffer): boolean {
  if (at + text.length > bytes.length) return false;
  for (let i = 0; i < text.length; i += 1) if (lower(bytes[at + i] ?? 0) !== text[i]) return false;
  return true;
}

/** Multiplicative hashing: the constant is 2^32 over the golden ratio (Knuth, TAOCP 3, section 6.4). */
function slotOf(start: number): number {
  return Math.imul(start, 0x9e3779b1) >>> (32 - slotBits);
}

function lowerCase(text: Buffer): Buffer {
  return Buffer.from(text.map(lower));
}

function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte; // A to Z
}
