import type { Verdict } from './verdict.ts';

/**
 * An upstream's complete, well-formed answer. Bytes are views into its body, unchanged.
 * An `error` has at least an integer code, whatever the upstream wrote.
 */
export type Answer =
  | { readonly kind: 'result'; readonly result: Buffer }
  | {
      readonly kind: 'error';
      readonly error: Buffer;
      readonly code: number;
      readonly message: string;
      readonly data: Buffer | undefined;
    };

/** How a send came to nothing. */
export type TransportFailure =
  | 'refused'
  | 'reset'
  | 'unreachable'
  | 'dns'
  | 'tls'
  | 'connect-timeout'
  | 'timeout'
  | 'truncated'
  | 'bad-http'
  | 'bad-encoding'
  | 'too-large'
  | 'over-budget'
  | 'local'
  | 'aborted';

/** What came of one send to one upstream, before anybody judged it. */
export type SendResult =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly body: Buffer;
      /** `proven`: the transfer said by itself where it ends, and ended there. Absent or `unproven`: it ended when the connection did. */
      readonly whole?: 'proven' | 'unproven';
      /** `Retry-After` in milliseconds, when the header was there and could be read. */
      readonly retryAfterMs?: number;
      /** Identifies the connection, so that one broken connection counts as one failure. */
      readonly connection: number;
    }
  | {
      readonly kind: 'failed';
      readonly failure: TransportFailure;
      /** `nothing`: not a byte of the request can have reached the upstream. */
      readonly sent: 'nothing' | 'maybe';
      readonly connection: number;
    };

/** What came of one attempt, judged. `answer` is there whenever the upstream gave a valid answer of the protocol. */
export interface AttemptOutcome {
  readonly verdict: Verdict;
  readonly answer?: Answer;
  readonly sent: 'nothing' | 'maybe';
  readonly connection: number;
  /** How the send came to nothing, where it did. */
  readonly failure?: TransportFailure;
  /** The failure in words, without URLs: for events and the `attempts` list of a fault. */
  readonly detail: string;
}
