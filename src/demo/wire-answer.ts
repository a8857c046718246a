/** An answer of HTTP as it goes over the wire: the body's bytes are as the provider's anvil wrote them, until a fault spoils them. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** An answer of status 200 with a JSON body. */
export function jsonAnswer(value: unknown): WireAnswer {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(value)) };
}
