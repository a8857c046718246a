import { timingSafeEqual } from 'node:crypto';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import type { AdminSettings } from '../model/settings.ts';
import type { OperationResult, Operations, Readies } from '../ports/doors.ts';
import { addProbes } from './probes.ts';
import { isLoopbackHost } from './steering.ts';

/** What the admin door is built from. */
export interface AdminServerOptions {
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
  addProbes(server, options);
  server.get('/metrics', async (_request, reply) => {
    const { text, contentType } = await options.expose();
    return reply.header('content-type', contentType).header('cache-control', 'no-store').send(text);
  });
  if (isRestricted(options.settings)) return server;
  addReads(server, options);
  addWrites(server, options);
  return server;
}

function addReads(server: FastifyInstance, { operations }: AdminServerOptions): void {
  server.get('/api/status', (_request, reply) => reply.header('cache-control', 'no-store').send(operations.status()));
  server.get<{ Querystring: Record<string, string | undefined> }>('/api/explain', (request, reply) => {
    const { chain = '', method = '', params = '[]' } = request.query;
    return reply.header('cache-control', 'no-store').send(operations.explain({ chain, method, params }));
  });
}

function addWrites(server: FastifyInstance, { settings, operations }: AdminServerOptions): void {
  const writes = { cordon: operations.cordon, uncordon: operations.uncordon, probe: operations.probe };
  for (const [name, operate] of Object.entries(writes)) {
    server.post<{ Body: unknown }>(`/api/${name}`, (request, reply) => {
      const refusal = refuseWrite(request, settings);
      if (refusal !== undefined) return reply.code(refusal.status).send({ done: false, why: refusal.why });
      return answerOperation(reply, operate(upstreamOf(request.body)));
    });
  }
}

function answerOperation(reply: FastifyReply, result: OperationResult): FastifyReply {
  return reply.code(result.done ? 200 : 404).send(result);
}

function upstreamOf(body: unknown): string {
  if (typeof body !== 'object' || body === null || !('upstream' in body)) return '';
  return typeof body.upstream === 'string' ? body.upstream : '';
}

/** A write needs the token where one is set, and never comes from a page of another origin. */
function refuseWrite(request: FastifyRequest, settings: AdminSettings): { status: number; why: string } | undefined {
  const { origin, host } = request.headers;
  if (origin !== undefined && origin !== `http://${host}`)
    return { status: 403, why: 'requests from other origins are refused' };
  if (settings.token === undefined) return undefined;
  const given = request.headers.authorization?.replace(/^Bearer /i, '') ?? '';
  return isSame(given, settings.token) ? undefined : { status: 401, why: 'the admin token is missing or wrong' };
}

/** Compares in constant time, whatever the lengths. */
function isSame(given: string, expected: string): boolean {
  const left = Buffer.alloc(Buffer.byteLength(expected));
  left.write(given);
  return timingSafeEqual(left, Buffer.from(expected)) && Buffer.byteLength(given) === Buffer.byteLength(expected);
}
