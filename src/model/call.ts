import type { MethodPolicy } from './method-policy.ts';

/** One JSON-RPC call as the client sent it. Bytes are views into the request's body. */
export interface Call {
  /** The id's bytes as sent; undefined means a notification. */
  readonly id: Buffer | undefined;
  readonly method: string;
  /** The params' bytes as sent; undefined means absent. */
  readonly params: Buffer | undefined;
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
