/** Digests, as an argument. */
export interface Hash {
  keccak256(bytes: Uint8Array): Uint8Array;
  sha256(bytes: Uint8Array): Uint8Array;
  /** BLAKE3 without a key, 32 bytes long. */
  blake3(bytes: Uint8Array): Uint8Array;
}
