import { blake3 } from '@noble/hashes/blake3.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import type { Hash } from '../ports/hash.ts';

/** Real digests: Keccak-256 as Ethereum uses it (not SHA3-256), SHA-256, and BLAKE3 of 32 bytes. Never throws. */
export const hash: Hash = { keccak256: keccak_256, sha256, blake3: (bytes) => blake3(bytes) };
