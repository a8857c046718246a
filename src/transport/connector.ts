import { connect as connectTcp, isIP, type Socket, type TcpNetConnectOpts } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Clock } from '../ports/clock.ts';
import { DialError, type DialStage, dialFailure } from './failure.ts';
import type { Resolver } from './resolver.ts';

/** Where connections of one endpoint go, and how they are made. */
export interface Route {
  readonly url: URL;
  readonly clock: Clock;
  readonly resolver: Resolver;
  readonly connectTimeoutMs: number;
  /** Certificates (PEM) to trust in place of the platform's; absent means the platform's. */
  readonly authorities?: readonly string[];
}

/** A connection, or the reason why there is none. */
export type Dialled = (error: DialError | null, socket: Socket | null) => void;

/** As much as one read of the platform brings; with less a large answer is read in fits and starts. */
const readAheadBytes = 64 * 1024;

/** The wait before another address family is tried beside one that does not answer (RFC 8305). */
const familyFallbackMs = 250;

/** TCP keep-alive probes start after so much silence: a peer that vanished is noticed on an idle connection. */
const keepAliveDelayMs = 60_000;

/**
 * Opens one connection: name, TCP and TLS handshake within `connectTimeoutMs` in all, on our own clock. Certificates are
 * always verified, whatever the environment says. Calls `dialled` once; the socket is returned at once, to be destroyed
 * by whoever no longer wants it.
 */
export function dial(route: Route, dialled: Dialled): Socket {
  const secure = route.url.protocol === 'https:';
  const socket = secure ? openTls(route) : connectTcp(tcpOptions(route));
  let stage: DialStage = 'connecting';
  let settled = false;
  const cancelTimer = route.clock.after(route.connectTimeoutMs, () => {
    socket.destroy(new DialError('connect-timeout'));
  });
  socket.setNoDelay(true);
  socket.setKeepAlive(true, keepAliveDelayMs);
  socket.once('connect', () => {
    stage = 'greeting';
  });
  socket.once(secure ? 'secureConnect' : 'connect', () => {
    settled = true;
    cancelTimer();
    dialled(null, socket);
  });
  // Stays for good: a socket without a listener turns a late error into an uncaught one.
  socket.on('error', (error) => {
    if (settled) return;
    settled = true;
    cancelTimer();
    route.resolver.distrust();
    dialled(new DialError(dialFailure(error, stage)), null);
  });
  socket.once('close', cancelTimer);
  return socket;
}

function tcpOptions(route: Route): TcpNetConnectOpts & { readonly highWaterMark: number } {
  const { url, resolver } = route;
  return {
    host: plainHost(url),
    port: portOf(url),
    lookup: resolver.lookup,
    highWaterMark: readAheadBytes,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: familyFallbackMs,
  };
}

function openTls(route: Route): Socket {
  const host = plainHost(route.url);
  return connectTls({
    ...tcpOptions(route),
    // A server name is a name; an address in its place is refused by those who look (RFC 6066).
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(route.authorities === undefined ? {} : { ca: [...route.authorities] }),
    ALPNProtocols: ['http/1.1'],
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
  });
}

function plainHost(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}
