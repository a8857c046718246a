import { timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { isLoopbackHost } from '../model/loopback.ts';
import type { AdminSettings } from '../model/settings.ts';

/** Browsers must send this header with a write: no page of another origin can without being asked for its leave first. */
export const operatorHeader = 'x-switchyard-operator';

/** Why somebody may not do what they asked for. */
export interface OperatorRefusal {
  readonly status: number;
  readonly why: string;
}

/** True where only metrics and probes are served: bound beyond loopback, and no token to tell operators by. */
export function isRestricted(settings: AdminSettings): boolean {
  return settings.token === undefined && !isLoopbackHost(settings.host);
}

/**
 * Says why a write is refused; undefined where it is not. It needs the token where one is set, and never comes from a page of another
 * origin. Without a token it must name this machine as its host, too: a page whose own name was made to resolve to it (DNS
 * rebinding) is of the same origin.
 */
export function refuseWrite(request: FastifyRequest, settings: AdminSettings): OperatorRefusal | undefined {
  if (isOfOtherOrigin(request)) return { status: 403, why: 'requests from other origins are refused' };
  if (isOfBrowser(request) && request.headers[operatorHeader] === undefined)
    return { status: 403, why: `a browser must send the header ${operatorHeader}` };
  if (settings.token === undefined) {
    if (isLoopbackHost(request.hostname.replace(/^\[|\]$/g, ''))) return undefined;
    return { status: 403, why: 'without admin.token only requests to 127.0.0.1, [::1] or localhost may write' };
  }
  const given = request.headers.authorization?.replace(/^Bearer /i, '') ?? '';
  return isSame(given, settings.token) ? undefined : { status: 401, why: 'the admin token is missing or wrong' };
}

/** A proxy in front may speak TLS: the page's origin is then of another scheme than we see. */
function isOfOtherOrigin({ headers: { origin, host, 'sec-fetch-site': site } }: FastifyRequest): boolean {
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) return true;
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}

function isOfBrowser({ headers }: FastifyRequest): boolean {
  return headers.origin !== undefined || headers['sec-fetch-site'] !== undefined;
}

/** Compares in constant time, whatever the lengths. */
function isSame(given: string, expected: string): boolean {
  const left = Buffer.alloc(Buffer.byteLength(expected));
  left.write(given);
  return timingSafeEqual(left, Buffer.from(expected)) && Buffer.byteLength(given) === Buffer.byteLength(expected);
}
