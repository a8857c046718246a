import type { Hash } from '../ports/hash.ts';

/** What tells one read from another: everything its answer hangs on, and nothing else. */
export interface KeyParts {
  /** Whose answers these are: a chain, as long as it is the same one. Without control characters, as the next two. */
  readonly part: string;
  readonly method: string;
  /** What the client asked for beside the call; empty for most. */
  readonly steering: string;
  /** Without insignificant white space; undefined where the call has none, which is not the same as an empty list. */
  readonly params: Buffer | undefined;
}

/** Params longer than this, in bytes as sent, make no key: their answers are neither kept nor shared. */
export const maxKeyedBytes = 64 * 1024;

/**
 * Longer params stand in the key by their digest. Well below the length from which on the engine tells texts apart by their
 * length alone, so that nobody can fill a table with keys that collide.
 */
const maxPlainBytes = 8 * 1024;

/** No part of a key holds it: names and headers have no control characters, nor has JSON without white space. */
const separator = '\u0000';

/** The key of a read. Two calls share one only where they ask the same thing of the same chain, byte for byte. Never throws. */
export function keyOf({ part, method, steering, params }: KeyParts, hash: Hash): string {
  const head = `${part}${separator}${method}${separator}${steering}${separator}`;
  if (params === undefined) return head;
  if (params.length <= maxPlainBytes) return head + params.toString('latin1');
  return `${head}${separator}${Buffer.from(hash.sha256(params)).toString('base64')}`;
}
