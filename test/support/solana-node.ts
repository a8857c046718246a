import { address, type KeyPairSigner, type Signature, signature } from '@solana/kit';
import type { FakeAnswer } from './fake-methods.ts';
import { SolanaBank } from './solana-bank.ts';
import { type Execution, invalidParams, preflightFailed, signatureFailed } from './solana-errors.ts';
import type { SolanaLedger } from './solana-ledger.ts';
import {
  answerAsNode,
  configOf,
  inContext,
  isBlockhashAlive,
  type SolanaAnswerer,
  type SolanaView,
} from './solana-methods.ts';
import type { Commitment, SlotBlock } from './solana-slots.ts';
import { type ReceivedTransaction, readTransaction, signTransfer } from './solana-transactions.ts';

const commitments: readonly Commitment[] = ['processed', 'confirmed', 'finalized'];

/**
 * One node of a cluster: what it answers to RPC calls, from real Solana VMs, one for each commitment.
 *
 * It lags as a real node does: blocks it has not seen are not executed, and blockhashes of them are unknown to it.
 */
export class SolanaNode {
  readonly #ledger: SolanaLedger;
  readonly #faucet: KeyPairSigner;
  readonly #banks: Readonly<Record<Commitment, SolanaBank>>;
  #behind = 0;
  #top = 0;

  /** @param faucet who pays for airdrops; the same for all nodes of a cluster. */
  constructor(ledger: SolanaLedger, faucet: KeyPairSigner) {
    const bank = (): SolanaBank => new SolanaBank(ledger, faucet.address);
    this.#ledger = ledger;
    this.#faucet = faucet;
    this.#banks = { processed: bank(), confirmed: bank(), finalized: bank() };
  }

  /** Stays that many slots behind the cluster from now on; what it has seen it keeps. */
  lag(slots: number): void {
    this.#behind = slots;
  }

  /** Never rejects: params that are no addresses and the like are refused as a node refuses them. */
  async answer(method: string, params: readonly unknown[]): Promise<FakeAnswer> {
    try {
      return await answerAsNode(this.#view(), { method, params }, this.#methods);
    } catch (error) {
      return invalidParams(`Invalid param: ${error instanceof Error ? error.message : error}`);
    }
  }

  readonly #methods = new Map<string, SolanaAnswerer>([
    ['getBalance', (_, [owner], block) => inContext(block, this.#bankAt(block).balance(address(String(owner))))],
    ['getAccountInfo', (_, [owner], block) => inContext(block, this.#bankAt(block).account(address(String(owner))))],
    ['getSignatureStatuses', (_, [names]) => this.#statuses(names)],
    ['requestAirdrop', (_, params, block) => this.#airdrop(params, block)],
    ['sendTransaction', (_, params, block) => this.#send(params, block)],
    ['simulateTransaction', (_, params, block) => this.#simulate(params, block)],
  ]);

  #view(): SolanaView {
    const { slots } = this.#ledger;
    this.#top = Math.max(this.#top, slots.newest() - this.#behind);
    return { slots, top: this.#top, firstAvailable: 0 };
  }

  #blockAt(commitment: Commitment): SlotBlock {
    return this.#ledger.slots.newestBlock(this.#view().top, commitment);
  }

  /** The state as it was at the newest block of a commitment. */
  #bankAt({ slot }: SlotBlock): SolanaBank {
    const commitment = commitments.find((one) => this.#blockAt(one).slot <= slot) ?? 'finalized';
    return this.#banks[commitment].moveTo(slot);
  }

  #tryOut({ blockhash, transaction }: ReceivedTransaction, block: SlotBlock): Execution {
    if (isBlockhashAlive(this.#view(), blockhash, block)) return this.#bankAt(block).simulate(transaction);
    return { err: 'BlockhashNotFound', logs: [], unitsConsumed: 0 };
  }

  #send([text, config]: readonly unknown[], block: SlotBlock): FakeAnswer {
    const { skipPreflight, encoding } = configOf([config]);
    const received = readTransaction(String(text), encoding);
    if (received === undefined) return unreadable;
    const tried = skipPreflight === true ? undefined : this.#tryOut(received, block);
    if (tried?.err === 'SignatureFailure') return signatureFailed;
    if (tried !== undefined && tried.err !== null) return preflightFailed(tried);
    this.#ledger.include(received.signature, received.transaction);
    return { result: received.signature };
  }

  #simulate([text, config]: readonly unknown[], block: SlotBlock): FakeAnswer {
    const received = readTransaction(String(text), configOf([config]).encoding);
    if (received === undefined) return unreadable;
    return inContext(block, { ...this.#tryOut(received, block), accounts: null, returnData: null });
  }

  async #airdrop([to, amount]: readonly unknown[], { blockhash }: SlotBlock): Promise<FakeAnswer> {
    const transfer = { from: this.#faucet, to: address(String(to)), lamports: BigInt(Number(amount)), blockhash };
    const signed = await signTransfer(transfer);
    this.#ledger.include(signed.signature, signed.transaction);
    return { result: signed.signature };
  }

  #statuses(names: unknown): FakeAnswer {
    const asked = Array.isArray(names) ? names.map((name) => signature(String(name))) : [];
    return inContext(
      this.#blockAt('processed'),
      asked.map((name) => this.#statusOf(name)),
    );
  }

  #statusOf(name: Signature): object | null {
    const entry = this.#ledger.find(name);
    const processed = this.#blockAt('processed');
    if (entry === undefined || entry.slot > processed.slot) return null;
    const met = this.#bankAt(processed).executed(name);
    if (met === undefined) return null;
    const surest = commitments.findLast((one) => this.#blockAt(one).slot >= entry.slot) ?? 'processed';
    const confirmations = surest === 'finalized' ? null : processed.slot - entry.slot;
    const status = met.err === null ? { Ok: null } : { Err: met.err };
    return { slot: entry.slot, confirmations, err: met.err, status, confirmationStatus: surest };
  }
}

const unreadable = invalidParams('failed to deserialize VersionedTransaction');
