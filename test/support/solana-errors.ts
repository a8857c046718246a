import type { FakeAnswer } from './fake-methods.ts';

/** `getHealth` of a node that fell behind the cluster. Codes and words here are those of the validator's RPC service. */
export function nodeBehind(slots: number): FakeAnswer {
  return errorOf(-32005, `Node is behind by ${slots} slots`, { numSlotsBehind: slots });
}

/** A slot without a block, or one that was lost when the node restarted from a snapshot. */
export function slotSkipped(slot: number): FakeAnswer {
  return errorOf(-32007, `Slot ${slot} was skipped, or missing due to ledger jump to recent snapshot`);
}

/** The same from a node that looked in its archive too. */
export function slotSkippedInArchive(slot: number): FakeAnswer {
  return errorOf(-32009, `Slot ${slot} was skipped, or missing in long-term storage`);
}

/** A slot the node has not seen yet. */
export function blockNotAvailable(slot: number): FakeAnswer {
  return errorOf(-32004, `Block not available for slot ${slot}`);
}

/** A slot the node has dropped. */
export function blockCleanedUp(slot: number, firstAvailable: number): FakeAnswer {
  return errorOf(-32001, `Block ${slot} cleaned up, does not exist on node. First available block: ${firstAvailable}`);
}

/** A node that has not reached the `minContextSlot` of the call. */
export function minContextSlotNotReached(contextSlot: number): FakeAnswer {
  return errorOf(-32016, 'Minimum context slot has not been reached', { contextSlot });
}

/** Bytes whose signature does not fit. */
export const signatureFailed: FakeAnswer = errorOf(-32003, 'Transaction signature verification failure');

/** Params that cannot be read. */
export function invalidParams(why: string): FakeAnswer {
  return errorOf(-32602, why);
}

/** A method the node does not have. */
export const methodNotFound: FakeAnswer = errorOf(-32601, 'Method not found');

/** What became of a transaction in the machine. */
export interface Execution {
  /** In the JSON form of a transaction error; null where it succeeded. */
  readonly err: unknown;
  readonly logs: readonly string[];
  readonly unitsConsumed: number;
}

/** The preflight check of `sendTransaction` that did not pass. */
export function preflightFailed({ err, logs, unitsConsumed }: Execution): FakeAnswer {
  const data = { accounts: null, err, innerInstructions: null, logs, returnData: null, unitsConsumed };
  return errorOf(-32002, `Transaction simulation failed: ${inWords(err)}`, data);
}

function inWords(err: unknown): string {
  if (typeof err === 'string') return words[err] ?? err;
  const [index, cause] = instructionError(err);
  const code = typeof cause === 'object' && cause !== null && 'Custom' in cause ? Number(cause.Custom) : undefined;
  const told = code === undefined ? String(cause) : `custom program error: 0x${code.toString(16)}`;
  return `Error processing Instruction ${index}: ${told}`;
}

const words: Readonly<Record<string, string>> = {
  AlreadyProcessed: 'This transaction has already been processed',
  BlockhashNotFound: 'Blockhash not found',
  AccountNotFound: 'Attempt to debit an account but found no record of a prior credit.',
  InsufficientFundsForFee: 'Insufficient funds for fee',
};

function instructionError(err: unknown): readonly unknown[] {
  const isOne = typeof err === 'object' && err !== null && 'InstructionError' in err;
  return isOne && Array.isArray(err.InstructionError) ? err.InstructionError : [];
}

function errorOf(code: number, message: string, data?: unknown): FakeAnswer {
  return { error: { code, message, ...(data === undefined ? {} : { data }) } };
}
