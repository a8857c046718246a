import { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import type { AdminSettings } from '../model/settings.ts';
import type { Clock } from '../ports/clock.ts';
import type { OperationResult, Operations, Readies } from '../ports/doors.ts';
import type { Handle } from '../ports/handle.ts';
import { isRestricted, refuseWrite } from './operator-gate.ts';
import { addConsole } from './page/add-console.ts';
import { addEvents } from './page/add-events.ts';
import { addPage } from './page/add-page.ts';
import { securityHeaders } from './page/security-headers.ts';
import { addProbes } from './probes.ts';
import { type AnswerStatus, createClientErrorHandler, refuseTunnels } from './socket-answer.ts';

/** What the admin door is built from. */
export interface AdminServerOptions {
  /** Read at each request: a reload may have changed the token. Which routes there are is settled at the start. */
  readonly settings: AdminSettings;
  readonly readies: Readies;
  readonly operations: Operations;
  /** The path of a call, for the page's console. */
  readonly handle: Handle;
  readonly clock: Clock;
  expose(): Promise<{ readonly text: string; readonly contentType: string }>;
  isDraining(): boolean;
}

/** Builds the operators' door: metrics and probes always, the rest where it is safe. */
export async function createAdminServer(options: AdminServerOptions): Promise<FastifyInstance> {
  const server = fastify({
    bodyLimit: 64 * 1024,
    requestTimeout: 30_000,
    forceCloseConnections: true,
    // A request without a host is refused below, where it gets the headers that every answer has.
    http: {
      connectionsCheckingInterval: 5_000,
      headersTimeout: 15_000,
      insecureHTTPParser: false,
      requireHostHeader: false,
    },
    clientErrorHandler: createClientErrorHandler(unreadable),
    frameworkErrors: (_error, _request, reply: FastifyReply) => {
      reply.code(400).headers(securityHeaders).send(noHttp);
    },
  });
  refuseTunnels(server, unreadable);
  server.setErrorHandler((error: FastifyError, _request, reply) => {
    const status = error.statusCode ?? 500;
    return reply
      .code(status)
      .send(status < 500 ? noHttp : { done: false, why: 'a bug of the gateway; please report it' });
  });
  server.addHook('onRequest', (request, reply, done) => {
    reply.headers(securityHeaders);
    if (request.headers.host === undefined) return void reply.code(400).send(noHttp);
    done();
  });
  addProbes(server, options);
  server.get('/metrics', async (_request, reply) => {
    const { text, contentType } = await options.expose();
    return reply.header('content-type', contentType).header('cache-control', 'no-store').send(text);
  });
  if (isRestricted(options.settings)) return server;
  const { host } = options.settings;
  const isShut = (): boolean => isRestricted({ ...options.settings, host });
  closeWithoutToken(server, isShut);
  addReads(server, options);
  addWrites(server, options);
  addPage(server);
  addConsole(server, options);
  const { clock, operations } = options;
  addEvents(server, { clock, status: operations.status, isOpen: () => !isShut() });
  return server;
}

const noHttp = { done: false, why: 'the HTTP request could not be read' };

const unreadable: AnswerStatus = (status) => {
  const headers = { ...securityHeaders, 'content-type': 'application/json; charset=utf-8' };
  return { status, headers, body: Buffer.from(JSON.stringify(noHttp)) };
};

/** A reload may take the token away, and cannot move the door: whoever is bound beyond loopback then serves operators no more. */
function closeWithoutToken(server: FastifyInstance, isShut: () => boolean): void {
  server.addHook('onRequest', (request, reply, done) => {
    if (!isShut() || alwaysOpen.test(request.url)) return done();
    const why = 'bound beyond loopback without admin.token: only /metrics and the probes are served';
    return void reply.code(403).send({ done: false, why });
  });
}

/** What load balancers and Prometheus ask. */
const alwaysOpen = /^\/(?:metrics|livez|readyz)(?:[/?]|$)/;

function addReads(server: FastifyInstance, options: AdminServerOptions): void {
  const { operations } = options;
  server.get('/api/status', (_request, reply) => reply.header('cache-control', 'no-store').send(operations.status()));
  server.get<{ Querystring: Record<string, unknown> }>('/api/explain', (request, reply) => {
    const { chain, method, params, request: past } = request.query;
    const asked = { chain: lastOf(chain), method: lastOf(method), past: lastOf(past), params: lastOf(params) };
    return answerExplain({ request, reply }, options, asked);
  });
  server.post<{ Body: unknown }>('/api/explain', (request, reply) => {
    const { chain, method, params, request: past } = membersOf(request.body);
    const asked = { chain: lastOf(chain), method: lastOf(method), past: lastOf(past) };
    return answerExplain({ request, reply }, options, { ...asked, params: JSON.stringify(params) });
  });
}

/** What is to be explained: a call that might be made, or a request that was. */
interface Explained {
  readonly chain: string | undefined;
  readonly method: string | undefined;
  /** JSON text. */
  readonly params: string | undefined;
  /** The id of a past request. */
  readonly past: string | undefined;
}

/** Past requests are their clients' affair: they are told of to whoever may write. */
function answerExplain(
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  { operations, settings }: AdminServerOptions,
  { chain = '', method = '', params = '[]', past }: Explained,
): FastifyReply {
  reply.header('cache-control', 'no-store');
  if (past === undefined) return reply.send(operations.explain({ chain, method, params }));
  const refusal = refuseWrite(request, settings);
  if (refusal !== undefined) return reply.code(refusal.status).send({ done: false, why: refusal.why });
  return reply.send(operations.recall(past));
}

function membersOf(body: unknown): Readonly<Record<string, unknown>> {
  return typeof body === 'object' && body !== null ? { ...body } : {};
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
  return lastOf(membersOf(body).upstream) ?? '';
}
