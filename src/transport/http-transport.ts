import type { SendResult, TransportFailure } from '../model/answer.ts';
import type { Cancel } from '../ports/clock.ts';
import type { HeldBytes } from '../ports/held-bytes.ts';
import type { Transport } from '../ports/transport.ts';
import { Attempt } from './attempt.ts';
import { ByteBudget } from './byte-budget.ts';
import { nextConnection } from './line.ts';
import { type SiteOptions, Sites, type TransportEndpoint } from './sites.ts';

/** What the transport sends to, how, and what it may hold meanwhile. */
export interface HttpTransportOptions extends SiteOptions {
  readonly endpoints: readonly TransportEndpoint[];
  /** Bytes that all attempts under way may hold together; above it the newest of those that hold many fails as `over-budget`. */
  readonly maxBufferedBytes: number;
}

/** The network over HTTP/1.1. */
export interface HttpTransport extends Transport {
  /**
   * Sends to these endpoints from now on; where an upstream is there twice, the later URL is its present one. A URL that stays keeps its connections; one that goes finishes what is under
   * way. Resolves when nothing of the old is left; rejects only on a URL that cannot be parsed.
   */
  replace(endpoints: readonly TransportEndpoint[]): Promise<void>;
  /** The memory for answers. What of it attempts under way hold is taken and given back here; whoever keeps answers longer does so too. */
  readonly held: HeldBytes;
  /** Bytes held now, by attempts under way and by whoever else takes of it. */
  bufferedBytes(): number;
  /** Ends every attempt as `aborted` and closes every connection; later sends end as `aborted`. Never rejects. */
  close(): Promise<void>;
}

/**
 * Makes the transport. It never follows a redirect, shows no host or URL in a result, holds no more than it was allowed
 * and waits no longer than the attempt's own deadline.
 *
 * @throws TypeError when a URL cannot be parsed, which the configuration has ruled out; the text does not show it.
 */
export function createHttpTransport(options: HttpTransportOptions): HttpTransport {
  const budget = new ByteBudget(options.maxBufferedBytes);
  const sites = new Sites(options, budget);
  void sites.replace(options.endpoints);
  return {
    send: (send, done) => {
      const world = sites.worldOf(send);
      if (world === undefined) return refuse(sites.closed ? 'aborted' : 'local', done);
      const attempt = new Attempt(world, send, done);
      attempt.start();
      return () => attempt.cancel();
    },
    replace: async (endpoints) => {
      await sites.replace(endpoints);
    },
    held: budget,
    bufferedBytes: () => budget.held,
    close: async () => sites.close(),
  };
}

/** Fails a send that cannot even begin: not inside the call, as with any other. */
function refuse(failure: TransportFailure, done: (result: SendResult) => void): Cancel {
  let cancelled = false;
  queueMicrotask(() => {
    if (!cancelled) done({ kind: 'failed', failure, sent: 'nothing', connection: nextConnection() });
  });
  return () => {
    cancelled = true;
  };
}
