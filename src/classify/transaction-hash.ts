import type { Call } from '../model/call.ts';
import type { ChainSpec } from '../model/chain-spec.ts';
import type { MethodPolicy } from '../model/method-policy.ts';
import type { Hash } from '../ports/hash.ts';
import { encodeBase58 } from './base58.ts';
import { bitcoinTxid } from './bitcoin-txid.ts';
import { ethereumHash } from './ethereum-hash.ts';
import { readRawBytes } from './raw-bytes.ts';

/** How a chain names its transactions; undefined where the gateway cannot tell. */
export type HashKind = ChainSpec['transactionHash'];

/**
 * The name signed bytes have as a transaction, worked out from the bytes alone; undefined where the call carries none, they
 * cannot be read, or the chain names transactions in a way we do not know. Never throws.
 *
 * It costs a hash over the bytes: ask only when it is needed (an answer "already known", a write whose outcome is unknown).
 */
export function transactionHash(
  kind: HashKind,
  { call, policy }: { readonly call: Pick<Call, 'params'>; readonly policy: Pick<MethodPolicy, 'write'> },
  hash: Pick<Hash, 'keccak256' | 'sha256'>,
): string | undefined {
  if (kind === undefined || policy.write?.kind !== 'raw') return undefined;
  const bytes = readRawBytes(call, policy.write);
  if (bytes === undefined) return undefined;
  switch (kind) {
    case 'keccak256-hex':
      return ethereumHash(bytes, hash);
    case 'solana-signature':
      return solanaSignature(bytes);
    case 'bitcoin-txid':
      return bitcoinTxid(bytes, hash);
    case 'sha256-hex-upper':
      return Buffer.from(hash.sha256(bytes)).toString('hex').toUpperCase();
  }
}

const signatureBytes = 64;

/** The first signature, in base58. The count before it is one byte: a packet has room for 19 signatures at most. */
function solanaSignature(bytes: Buffer): string | undefined {
  const count = bytes[0] ?? 0;
  if (count === 0 || count > 19 || bytes.length < 1 + count * signatureBytes) return undefined;
  return encodeBase58(bytes.subarray(1, 1 + signatureBytes));
}

/**
 * The result an upstream would have given to a write it accepted, as JSON text: the transaction's name, on cosmos inside the
 * answer of a broadcast.
 */
export function acceptedResult(kind: NonNullable<HashKind>, hash: string): string {
  if (kind !== 'sha256-hex-upper') return `"${hash}"`;
  return `{"code":0,"data":"","log":"","codespace":"","hash":"${hash}"}`;
}
