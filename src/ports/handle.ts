import type { AnswerRest } from '../model/answer.ts';

/** A client's request as the door hands it over: no framework object, no socket. */
export interface GatewayRequest {
  /** The chain's name or alias from the path; undefined for `/`. */
  readonly chain: string | undefined;
  readonly body: Buffer;
  readonly client: { readonly address: string; readonly loopback: boolean };
  /** SHA-256 of the key the request carries, in hex; absent where it carries none. */
  readonly credential?: string | undefined;
  /** `path` where that key stood behind the chain in the path. */
  readonly credentialIn?: 'path' | undefined;
  /** The id its client gave the request, under which it is remembered. */
  readonly requestId?: string | undefined;
  /** Steering headers, lower case, without the `x-switchyard-` prefix; whether they are obeyed is decided by who calls. */
  readonly steering: ReadonlyMap<string, string>;
}

/** The answer as the door sends it. `body` absent means no content (204). */
export interface GatewayReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Pieces in order; their sum is the content. */
  readonly body: readonly Buffer[] | undefined;
  /**
   * What comes after the pieces, which hold its beginning already. Too large to be held: to be read to its end, or cancelled where nobody takes it any more. Where it breaks
   * off, so must the answer: it must not end as if it were whole.
   */
  readonly rest?: AnswerRest;
  /** There where the content counts as held: to be called once it has left, or the client has gone. Again does nothing. */
  letGo?(): void;
}

/** The whole path of one request. Never rejects; `cancel` is called when the client has gone. */
export type Handle = (request: GatewayRequest, onCancel: (cancel: () => void) => void) => Promise<GatewayReply>;
