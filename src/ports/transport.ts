import type { SendResult } from '../model/answer.ts';
import type { TrackerId, UpstreamKey } from '../model/names.ts';
import type { Cancel } from './clock.ts';

/** One attempt, as bytes. */
export interface Send {
  readonly upstream: UpstreamKey;
  /**
   * The URL that is meant: a call goes where its snapshot says, also when a reload has given the upstream another one since.
   * Absent: the upstream's present URL.
   */
  readonly tracker?: TrackerId;
  readonly body: Buffer;
  /** Total time of the attempt, connect included; then it fails as `timeout`. */
  readonly timeoutMs: number;
  /** Cap on the answer, wire and decoded bytes alike. */
  readonly maxBytes: number;
  /**
   * Bytes of the answer that are held. A larger one is handed over before it is whole, with a `rest`; while that is read, the attempt's
   * time runs on only when it is the upstream that is waited for. Absent: all of it is held.
   */
  readonly streamAbove?: number;
  /** `fresh`: a new connection (probes, the repeat of a broken poll). */
  readonly connection: 'pooled' | 'fresh';
  /** A stale keep-alive reset may be sent once more on a fresh connection: `reads`, or writes only `if-unsent`. */
  readonly resend: 'reads' | 'if-unsent';
  /** `large`: the answer may be big enough that compressing it pays on a long path, so gzip is asked for. Absent: `small`. */
  readonly answer?: 'small' | 'large';
}

/** The network, as an argument. */
export interface Transport {
  /** Sends once and calls `done` exactly once, never before it returns; after a cancel `done` is not called. */
  send(send: Send, done: (result: SendResult) => void): Cancel;
}
