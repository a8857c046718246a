import type { FakeAnswer } from './fake-methods.ts';
import { preflightFailed } from './solana-errors.ts';
import { answerAsNode, configOf, isBlockhashAlive, type SolanaAnswerer, type SolanaView } from './solana-methods.ts';
import type { SolanaSlots } from './solana-slots.ts';
import { readTransaction } from './solana-transactions.ts';

/** One call as it arrived. */
export interface SolanaCall {
  readonly method: string;
  readonly params: readonly unknown[];
}

/** What a test says of one method; undefined leaves a call to the node. */
export type SolanaScript = (params: readonly unknown[]) => FakeAnswer | undefined;

const maxCallsKept = 20_000;

/**
 * An RPC node without a virtual machine: its slots, hashes and errors are shaped as a validator's, its balances are the slot
 * they were read at. It lags, stands still, forgets and lies as it is told.
 */
export class SolanaFake {
  readonly #slots: SolanaSlots;
  readonly #scripts = new Map<string, SolanaScript>();
  readonly #calls: SolanaCall[] = [];
  readonly #sent = new Set<string>();
  #behind = 0;
  #fixedTop: number | undefined;
  #firstAvailable = 0;

  /** Fakes that share their slots agree. */
  constructor(slots: SolanaSlots) {
    this.#slots = slots;
  }

  /** Every call seen, oldest first; the newest 20,000 are kept. */
  get calls(): readonly SolanaCall[] {
    return this.#calls;
  }

  /** How many calls of a method were seen. */
  count(method: string): number {
    return this.#calls.filter((call) => call.method === method).length;
  }

  /** Forgets the calls seen so far. */
  forget(): void {
    this.#calls.length = 0;
  }

  /** Stays that many slots behind the cluster. */
  lag(slots: number): void {
    this.#behind = slots;
  }

  /** Stands at this slot whatever the cluster does; `undefined` follows it again. */
  standAt(slot: number | undefined): void {
    this.#fixedTop = slot;
  }

  /** Keeps no block below this slot. */
  keepFrom(slot: number): void {
    this.#firstAvailable = slot;
  }

  /** Answers one method so from now on; `undefined` gives it back to the node. */
  on(method: string, said: SolanaScript | FakeAnswer | undefined): void {
    if (said === undefined) this.#scripts.delete(method);
    else this.#scripts.set(method, typeof said === 'function' ? said : () => said);
  }

  answer(method: string, params: readonly unknown[]): FakeAnswer | Promise<FakeAnswer> {
    if (this.#calls.length === maxCallsKept) this.#calls.shift();
    this.#calls.push({ method, params });
    const said = this.#scripts.get(method)?.(params);
    return said ?? answerAsNode(this.#view(), { method, params }, this.#methods);
  }

  readonly #methods = new Map<string, SolanaAnswerer>([
    ['sendTransaction', (view, params, block) => this.#send(view, params, block)],
  ]);

  #view(): SolanaView {
    const top = this.#fixedTop ?? Math.max(0, this.#slots.newest() - this.#behind);
    return { slots: this.#slots, top, firstAvailable: this.#firstAvailable };
  }

  #send(...[view, [text, config], block]: Parameters<SolanaAnswerer>): FakeAnswer {
    const received = readTransaction(String(text), configOf([config]).encoding);
    if (received === undefined)
      return { error: { code: -32602, message: 'failed to deserialize VersionedTransaction' } };
    const refused = (err: string): FakeAnswer => preflightFailed({ err, logs: [], unitsConsumed: 0 });
    if (!isBlockhashAlive(view, received.blockhash, block)) return refused('BlockhashNotFound');
    if (this.#sent.has(received.signature)) return refused('AlreadyProcessed');
    this.#sent.add(received.signature);
    return { result: received.signature };
  }
}
