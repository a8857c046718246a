import type { Hash } from '../ports/hash.ts';

/**
 * The id of a Bitcoin-like transaction: SHA-256 twice over its serialization without witnesses (BIP 141), bytes reversed, hex.
 *
 * Undefined where the bytes are no transaction, or one whose id is made another way: Zcash's version 5 and later (ZIP 244),
 * Litecoin's MWEB. Never throws.
 */
export function bitcoinTxid(bytes: Buffer, { sha256 }: Pick<Hash, 'sha256'>): string | undefined {
  const stripped = withoutWitness(bytes);
  return (
    stripped &&
    Buffer.from(sha256(sha256(stripped)))
      .reverse()
      .toString('hex')
  );
}

const versionBytes = 4;
const lockTimeBytes = 4;

function withoutWitness(bytes: Buffer): Buffer | undefined {
  if (bytes.length < versionBytes + 2 + lockTimeBytes || isZcashV5(bytes)) return undefined;
  const hasMarker = bytes[versionBytes] === 0 && bytes[versionBytes + 1] !== 0;
  if (!hasMarker) return bytes;
  if (bytes[versionBytes + 1] !== 1) return undefined;
  const start = versionBytes + 2;
  const end = endOfOutputs(bytes, start);
  if (end === undefined || end + lockTimeBytes > bytes.length) return undefined;
  return Buffer.concat([bytes.subarray(0, versionBytes), bytes.subarray(start, end), bytes.subarray(-lockTimeBytes)]);
}

/** Overwintered (top bit of the little-endian version), and of version 5 or later. */
function isZcashV5(bytes: Buffer): boolean {
  const version = bytes.readUInt32LE(0);
  return version >= 0x8000_0000 && (version & 0x7fff_ffff) >= 5;
}

/** Where the outputs end: inputs are an outpoint (36), a script and a sequence (4); outputs a value (8) and a script. */
function endOfOutputs(bytes: Buffer, start: number): number | undefined {
  const inputs = skipItems(bytes, start, { before: 36, after: 4 });
  return inputs === undefined ? undefined : skipItems(bytes, inputs, { before: 8, after: 0 });
}

function skipItems(bytes: Buffer, start: number, item: { before: number; after: number }): number | undefined {
  const count = readCompact(bytes, start);
  if (count === undefined) return undefined;
  let at = count.end;
  for (let left = count.value; left > 0; left -= 1) {
    const script = readCompact(bytes, at + item.before);
    if (script === undefined) return undefined;
    at = script.end + script.value + item.after;
    if (at > bytes.length) return undefined;
  }
  return at;
}

/** Bitcoin's variable-length integer, up to 32 bits: nothing in a transaction is longer. */
function readCompact(bytes: Buffer, at: number): { value: number; end: number } | undefined {
  const first = bytes[at];
  if (first === undefined || first === 0xff) return undefined;
  if (first < 0xfd) return { value: first, end: at + 1 };
  const width = first === 0xfd ? 2 : 4;
  return at + 1 + width > bytes.length ? undefined : { value: bytes.readUIntLE(at + 1, width), end: at + 1 + width };
}
