import type { JsonPath } from './json-path.ts';

/** What a method does, as the chain spec says. `local` is answered by the gateway itself. */
export type MethodKind = 'read' | 'write' | 'subscribe' | 'unsubscribe' | 'filter' | 'local';

/** Decides the deadline, whether a call may be hedged, and the label of metrics. */
export type MethodClass = 'light' | 'normal' | 'heavy' | 'write';

/** Every class, for labels bound at start. */
export const methodClasses: readonly MethodClass[] = ['light', 'normal', 'heavy', 'write'];

/**
 * Where in the params a method says which block it reads.
 *
 * - `none`: the answer hangs on no block (`eth_chainId`).
 * - `tip`: the method always reads the newest block (`eth_blockNumber`).
 * - `param`: the value at `path` is a height, a tag or a block hash; `missing` is what an absent one means.
 * - `range`: `from` and `to` are heights or tags; a value at `hash` pins one block instead.
 * - `by-hash`: the value at `path` is the hash of a block or a transaction; height unknown until answered.
 */
export type BlockPosition =
  | { readonly kind: 'none' }
  | { readonly kind: 'tip' }
  | { readonly kind: 'param'; readonly path: JsonPath; readonly missing: string }
  | {
      readonly kind: 'range';
      readonly from: JsonPath;
      readonly to: JsonPath;
      readonly hash?: JsonPath;
      readonly missing: string;
    }
  | { readonly kind: 'by-hash'; readonly path: JsonPath };

/** Where in the params a method names the contracts it touches, one or a list, and the input it calls them with, at the first path that is there. */
export interface ContractPosition {
  readonly address: JsonPath;
  readonly input?: readonly JsonPath[];
}

/** How a write may be sent. `raw`: signed bytes, may go to several upstreams; `once`: at most one send that may have arrived. */
export type WriteMode =
  | {
      readonly kind: 'raw';
      readonly path: JsonPath;
      readonly encoding: 'hex' | 'base64' | 'base58';
      /** Where in the params a client names another encoding of the bytes; absent means it cannot. */
      readonly encodingPath?: JsonPath;
    }
  | { readonly kind: 'once' };

/** What the spec says of one method, with the family's and the class's defaults filled in. */
export interface MethodPolicy {
  /** The name in the spec, or `other` for a method the spec does not know: the label of metrics. */
  readonly name: string;
  readonly kind: MethodKind;
  readonly class: MethodClass;
  readonly block: BlockPosition;
  /** Cost units, for limits. */
  readonly cost: number;
  /** Deadline of one attempt in milliseconds; absent means that of the class. */
  readonly timeoutMs?: number;
  /** `finalized`: kept once its block is final; `tip`: coalesced, kept only where configured; `never`. */
  readonly cache: 'finalized' | 'tip' | 'never';
  readonly retry: boolean;
  readonly hedge: boolean;
  /** True where two honest upstreams answer alike for the same block. */
  readonly deterministic: boolean;
  readonly write?: WriteMode;
  /** Which contract it touches, and where the input for it stands: what keys for single contracts are held to. */
  readonly contract?: ContractPosition;
  /** Where the result shows the newest height (`eth_blockNumber`: the whole of it). */
  readonly showsHead?: JsonPath;
  /** Where the result shows the block it is of (a block, a receipt): its height, counted as heads are, and its hash. */
  readonly showsBlock?: { readonly height: JsonPath; readonly hash?: JsonPath };
  /**
   * There where the result over a range of blocks is a list, and that over its parts in turn is the same list: it may be asked piece by
   * piece, unless a param stands at one of these places.
   */
  readonly splits?: { readonly unless: readonly JsonPath[] };
  /** True where the result counts what an account has sent, and so changes with a transaction that is in no block yet. */
  readonly readsNonce?: true;
  /** True for a read whose params may hold a signed transaction: where a chain keeps those private, it is asked where they go. */
  readonly carriesSigned?: true;
  /** Names of members that honest upstreams fill differently or leave out: a quorum does not compare them, wherever they stand. */
  readonly volatile?: ReadonlySet<string>;
  /** Add-on an endpoint must have: `archive`, `debug`, `trace`. */
  readonly addon?: string;
  /** True where the family forbids it unless the config's `methods.allow` opens it. */
  readonly denied: boolean;
  /** True where a `null` result may mean that this upstream has not seen the block yet. */
  readonly nullMayBeLag: boolean;
}
