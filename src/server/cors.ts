import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';
import type { ServerSettings } from '../model/settings.ts';

/** Headers of ours that a page may read. As one text: of a list it would be made anew for each answer. */
const exposed = [
  ...['upstream', 'attempts', 'cache', 'height', 'degraded'].map((name) => `x-switchyard-${name}`),
  'retry-after',
  'x-request-id',
].join(', ');

const verbs = ['GET', 'HEAD', 'POST', 'OPTIONS'];

/** For how long a browser may remember a preflight, in seconds. */
const maxAge = 7200;

/** Lets pages of the configured origins read answers, never with credentials. */
export async function addCors(server: FastifyInstance, settings: ServerSettings['cors']): Promise<void> {
  if (settings === 'off') return;
  if (settings.origins.includes('*')) return addOpenCors(server);
  const origin = [...settings.origins];
  await server.register(cors, { origin, methods: verbs, exposedHeaders: exposed, maxAge, hideOptionsRoute: true });
}

/**
 * All origins may read: said to those that name one, as browsers do. The library says it in every answer, which is a tenth of what
 * an answer that is kept costs; programs need none of it.
 */
function addOpenCors(server: FastifyInstance): void {
  server.addHook('onRequest', (request, reply, done) => {
    const { headers, method } = request;
    if (headers.origin === undefined) return done();
    reply.header('access-control-allow-origin', '*').header('access-control-expose-headers', exposed);
    if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) return done();
    const asked = headers['access-control-request-headers'];
    if (asked !== undefined) reply.header('access-control-allow-headers', asked);
    reply.header('access-control-allow-methods', verbs.join(', ')).header('access-control-max-age', String(maxAge));
    reply.header('vary', 'Access-Control-Request-Headers').code(204).send();
  });
  server.options('*', (_request, reply) => reply.code(204).send());
}
