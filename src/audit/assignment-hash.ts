import type { Hash } from '../ports/hash.ts';
import type { Convention } from './convention.ts';
import type { PlainText } from './plain-text.ts';

/** What every deterministic rule is computed with. */
export interface Rules {
  readonly hash: Pick<Hash, 'sha256' | 'blake3'>;
  readonly convention: Convention;
}

/** The rules with the seed of one epoch. */
export interface Draw extends Rules {
  readonly seed: Uint8Array;
}

/** One part of an assignment hash: text goes in as UTF-8, bytes (numbers of a fixed width) as they are. */
export type Part = PlainText | Uint8Array;

/**
 * The one hash all assignments are made of (rules A.0): SHA-256 of
 *
 * ```
 * seed || 0x00 || part 0 || 0x00 || part 1 || … || 0x00 || part n
 * ```
 *
 * A NUL stands before each part and nowhere else; there are no lengths and no end mark. Without parts it is SHA-256 of the
 * seed. For one seed, two lists of text never run together to the same bytes, since no text holds a NUL; a number may, so how
 * many there are and how wide is fixed by their place in the list. Never throws.
 */
export function assignmentHash({ hash, convention, seed }: Draw, parts: readonly Part[]): Uint8Array {
  const pieces: Uint8Array[] = [seed];
  for (const part of parts) pieces.push(convention.separator, typeof part === 'string' ? Buffer.from(part) : part);
  return hash.sha256(Buffer.concat(pieces));
}
