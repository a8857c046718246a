/** A call as it goes to an upstream. */
export interface OutgoingCall {
  readonly method: string;
  /** Valid JSON, sent byte for byte; undefined leaves the member out. */
  readonly params: Buffer | undefined;
}

/**
 * Writes a call with an id of our own around the params' bytes. Nothing of the client's envelope goes along: not its id, not its other
 * members, not its spelling of the method. Never throws.
 */
export function writeCall(call: OutgoingCall, id: number): Buffer {
  const name = JSON.stringify(call.method);
  if (call.params === undefined) return Buffer.from(`{"jsonrpc":"2.0","id":${id},"method":${name}}`);
  const head = `{"jsonrpc":"2.0","id":${id},"method":${name},"params":`;
  const headBytes = Buffer.byteLength(head);
  const bytes = Buffer.allocUnsafe(headBytes + call.params.length + 1);
  bytes.write(head);
  bytes.set(call.params, headBytes);
  bytes[bytes.length - 1] = 0x7d; // }
  return bytes;
}
