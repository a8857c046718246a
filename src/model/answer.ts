import type { Verdict } from './verdict.ts';

/**
 * An upstream's complete, well-formed answer. Bytes are views into its body, unchanged.
 * An `error` has at least an integer code, whatever the upstream wrote.
 */
export type Answer =
  | {
      readonly kind: 'result';
      readonly result: Buffer;
      /** There where the result is too large to be held: then `result` is empty, and all of it is read from here. */
      readonly rest?: AnswerRest;
    }
  | {
      readonly kind: 'error';
      readonly error: Buffer;
      readonly code: number;
      readonly message: string;
      readonly data: Buffer | undefined;
    };

/**
 * Bytes that are too many to be held: their beginning is here, the rest is on its way, and comes no faster than it is read.
 * Whoever has it reads it to its end or cancels it.
 */
export interface AnswerRest {
  /** What has arrived, in order. It counts as held until the first `read`. */
  readonly beginning: readonly Buffer[];
  /**
   * What comes after all that was read before; to be called again only once it has said so. After the end, a break or a cancel it says
   * the same for ever. Never rejects.
   */
  read(): Promise<RestPiece>;
  /** Nobody wants the rest: its connection is closed. Again, or after the end, does nothing. */
  cancel(): void;
}

/** One step of reading what was too large to be held. `malformed`: it is no answer after all, as far as it came. */
export type RestPiece =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'ended' }
  | { readonly kind: 'broken'; readonly failure: TransportFailure | 'malformed' };

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
      /** There where the send allowed it and the body is too large to be held: then `body` is empty, and all of it is read from here. */
      readonly rest?: AnswerRest;
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
  /** The newest block it showed, where that is behind what was shown before: of several such answers the highest is the best. */
  readonly shown?: number;
}
