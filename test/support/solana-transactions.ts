import {
  AccountRole,
  type Address,
  address,
  appendTransactionMessageInstruction,
  blockhash,
  createKeyPairSignerFromPrivateKeyBytes,
  createTransactionMessage,
  getBase58Decoder,
  getBase58Encoder,
  getBase64EncodedWireTransaction,
  getCompiledTransactionMessageDecoder,
  getTransactionDecoder,
  type Instruction,
  type KeyPairSigner,
  pipe,
  setTransactionMessageFeePayerSigner,
  setTransactionMessageLifetimeUsingBlockhash,
  signTransactionMessageWithSigners,
  type Transaction,
} from '@solana/kit';

/** One transfer of lamports, and the blockhash it lives by. */
export interface Transfer {
  readonly from: KeyPairSigner;
  readonly to: Address;
  readonly lamports: bigint;
  readonly blockhash: string;
}

/** Signed bytes as a client sends them. */
export interface SignedTransfer {
  /** In base58: the name of the transaction. */
  readonly signature: string;
  /** In base64. */
  readonly wire: ReturnType<typeof getBase64EncodedWireTransaction>;
  readonly base58: string;
  readonly transaction: Transaction;
}

/** Makes a key out of a seed: the same each time. */
export function signerOf(seed: number): Promise<KeyPairSigner> {
  return createKeyPairSignerFromPrivateKeyBytes(new Uint8Array(32).fill(seed));
}

/** Signs a transfer. */
export async function signTransfer(transfer: Transfer): Promise<SignedTransfer> {
  const lifetime = { blockhash: blockhash(transfer.blockhash), lastValidBlockHeight: 0n };
  const message = pipe(
    createTransactionMessage({ version: 0 }),
    (unpaid) => setTransactionMessageFeePayerSigner(transfer.from, unpaid),
    (undated) => setTransactionMessageLifetimeUsingBlockhash(lifetime, undated),
    (empty) => appendTransactionMessageInstruction(transferInstruction(transfer), empty),
  );
  const transaction = await signTransactionMessageWithSigners(message);
  const wire = getBase64EncodedWireTransaction(transaction);
  const base58 = getBase58Decoder().decode(Buffer.from(wire, 'base64'));
  return { signature: signatureOf(transaction), wire, base58, transaction };
}

/** The second instruction of the system program: its number and the amount, both little-endian. */
function transferInstruction({ from, to, lamports }: Transfer): Instruction {
  const data = Buffer.alloc(12);
  data.writeUInt32LE(2);
  data.writeBigUInt64LE(lamports, 4);
  return {
    programAddress: address('11111111111111111111111111111111'),
    accounts: [
      { address: from.address, role: AccountRole.WRITABLE_SIGNER },
      { address: to, role: AccountRole.WRITABLE },
    ],
    data: new Uint8Array(data),
  };
}

/** What a node reads off the bytes it is sent. */
export interface ReceivedTransaction {
  readonly signature: string;
  readonly blockhash: string;
  readonly transaction: Transaction;
}

/** Reads sent bytes, base58 unless `encoding` says base64; undefined where they are no transaction. */
export function readTransaction(text: string, encoding: unknown): ReceivedTransaction | undefined {
  try {
    const bytes = encoding === 'base64' ? Buffer.from(text, 'base64') : getBase58Encoder().encode(text);
    const transaction = getTransactionDecoder().decode(bytes);
    const { lifetimeToken } = getCompiledTransactionMessageDecoder().decode(transaction.messageBytes);
    return { signature: signatureOf(transaction), blockhash: lifetimeToken, transaction };
  } catch {
    return undefined;
  }
}

/** The first signature names the transaction. */
function signatureOf({ signatures }: Pick<Transaction, 'signatures'>): string {
  const [first] = Object.values(signatures);
  return getBase58Decoder().decode(first ?? new Uint8Array(64));
}
