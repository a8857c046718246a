import type { Poison, WireCall } from './sim-url.ts';

/** The marker with which the last parameter names the client's call: `#17`, or `#17 hang` for a poisonous one. */
const marker = /^#(\d+)(?: (hang|fail|close))?$/;

/** Reads a call off the wire, and takes from it what marks it as a client's. */
export function readCall(body: Buffer): WireCall {
  const parsed: { id: number; method: string; params?: readonly unknown[] } = JSON.parse(body.toString());
  const params = parsed.params ?? [];
  const found = marker.exec(String(params.at(-1)));
  return {
    id: parsed.id,
    method: parsed.method,
    params: found === null ? params : params.slice(0, -1),
    number: found === null ? -1 : Number(found[1]),
    poison: poisonOf(found?.[2]),
  };
}

function poisonOf(text: string | undefined): Poison | undefined {
  return text === 'hang' || text === 'fail' || text === 'close' ? text : undefined;
}
