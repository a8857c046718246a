import type { IncomingHttpHeaders } from 'node:http';

/** Steering headers a client may send, without their prefix. */
const steeringNames = ['provider', 'exclude', 'timeout-ms', 'cache', 'session', 'consistency', 'quorum'] as const;

const prefixed = steeringNames.map((name) => [name, `x-switchyard-${name}`] as const);

const none: ReadonlyMap<string, string> = new Map();

/** Reads the steering headers; the same empty map for the many requests that have none. Values of a repeated header are joined by commas, as HTTP means them. */
export function readSteering(headers: IncomingHttpHeaders): ReadonlyMap<string, string> {
  let found: Map<string, string> | undefined;
  for (const [name, header] of prefixed) {
    const value = headers[header];
    if (value === undefined) continue;
    found ??= new Map();
    found.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return found ?? none;
}
