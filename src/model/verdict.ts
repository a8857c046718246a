/** What one answer of an upstream means. A closed list: the label `kind` of the error counters. */
export const meanings = [
  'ok',
  'auth-failed',
  'bad-response',
  'block-unknown',
  'cancelled',
  'chain-busy',
  'connect-failed',
  'connection-lost',
  'data-missing',
  'double-spend',
  'execution-halted',
  'execution-timeout',
  'fee-too-low',
  'filter-not-found',
  'gas-limit-exceeded',
  'gas-too-low',
  'generic',
  'insufficient-funds',
  'internal-error',
  'invalid-params',
  'invalid-request',
  'lagging',
  'local-network',
  'mempool-full',
  'mempool-policy',
  'method-unsupported',
  'nonce-too-high',
  'nonce-too-low',
  'not-indexed',
  'parse-error',
  'quota-exhausted',
  'rate-limited',
  'replacement-underpriced',
  'request-too-large',
  'result-too-large',
  'reverted',
  'sender-limited',
  'server-error',
  'signature-invalid',
  'simulation-failed',
  'slot-skipped',
  'state-conflict',
  'syncing',
  'tag-unsupported',
  'timeout',
  'tx-already-known',
  'tx-in-chain',
  'tx-malformed',
  'tx-rejected',
  'tx-too-large',
  'tx-unknown',
  'unavailable',
  'wallet-answer',
  'wrong-chain',
  'wrong-path',
] as const;

/** One of the meanings. */
export type Meaning = (typeof meanings)[number];

/** Who a bad answer speaks against. `capability`: this endpoint lacks it; remembered, never punished. */
export type Blame = 'none' | 'client' | 'upstream' | 'capability';

/**
 * Whether asking again can help a read. `other`: another upstream, within attempts and budget; `once`: one other upstream,
 * then final; `same-later`: waiting helps, changing does not; `no`: final.
 */
export type Retry = 'no' | 'other' | 'once' | 'same-later';

/** A number of blocks that may be asked at once: `always` by this upstream, or just `here`, for what was asked. */
export interface BlockWidth {
  readonly blocks: number;
  readonly holds: 'always' | 'here';
}

/** The meaning of one answer, with what follows from it. */
export interface Verdict {
  readonly meaning: Meaning;
  readonly blame: Blame;
  readonly retry: Retry;
  /** The upstream asked us to slow down: never a failure. */
  readonly holdOff: boolean;
  /** Deterministic on a finalized block, and cacheable like a result. */
  readonly cache: boolean;
  /** Milliseconds the upstream asked us to wait, clamped to one hour; absent when it did not say. */
  readonly retryAfterMs?: number;
  /** How many blocks the upstream would have taken at once, where it said so. */
  readonly width?: BlockWidth;
  /** The answer rule that decided, for the log and `explain`. */
  readonly rule?: string;
}

const alreadyKnown: ReadonlySet<Meaning> = new Set<Meaning>(['tx-already-known', 'tx-in-chain']);

/** Whether an error answer to a write says that the chain has this very transaction: a success, whose result is its name. */
export function isAlreadyKnown({ meaning }: Pick<Verdict, 'meaning'>): boolean {
  return alreadyKnown.has(meaning);
}

/** The verdict of every good answer: one frozen object, no allocation. */
export const okVerdict: Verdict = Object.freeze({
  meaning: 'ok',
  blame: 'none',
  retry: 'no',
  holdOff: false,
  cache: true,
});
