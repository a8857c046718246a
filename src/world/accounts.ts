import { repeat } from '../control/repeat.ts';
import type { AccountName, AccountSettings, AccountStatus } from '../model/account.ts';
import type { Cancel, Clock } from '../ports/clock.ts';
import type { Emit } from '../ports/emit.ts';
import type { StateStore } from '../ports/state-store.ts';
import { LiveAccount } from './live-account.ts';

/** What accounts need of the process. */
export interface AccountsParts {
  readonly clock: Clock;
  readonly store: StateStore;
  readonly emit: Emit;
}

/** With the quarter of a second in which the store gathers, a kill loses less than the last second of what was spent. */
const storeEveryMs = 500;

/** Who is billed for what this process sends, over all chains. Outlives every world. */
export class Accounts {
  readonly #parts: AccountsParts;
  readonly #accounts = new Map<AccountName, LiveAccount>();
  #cancelLooks: Cancel | undefined;
  #onHold: () => void = () => undefined;

  constructor(settings: readonly AccountSettings[], parts: AccountsParts) {
    this.#parts = parts;
    this.take(settings);
  }

  /** Names who is told whenever a budget begins, or ceases, to keep its endpoints back. */
  tell(onHold: () => void): void {
    this.#onHold = onHold;
  }

  /** Goes on with the accounts of another configuration; of one that stays, what was spent and what is in flight is kept. */
  take(settings: readonly AccountSettings[]): void {
    this.#store();
    const wanted = new Set(settings.map(({ name }) => name));
    for (const name of this.#accounts.keys()) if (!wanted.has(name)) this.#accounts.delete(name);
    for (const each of settings) this.#takeOne(each);
    const hasBudget = settings.some(({ budget }) => budget !== undefined);
    if (hasBudget) this.#cancelLooks ??= repeat(this.#parts.clock, storeEveryMs, () => this.#look());
  }

  /** The account of this name; undefined where it has no limit. */
  of(name: AccountName | undefined): LiveAccount | undefined {
    return name === undefined ? undefined : this.#accounts.get(name);
  }

  statuses(): readonly AccountStatus[] {
    return [...this.#accounts.values()].map((account) => account.status());
  }

  /** Hands to the store what was spent, and counts no more time. */
  close(): void {
    this.#cancelLooks?.();
    this.#store();
  }

  #takeOne(settings: AccountSettings): void {
    const { name } = settings;
    const known = this.#accounts.get(name);
    if (known !== undefined) return known.take(settings);
    const { clock, emit, store } = this.#parts;
    const row = store.get(rowKey(name));
    this.#accounts.set(name, new LiveAccount(settings, { clock, emit, row, onHold: () => this.#onHold() }));
  }

  #look(): void {
    for (const account of this.#accounts.values()) account.look();
    this.#store();
  }

  #store(): void {
    for (const [name, account] of this.#accounts) {
      const row = account.unstored();
      if (row !== undefined) this.#parts.store.put(rowKey(name), row);
    }
  }
}

function rowKey(name: AccountName): string {
  return `budget/${name}`;
}
