import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';

/** Longer ones are no keys of ours. */
const maxKeyLength = 512;

/**
 * The digest of the key a request carries, or undefined where it carries none. Looked for in the path, in `Authorization: Bearer`, in
 * `x-api-key` and in the query, in this order. The key itself goes no further than this.
 *
 * @param inPath the path's part behind the chain, decoded.
 */
export function digestOfKey(request: FastifyRequest, inPath: string | undefined): string | undefined {
  const key = inPath ?? bearerOf(request) ?? headerOf(request) ?? queryOf(request);
  if (key === undefined) return undefined;
  return createHash('sha256')
    .update(key.slice(0, maxKeyLength + 1))
    .digest('hex');
}

function bearerOf({ headers }: FastifyRequest): string | undefined {
  const { authorization } = headers;
  if (authorization === undefined) return undefined;
  return /^bearer +(\S+) *$/i.exec(authorization)?.[1] ?? '';
}

function headerOf({ headers }: FastifyRequest): string | undefined {
  const value = headers['x-api-key'];
  return Array.isArray(value) ? value[0] : value;
}

/** Only a name written just so: `?key=`. Most requests have no query, and then nothing is parsed. */
function queryOf({ url, query }: FastifyRequest): string | undefined {
  if (!url.includes('?')) return undefined;
  const value = (query as Readonly<Record<string, unknown>>).key;
  return typeof value === 'string' ? value : undefined;
}
