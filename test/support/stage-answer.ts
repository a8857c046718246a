import type { GatewayReply } from '../../src/ports/handle.ts';

/** One answer as a client of the stage sees it. */
export interface StageAnswer {
  readonly status: number;
  readonly result?: unknown;
  /** The name of the gateway's own fault. */
  readonly fault?: string;
  readonly message?: string;
  readonly retryAfter?: string;
  /** The provider whose answer it is. */
  readonly provider?: string;
  readonly degraded?: string;
  /** The height it is said to be of. */
  readonly height?: number;
  readonly attempts?: number;
  /** What the cache had to do with it. */
  readonly cache?: string;
  /** What a fault says beside its message. */
  readonly data?: unknown;
}

interface Envelope {
  readonly result?: unknown;
  readonly error?: { readonly message: string; readonly data?: { readonly fault?: string } };
}

/** Reads an answer off what the door would send. */
export function readStageAnswer({ status, headers, body }: GatewayReply): StageAnswer {
  const { result, error }: Envelope = JSON.parse(Buffer.concat(body ?? []).toString());
  const fault = error?.data?.fault;
  const retryAfter = headers['retry-after'];
  const provider = headers['x-switchyard-upstream']?.split('/')[0];
  const height = headers['x-switchyard-height'];
  const attempts = headers['x-switchyard-attempts'];
  const cache = headers['x-switchyard-cache'];
  const degraded = headers['x-switchyard-degraded'];
  return {
    status,
    ...(error === undefined ? { result } : { message: error.message }),
    ...(fault !== undefined && { fault }),
    ...(retryAfter !== undefined && { retryAfter }),
    ...(provider !== undefined && { provider }),
    ...(degraded !== undefined && { degraded }),
    ...(height !== undefined && { height: Number(height) }),
    ...(attempts !== undefined && { attempts: Number(attempts) }),
    ...(cache !== undefined && { cache }),
    ...(error?.data !== undefined && { data: error.data }),
  };
}
