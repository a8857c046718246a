import type { Client } from '../model/client.ts';

/** A call that is over what its client may use: how long until it may ask again, in milliseconds. */
export interface OverLimit {
  readonly retryAfterMs: number;
}

/** Counts what clients use, by bucket. Memory is bounded by the clients of the last second. */
export interface ClientLimits {
  /** Takes one call of `cost` units; undefined where the client may make it. Only for clients with rates. Never rejects. */
  take(client: Client, cost: number): Promise<OverLimit | undefined>;
  /** Takes a place among the client's calls in flight; false where it has as many as it may. Each place is given back by `leave`. */
  enter(client: Client): boolean;
  leave(client: Client): void;
}
