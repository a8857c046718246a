import { type FastifyHttpOptions, type FastifyInstance, fastify } from 'fastify';
import { type Certificate, secureOptions } from './certificate.ts';

/** Everything of a door's options that is not how it speaks. */
export type DoorOptions = Omit<
  FastifyHttpOptions<FastifyInstance['server']>,
  'http' | 'requestTimeout' | 'keepAliveTimeout'
>;

/** A request has so long to arrive whole, and its headers so long of that, from its first byte or the connection's. In milliseconds. */
const requestTimeout = 30_000;
const headersTimeout = 15_000;

/** How often who is late is looked for: a slow client may stay so much longer. In milliseconds. */
const connectionsCheckingInterval = 5_000;

/** Longer than the idle time of the usual load balancers (60 s), so that they close first. In milliseconds. */
const keepAliveTimeout = 75_000;

/** All headers of a request together, in bytes. */
const maxHeaderSize = 16 * 1024;

/** Headers a request may have: no client of ours needs a quarter of them. */
export const maxHeaders = 100;

/** A connection is closed in good order after so many requests, so that load balancers spread their own anew now and then. */
const maxRequestsPerSocket = 100_000;

/** Connections that may be open; more are not accepted. */
const maxConnections = 20_000;

/**
 * Opens the wire of the public door: HTTP/1.1, plain or over TLS, read by the strict parser, with bounds on time and size that no setting
 * of the process loosens.
 */
export function openWire(options: DoorOptions, certificate: Certificate | undefined): FastifyInstance {
  const http = { connectionsCheckingInterval, headersTimeout, maxHeaderSize, insecureHTTPParser: false };
  const common = { ...options, requestTimeout, keepAliveTimeout, maxRequestsPerSocket };
  const server =
    certificate === undefined
      ? fastify({ ...common, http })
      : // An https server is an http server in all that is done with it here.
        (fastify({ ...common, https: { ...http, ...secureOptions(certificate) } } as object) as FastifyInstance);
  server.server.maxConnections = maxConnections;
  return server;
}
