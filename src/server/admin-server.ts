import { timingSafeEqual } from 'node:crypto';
import { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import type { AdminSettings } from '../model/settings.ts';
import type { OperationResult, Operations, Readies } from '../ports/doors.ts';
import { addProbes } from './probes.ts';
import { isLoopbackHost } from './steering.ts';

/** What the admin door is built from. */
export interface AdminServerOptions {
  /** Read at each request: a reload may have changed the token. Which routes there are is settled at the start. */
  readonly settings: AdminSettings;
  readonly readies: Readies;
  readonly operations: Operations;
  expose(): Promise<{ readonly text: string; readonly contentType: string }>;
  isDraining(): boolean;
}

/** True where only metrics and probes are served: bound beyond loopback, and no token to tell operators by. */
export function isRestricted(settings: AdminSettings): boolean {
  return settings.token === undefined && !isLoopbackHost(settings.host);
}

/** Builds the operators' door: metrics and probes always, the rest where it is safe. */
export async function createAdminServer(options: AdminServerOptions): Promise<FastifyInstance> {
  const server = fastify({ bodyLimit: 64 * 1024, requestTimeout: 30_000, forceCloseConnections: true });
  server.setErrorHandler((error: FastifyError, _request, reply) => {
    const status = error.statusCode ?? 500;
    const why = status < 500 ? 'the HTTP request could not be read' : 'a bug of the gateway; please report it';
    return reply.code(status).send({ done: false, why });
  });
  addProbes(server, options);
  server.get('/metrics', async (_request, reply) => {
    const { text, contentType } = await options.expose();
    return reply.header('content-type', contentType).header('cache-control', 'no-store').send(text);
  });
  if (isRestricted(options.settings)) return server;
  closeWithoutToken(server, options);
  addReads(server, options);
  addWrites(server, options);
  return server;
}

/** A reload may take the token away, and cannot move the door: whoever is bound beyond loopback then serves operators no more. */
function closeWithoutToken(server: FastifyInstance, options: AdminServerOptions): void {
  const { host } = options.settings;
  server.addHook('onRequest', (request, reply, done) => {
    if (!isRestricted({ ...options.settings, host }) || !request.url.startsWith('/api/')) return done();
    const why = 'bound beyond loopback without admin.token: only /metrics and the probes are served';
    return void reply.code(403).send({ done: false, why });
  });
}

function addReads(server: FastifyInstance, { operations }: AdminServerOptions): void {
  server.get('/api/status', (_request, reply) => reply.header('cache-control', 'no-store').send(operations.status()));
  server.get<{ Querystring: Record<string, unknown> }>('/api/explain', (request, reply) => {
    const chain = lastOf(request.query.chain) ?? '';
    const method = lastOf(request.query.method) ?? '';
    const params = lastOf(request.query.params) ?? '[]';
    return reply.header('cache-control', 'no-store').send(operations.explain({ chain, method, params }));
  });
}

/** The value of a query's name; of one that stands there several times the last. */
function lastOf(value: unknown): string | undefined {
  const last: unknown = Array.isArray(value) ? value.at(-1) : value;
  return typeof last === 'string' ? last : undefined;
}

function addWrites(server: FastifyInstance, options: AdminServerOptions): void {
  const { operations } = options;
  const writes = { cordon: operations.cordon, uncordon: operations.uncordon, probe: operations.probe };
  for (const [name, operate] of Object.entries(writes)) {
    server.post<{ Body: unknown }>(`/api/${name}`, (request, reply) => {
      const refusal = refuseWrite(request, options.settings);
      if (refusal !== undefined) return reply.code(refusal.status).send({ done: false, why: refusal.why });
      return answerOperation(reply, operate(upstreamOf(request.body)));
    });
  }
  server.post('/api/reload', async (request, reply) => {
    const refusal = refuseWrite(request, options.settings);
    if (refusal !== undefined) return reply.code(refusal.status).send({ done: false, why: refusal.why });
    const result = await operations.reload();
    return reply.code(result.done ? 200 : 422).send(result);
  });
}

function answerOperation(reply: FastifyReply, result: OperationResult): FastifyReply {
  return reply.code(result.done ? 200 : 404).send(result);
}

function upstreamOf(body: unknown): string {
  if (typeof body !== 'object' || body === null || !('upstream' in body)) return '';
  return typeof body.upstream === 'string' ? body.upstream : '';
}

/**
 * A write needs the token where one is set, and never comes from a page of another origin. Without a token it must name this
 * machine as its host, too: a page whose own name was made to resolve to it (DNS rebinding) is of the same origin.
 */
function refuseWrite(request: FastifyRequest, settings: AdminSettings): { status: number; why: string } | undefined {
  const { origin, host } = request.headers;
  if (origin !== undefined && origin !== `http://${host}`)
    return { status: 403, why: 'requests from other origins are refused' };
  if (settings.token === undefined) {
    if (isLoopbackHost(request.hostname.replace(/^\[|\]$/g, ''))) return undefined;
    return { status: 403, why: 'without admin.token only requests to 127.0.0.1, [::1] or localhost may write' };
  }
  const given = request.headers.authorization?.replace(/^Bearer /i, '') ?? '';
  return isSame(given, settings.token) ? undefined : { status: 401, why: 'the admin token is missing or wrong' };
}

/** Compares in constant time, whatever the lengths. */
function isSame(given: string, expected: string): boolean {
  const left = Buffer.alloc(Buffer.byteLength(expected));
  left.write(given);
  return timingSafeEqual(left, Buffer.from(expected)) && Buffer.byteLength(given) === Buffer.byteLength(expected);
}
