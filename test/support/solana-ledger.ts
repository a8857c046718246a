import type { Transaction } from '@solana/kit';
import { createSolanaSlots, type SolanaSlots, type SolanaSlotsOptions } from './solana-slots.ts';

/** A transaction and the slot whose block it is in. */
export interface LedgerEntry {
  readonly slot: number;
  readonly signature: string;
  readonly transaction: Transaction;
}

/** What a cluster agrees on: its slots, and the transactions in their blocks. Nodes share it and lag behind it. */
export interface SolanaLedger {
  readonly slots: SolanaSlots;
  /** All transactions, oldest first. */
  readonly entries: readonly LedgerEntry[];
  find(signature: string): LedgerEntry | undefined;
  /** Puts a transaction into the next block, once, however often it comes. */
  include(signature: string, transaction: Transaction): void;
  /** Makes a slot every so many milliseconds until stopped. */
  run(slotMs: number): { stop(): void };
}

/** Makes an empty ledger. */
export function createSolanaLedger(options: SolanaSlotsOptions = {}): SolanaLedger {
  const slots = createSolanaSlots(options);
  const entries: LedgerEntry[] = [];
  const bySignature = new Map<string, LedgerEntry>();
  return {
    slots,
    entries,
    find: (signature) => bySignature.get(signature),
    include(signature, transaction) {
      if (bySignature.has(signature)) return;
      const entry = { slot: slots.newest() + 1, signature, transaction };
      entries.push(entry);
      bySignature.set(signature, entry);
    },
    run(slotMs) {
      const timer = setInterval(() => slots.advance(), slotMs);
      return { stop: () => clearInterval(timer) };
    },
  };
}
