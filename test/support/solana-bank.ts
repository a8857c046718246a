import { type Address, address, lamports, type Signature, type Transaction } from '@solana/kit';
import { FailedTransactionMetadata, LiteSVM } from 'litesvm';
import type { Execution } from './solana-errors.ts';
import type { SolanaLedger } from './solana-ledger.ts';
import { type AccountFacts, accountOf } from './solana-methods.ts';

const systemProgram = address('11111111111111111111111111111111');

/**
 * The state of all accounts at one slot: a real Solana VM into which the ledger's transactions were fed up to there.
 * It only moves on.
 */
export class SolanaBank {
  readonly #vm: LiteSVM;
  readonly #ledger: SolanaLedger;
  #fed = 0;

  /** @param rich who has a thousand million SOL from the start. */
  constructor(ledger: SolanaLedger, rich: Address) {
    // Which blockhashes are alive is a matter of slots, of which the machine knows nothing.
    this.#vm = new LiteSVM().withBlockhashCheck(false);
    this.#ledger = ledger;
    const system = { programAddress: systemProgram, executable: false, data: new Uint8Array(), space: 0n };
    this.#vm.setAccount({ address: rich, lamports: lamports(10n ** 18n), ...system });
  }

  /** Executes what the ledger has up to a slot. */
  moveTo(slot: number): this {
    const { entries } = this.#ledger;
    for (let next = entries[this.#fed]; next !== undefined && next.slot <= slot; next = entries[this.#fed]) {
      this.#fed += 1;
      this.#vm.warpToSlot(BigInt(next.slot));
      this.#vm.sendTransaction(next.transaction);
    }
    return this;
  }

  balance(owner: Address): bigint {
    return this.#vm.getBalance(owner) ?? 0n;
  }

  /** As `getAccountInfo` shows it; null where there is none. */
  account(owner: Address): object | null {
    const found = this.#vm.getAccount(owner);
    if (!found.exists) return null;
    const { lamports: held, data, programAddress, executable } = found;
    const facts: AccountFacts = { lamports: held, data, owner: programAddress, executable };
    return accountOf(facts);
  }

  /** What became of a transaction; undefined where the machine never took it. */
  executed(signature: Signature): Execution | undefined {
    const met = this.#vm.getTransaction(signature);
    return met === null ? undefined : executionOf(met);
  }

  /** Tries a transaction and changes nothing. */
  simulate(transaction: Transaction): Execution {
    return executionOf(this.#vm.simulateTransaction(transaction));
  }
}

type Met = Exclude<ReturnType<LiteSVM['getTransaction'] | LiteSVM['simulateTransaction']>, null>;

function executionOf(met: Met): Execution {
  const meta = 'meta' in met ? met.meta() : met;
  const err = met instanceof FailedTransactionMetadata ? errorIn(met.toString()) : null;
  return { err, logs: meta.logs(), unitsConsumed: Number(meta.computeUnitsConsumed()) };
}

/** `err: InstructionError(0, Custom(1))` or `err: AlreadyProcessed`: the machine's errors have numbers, and names in their text alone. */
const errorText = /err: (\w+)(?:\((\d+), (\w+)(?:\((\d+)\))?\))?/;

function errorIn(text: string): unknown {
  const [, name = 'Unknown', index, cause, code] = errorText.exec(text) ?? [];
  if (index === undefined) return name;
  return { [name]: [Number(index), code === undefined ? cause : { [cause ?? '']: Number(code) }] };
}
