/** A client's request as the door hands it over: no framework object, no socket. */
export interface GatewayRequest {
  /** The chain's name or alias from the path; undefined for `/`. */
  readonly chain: string | undefined;
  readonly body: Buffer;
  readonly client: { readonly address: string; readonly loopback: boolean };
  /** Steering headers, lower case, without the `x-switchyard-` prefix; empty when steering is not allowed. */
  readonly steering: ReadonlyMap<string, string>;
}

/** The answer as the door sends it. `body` absent means no content (204). */
export interface GatewayReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Pieces in order; their sum is the content. */
  readonly body: readonly Buffer[] | undefined;
  /** There where the content counts as held: to be called once it has left, or the client has gone. Again does nothing. */
  letGo?(): void;
}

/** The whole path of one request. Never rejects; `cancel` is called when the client has gone. */
export type Handle = (request: GatewayRequest, onCancel: (cancel: () => void) => void) => Promise<GatewayReply>;
