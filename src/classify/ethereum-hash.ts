import type { Hash } from '../ports/hash.ts';

/**
 * The hash of a signed EVM transaction: Keccak-256 over its envelope (EIP-2718), `0x` and hex.
 *
 * A blob transaction travels with its sidecar, which the hash leaves out (EIP-4844, EIP-7594). Undefined where the bytes are
 * no transaction, or of a type whose hash is made another way (zkSync's 0x71). Never throws.
 */
export function ethereumHash(bytes: Buffer, { keccak256 }: Pick<Hash, 'keccak256'>): string | undefined {
  const envelope = bytes[0] === blobType ? withoutSidecar(bytes) : bytes;
  if (envelope === undefined || !isTransaction(envelope)) return undefined;
  return `0x${Buffer.from(keccak256(envelope)).toString('hex')}`;
}

const blobType = 0x03;
const zkSyncType = 0x71;
const firstList = 0xc0;

/** A list of RLP (legacy), or a type byte before one. */
function isTransaction(bytes: Buffer): boolean {
  const [first = 0x80, second = 0] = bytes;
  if (first >= firstList) return true;
  return first < 0x80 && first !== zkSyncType && second >= firstList;
}

/** `0x03 || rlp([body, …sidecar])` becomes `0x03 || body`; without a sidecar the first item is the chain id, and nothing changes. */
function withoutSidecar(bytes: Buffer): Buffer | undefined {
  const outer = readList(bytes, 1);
  if (outer === undefined) return undefined;
  if ((bytes[outer.start] ?? 0) < firstList) return bytes;
  const body = readList(bytes, outer.start);
  if (body === undefined || body.end > outer.end) return undefined;
  return Buffer.concat([bytes.subarray(0, 1), bytes.subarray(outer.start, body.end)]);
}

/** Where the payload of the RLP list at `at` starts and ends; undefined where there is no whole list. */
function readList(bytes: Buffer, at: number): { start: number; end: number } | undefined {
  const first = bytes[at] ?? 0;
  if (first < firstList) return undefined;
  const width = Math.max(0, first - 0xf7);
  if (width > 4 || at + 1 + width > bytes.length) return undefined;
  const start = at + 1 + width;
  const end = start + (width === 0 ? first - firstList : bytes.readUIntBE(at + 1, width));
  return end > bytes.length ? undefined : { start, end };
}
