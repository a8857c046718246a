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
  const degraded = headers['x-switchyard-degraded'];
  return {
    status,
    ...(error === undefined ? { result } : { message: error.message }),
    ...(fault !== undefined && { fault }),
    ...(retryAfter !== undefined && { retryAfter }),
    ...(provider !== undefined && { provider }),
    ...(degraded !== undefined && { degraded }),
  };
}
