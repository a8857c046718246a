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
  /** Where the result shows the newest height (`eth_blockNumber`: the whole of it). */
  readonly showsHead?: JsonPath;
  /** Add-on an endpoint must have: `archive`, `debug`, `trace`. */
  readonly addon?: string;
  /** True where the family forbids it unless the config's `methods.allow` opens it. */
  readonly denied: boolean;
  /** True where a `null` result may mean that this upstream has not seen the block yet. */
  readonly nullMayBeLag: boolean;
}
