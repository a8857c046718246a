import type { MethodPolicy } from './method-policy.ts';

/** Envelope dialect of JSON-RPC: `legacy` is 1.0 and 1.1, as Bitcoin Core and its kin still speak it. */
export type Envelope = '2.0' | 'legacy';

/** One JSON-RPC call as the client sent it. Bytes are views into the request's body. */
export interface Call {
  /** The id's bytes as sent; undefined means a notification. */
  readonly id: Buffer | undefined;
  readonly method: string;
  /** The params' bytes as sent; undefined means absent. */
  readonly params: Buffer | undefined;
  /** What the client speaks and is answered in; absent means 2.0. */
  readonly envelope?: Envelope;
}

/** Which block a call reads, once the params were looked at. */
export type BlockReference =
  | { readonly kind: 'none' }
  | { readonly kind: 'tag'; readonly tag: string }
  | { readonly kind: 'height'; readonly height: number }
  | { readonly kind: 'range'; readonly from: BlockReference; readonly to: BlockReference }
  | { readonly kind: 'hash'; readonly hash: string };

/** A call with what the spec says of it. */
export interface ClassifiedCall {
  readonly call: Call;
  readonly policy: MethodPolicy;
  readonly block: BlockReference;
}
