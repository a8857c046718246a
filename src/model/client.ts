import type { ChainName } from './names.ts';

/** How much a client may use. Absent members do not bound. */
export interface ClientRates {
  readonly callsPerSecond?: number;
  /** Cost units of methods, as the spec says them. */
  readonly costPerSecond?: number;
  /** Calls in flight. */
  readonly concurrency?: number;
}

/** What one key may do, as the config says it. The key itself is not kept: only its digest. */
export interface ClientKey {
  readonly name: string;
  /** SHA-256 of the key, 64 lower-case hex digits. */
  readonly sha256: string;
  /** Chains it may call; absent means all. */
  readonly chains?: readonly ChainName[];
  /** Methods it may call; absent means all that the chain serves. */
  readonly allow?: readonly string[];
  /** Methods it may not call; stands above `allow`. */
  readonly deny?: readonly string[];
  /** Contracts it may call, and nothing else that names an address; absent means any. */
  readonly contracts?: readonly ContractRule[];
  readonly rates?: ClientRates;
  /** Blocks one log query may span, where that is less than the chain's own limit. */
  readonly getLogsMaxRange?: number;
  /** Whether its steering headers are obeyed. */
  readonly steer: boolean;
}

/** One contract a key may call. */
export interface ContractRule {
  /** `0x` and 40 lower-case hex digits. */
  readonly address: string;
  /** First four bytes of the call's input, `0x` and 8 lower-case hex digits; absent means any function. */
  readonly functions?: readonly string[];
}

/** Who calls: the holder of a key, or nobody in particular from some address. */
export interface Client {
  /** What limits are counted by. */
  readonly bucket: string;
  readonly key: ClientKey | undefined;
  readonly rates: ClientRates | undefined;
}
