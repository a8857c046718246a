const u32Bytes = 4;
const u64Bytes = 8;
const greatestU64 = 2n ** 64n - 1n;

/**
 * A number as four bytes, the highest first.
 *
 * @throws RangeError where it is no whole number from 0 to 2^32 - 1.
 */
export function u32be(value: number): Uint8Array {
  const bytes = Buffer.alloc(u32Bytes);
  bytes.writeUInt32BE(requireU32(value));
  return bytes;
}

/**
 * A number as eight bytes, the highest first.
 *
 * @throws RangeError where it is not from 0 to 2^64 - 1.
 */
export function u64be(value: bigint): Uint8Array {
  const bytes = Buffer.alloc(u64Bytes);
  bytes.writeBigUInt64BE(requireU64(value));
  return bytes;
}

/**
 * The number itself, once it is known to fit.
 *
 * @throws RangeError where it is no whole number from 0 to 2^32 - 1.
 */
export function requireU32(value: number): number {
  if (value >>> 0 === value) return value;
  throw new RangeError(`${value} is no whole number of 32 bits`);
}

/**
 * The number itself, once it is known to fit.
 *
 * @throws RangeError where it is not from 0 to 2^64 - 1.
 */
export function requireU64(value: bigint): bigint {
  if (value >= 0n && value <= greatestU64) return value;
  throw new RangeError(`${value} is no whole number of 64 bits`);
}

/** What the first eight bytes of a digest say as one number below `modulus`, without the loss a double would bring. */
export function rollOf(digest: Uint8Array, modulus: bigint): bigint {
  return new DataView(digest.buffer, digest.byteOffset, u64Bytes).getBigUint64(0) % modulus;
}

/** Ascending order of bytes. */
export function compareBytes(left: Uint8Array, right: Uint8Array): number {
  return Buffer.compare(left, right);
}

/** Ascending order of texts by their UTF-8 bytes. JavaScript's own order, by UTF-16 units, differs above U+FFFF. */
export function compareUtf8(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

/** Bytes as lower-case hex, without `0x`. */
export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
