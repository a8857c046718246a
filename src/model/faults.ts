/** One line of the fault table: what the gateway itself answers (JSON-RPC code, HTTP status), and when. */
export interface Fault {
  readonly code: number;
  readonly http: number;
  /** A sentence for the reference page. */
  readonly when: string;
  /** True where the HTTP answer carries `Retry-After`. */
  readonly retryAfter?: true;
}

/** Every answer the gateway gives in its own name. `data.fault` carries the key. */
export const faults = {
  PARSE_ERROR: { code: -32700, http: 400, when: 'the body is no JSON' },
  INVALID_REQUEST: {
    code: -32600,
    http: 400,
    when: 'JSON, but no JSON-RPC request; an empty batch; a repeated envelope member; wrong verb (405)',
  },
  METHOD_NOT_FOUND: {
    code: -32601,
    http: 200,
    when: 'the method is not in the spec and `methods.unknown` is `reject`',
  },
  METHOD_FORBIDDEN: { code: -32066, http: 200, when: 'denied by spec, policy or key' },
  RATE_LIMITED: {
    code: -32065,
    http: 429,
    when: 'the client is over its budget (-32005 on evm chains)',
    retryAfter: true,
  },
  NO_UPSTREAM: { code: -32603, http: 503, when: 'no upstream may be asked', retryAfter: true },
  UPSTREAMS_EXHAUSTED: { code: -32603, http: 502, when: 'every attempt failed without a usable answer' },
  DEADLINE_PASSED: { code: -32603, http: 504, when: "the call's time is over" },
  OVERLOADED: { code: -32603, http: 503, when: "shed by the gateway's own limits", retryAfter: true },
  NOT_READY: { code: -32603, http: 503, when: 'the chain is still starting', retryAfter: true },
  SHUTTING_DOWN: { code: -32603, http: 503, when: 'the gateway is draining' },
  HEIGHT_NOT_REACHED: {
    code: -32603,
    http: 503,
    when: 'no upstream has the height this session saw, and strictness was asked for',
    retryAfter: true,
  },
  BODY_TOO_LARGE: { code: -32055, http: 413, when: 'the request is over the size limit' },
  RESPONSE_TOO_LARGE: {
    code: -32056,
    http: 502,
    when: "the upstream's answer is over the limit, in wire or decoded bytes",
  },
  BATCH_TOO_LARGE: { code: -32057, http: 413, when: 'too many calls in one batch' },
  UNKNOWN_CHAIN: { code: -32058, http: 404, when: 'no such chain in the path' },
  RANGE_TOO_WIDE: { code: -32067, http: 200, when: 'a log range over the limit; the message names what is allowed' },
  WRITE_OUTCOME_UNKNOWN: {
    code: -32061,
    http: 200,
    when: 'a write was sent and nobody answered; `data` carries the transaction hash',
  },
  UNAUTHORIZED: { code: -32062, http: 401, when: 'the key is missing or wrong' },
  QUORUM_DISAGREES: { code: -32064, http: 502, when: "no quorum; the providers' digests are in `data`" },
  INTERNAL: { code: -32603, http: 500, when: 'a bug of the gateway' },
} as const satisfies Record<string, Fault>;

/** The name of a fault: a key of the table. */
export type FaultName = keyof typeof faults;

/** A fault as it is answered: `message` says what happened and what to do; never a URL, a host or a key. */
export interface FaultAnswer {
  readonly fault: FaultName;
  readonly message: string;
  /** Where it differs from the table: `405` for a wrong verb. */
  readonly http?: number;
  readonly retryAfterSeconds?: number;
  /** More members of `error.data`, beside `fault`. Plain JSON values. */
  readonly data?: Readonly<Record<string, unknown>>;
}
