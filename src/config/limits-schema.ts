import { Type } from 'typebox';
import { count, duration, size } from './schema-leaf.ts';

/** Limits that hold for the gateway as a whole, and only there. */
export const gatewayLimitProperties = {
  maxBodyBytes: size('10MiB', 'Largest request body.'),
  maxBufferedBytes: Type.Optional(
    size(
      undefined,
      'Bytes of answers held at one time, of all calls together. Without it a quarter of the memory limit.',
      {
        min: 1_048_576,
      },
    ),
  ),
  connectTimeout: duration('2s', 'Time to open a connection to an upstream.'),
  concurrency: count(
    10_000,
    'Calls in flight in all. Above it calls wait, a second at most and one client after another; above that they are shed.',
  ),
};

/** Limits that a chain may set for itself. */
export const chainLimitProperties = {
  maxBatchCalls: count(1_000, 'Calls in one batch.', { max: 100_000 }),
  maxNesting: count(128, 'Nesting of arrays and objects in a request.', { max: 1_000 }),
  maxResponseBytes: size('256MiB', 'Largest answer of an upstream, on the wire and decoded.'),
  maxHeldBytes: size(
    '16MiB',
    'Largest answer that is held and checked before a byte goes out. A larger one is streamed to a client that asked for it alone; in a batch it is refused.',
  ),
  callTimeout: duration('30s', 'Time of a whole call, retries included.'),
  lightTimeout: duration('2s', 'Time of one attempt of a light method.'),
  normalTimeout: duration('5s', 'Time of one attempt of a normal method.'),
  heavyTimeout: duration('20s', 'Time of one attempt of a heavy method.'),
  writeTimeout: duration('10s', 'Time of one attempt of a write.'),
  getLogsMaxRange: count(10_000, 'Blocks one log query may span.', { max: 1_000_000_000 }),
  upstreamConcurrency: count(
    1_000,
    'Calls in flight per upstream. Above it the upstream is passed over, and waited for where all are.',
  ),
};
