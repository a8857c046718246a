import { type Encoding, readEncoding } from './decoder.ts';
import { findHeader } from './raw-headers.ts';
import { parseRetryAfter } from './retry-after.ts';

/** What an answer's head says. */
export interface AnswerHead {
  readonly status: number;
  readonly encoding: Encoding;
  /** Bytes of the body on the wire, where the head says so. */
  readonly length: number | undefined;
  /** `proven`: the transfer says by itself where it ends. */
  readonly whole: 'proven' | 'unproven';
  /** In milliseconds, where the upstream turned us away and said for how long. */
  readonly retryAfterMs: number | undefined;
}

/** What is known before a head has come. */
export const noHead: AnswerHead = {
  status: 0,
  encoding: 'identity',
  length: undefined,
  whole: 'unproven',
  retryAfterMs: undefined,
};

/** Reads the head of an answer; `headers` are names and values in turn. Never throws. */
export function readAnswerHead(
  headers: readonly Buffer[],
  { status, wallMs }: { readonly status: number; readonly wallMs: number },
): AnswerHead {
  const length = findHeader(headers, 'content-length');
  const mayWait = status === 429 || status === 503;
  const retryAfter = mayWait ? findHeader(headers, 'retry-after') : undefined;
  return {
    status,
    encoding: readEncoding(findHeader(headers, 'content-encoding') ?? ''),
    length: length === undefined ? undefined : Number(length),
    whole: length !== undefined || findHeader(headers, 'transfer-encoding') !== undefined ? 'proven' : 'unproven',
    retryAfterMs: retryAfter === undefined ? undefined : parseRetryAfter(retryAfter, wallMs),
  };
}
