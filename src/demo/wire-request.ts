import { isRecord } from '../model/json-path.ts';

/** One call of a request, as far as a fault looks at it. */
export interface WireCall {
  readonly id: unknown;
  readonly method: string;
  readonly params: readonly unknown[];
  /** The whole call as it was parsed. */
  readonly value: unknown;
}

/** What a request asks for. `other` is no JSON-RPC; the provider's anvil says so itself. */
export type WireRequest =
  | { readonly kind: 'single'; readonly call: WireCall }
  | { readonly kind: 'batch'; readonly calls: readonly WireCall[] }
  | { readonly kind: 'other' };

/** Reads a request's body. Never throws. */
export function readRequest(body: Buffer): WireRequest {
  const value = parseJson(body);
  if (Array.isArray(value)) return { kind: 'batch', calls: value.map(callOf) };
  return isRecord(value) ? { kind: 'single', call: callOf(value) } : { kind: 'other' };
}

/** The calls of a request, in order. */
export function callsOf(request: WireRequest): readonly WireCall[] {
  switch (request.kind) {
    case 'single':
      return [request.call];
    case 'batch':
      return request.calls;
    case 'other':
      return [];
  }
}

/** The JSON value of bytes, or undefined where they are no JSON. Never throws. */
export function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}

function callOf(value: unknown): WireCall {
  const { id = null, method, params } = isRecord(value) ? value : {};
  return {
    id,
    method: typeof method === 'string' ? method : '',
    params: Array.isArray(params) ? params : [],
    value,
  };
}
