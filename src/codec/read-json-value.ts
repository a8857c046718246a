const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Parses a small answer to a question of our own: a head, a chain id. Answers undefined, and never throws, where the bytes are no JSON
 * or no UTF-8. Numbers lose what a double cannot hold, so this is no way for bytes that go on to a client. The caller bounds the size.
 */
export function readJsonValue(bytes: Buffer): unknown {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch {
    return undefined;
  }
}
