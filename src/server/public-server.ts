import cors from '@fastify/cors';
import { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import type { FaultAnswer } from '../model/faults.ts';
import type { ServerSettings } from '../model/settings.ts';
import type { Readies, Refuse } from '../ports/doors.ts';
import type { GatewayReply, Handle } from '../ports/handle.ts';
import { addProbes } from './probes.ts';
import { isLoopback, readSteering } from './steering.ts';

/** What the public door is built from. */
export interface PublicServerOptions {
  /** Read at each request, all but `cors`: a reload may have changed it. */
  readonly settings: ServerSettings;
  readonly maxBodyBytes: number;
  readonly handle: Handle;
  readonly refuse: Refuse;
  readonly readies: Readies;
  isDraining(): boolean;
}

/** Headers of ours that a browser may read. */
const exposedHeaders = ['upstream', 'attempts', 'cache', 'height', 'degraded'].map((name) => `x-switchyard-${name}`);

/** Above this size an answer is written piece by piece instead of being copied into one. */
const copyLimit = 64 * 1024;

const emptySteering: ReadonlyMap<string, string> = new Map();

/** Builds the front door. It knows HTTP and nothing of calls: bytes in, bytes out. */
export async function createPublicServer(options: PublicServerOptions): Promise<FastifyInstance> {
  const server = fastify({
    bodyLimit: options.maxBodyBytes,
    requestTimeout: 30_000,
    connectionTimeout: 0,
    // Longer than the idle time of the usual load balancers (60 s), so that they close first.
    keepAliveTimeout: 75_000,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    exposeHeadRoutes: true,
    routerOptions: { maxParamLength: 2048 },
    http: { connectionsCheckingInterval: 5_000, headersTimeout: 60_000 },
    // A path that cannot be decoded, or is longer than any chain's name: the framework would quote it.
    frameworkErrors: (_error, _request, reply) => {
      send(reply, options.refuse(unknownPath, undefined));
    },
  });
  server.addHook('onRequest', (request, reply, done) => {
    if (hasSeveralHosts(request.raw.rawHeaders)) return void send(reply, options.refuse(severalHosts, undefined));
    // Any type is taken, and none: the framework would refuse what it cannot parse as one.
    if (request.method === 'POST') request.raw.headers['content-type'] = 'application/json';
    done();
  });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  if (options.settings.cors !== 'off') {
    await server.register(cors, {
      origin: options.settings.cors.origins.includes('*') ? '*' : [...options.settings.cors.origins],
      methods: ['GET', 'HEAD', 'POST', 'OPTIONS'],
      exposedHeaders: [...exposedHeaders, 'retry-after', 'x-request-id'],
      maxAge: 7200,
      hideOptionsRoute: true,
    });
  }
  addProbes(server, options);
  addCalls(server, options);
  server.setNotFoundHandler((request, reply) => send(reply, refuseRoute(request, options)));
  server.setErrorHandler((error: FastifyError, request, reply) => send(reply, refuseError(error, request, options)));
  return server;
}

/** `POST /<chain>`, `POST /` where one chain is configured, and `POST /evm/<id>`. */
function addCalls(server: FastifyInstance, options: PublicServerOptions): void {
  server.post('/', (request, reply) => answerCall(request, reply, { options, chain: undefined }));
  server.post<{ Params: { chain: string } }>('/:chain', (request, reply) =>
    answerCall(request, reply, { options, chain: request.params.chain }),
  );
  server.post<{ Params: { id: string } }>('/evm/:id', (request, reply) =>
    answerCall(request, reply, { options, chain: `evm/${request.params.id}` }),
  );
}

interface Door {
  readonly options: PublicServerOptions;
  readonly chain: string | undefined;
}

async function answerCall(
  request: FastifyRequest,
  reply: FastifyReply,
  { options, chain }: Door,
): Promise<FastifyReply> {
  const address = request.raw.socket.remoteAddress ?? '';
  const loopback = isLoopback(address);
  const mode = options.settings.steering;
  const steering = mode === 'open' || (loopback && mode !== 'off') ? readSteering(request.headers) : emptySteering;
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const answer = await options.handle({ chain, body, client: { address, loopback }, steering }, (cancel) => {
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) cancel();
    });
  });
  const requestId = request.headers['x-request-id'];
  if (typeof requestId === 'string' && requestId.length <= 128) reply.header('x-request-id', requestId);
  if (options.isDraining()) reply.header('connection', 'close');
  if (answer.letGo !== undefined) letGoOnceSent(reply, answer.letGo);
  return send(reply, answer);
}

/** A client that takes nothing for so long will take no more. In milliseconds; Node looks this often, so it may be twice as long. */
const stalledMs = 15_000;

/** What counts as held is given back when it has left, or the client has gone; who stops reading is sent away. */
function letGoOnceSent({ raw }: FastifyReply, letGo: () => void): void {
  if (raw.destroyed) return letGo();
  raw.once('close', letGo);
  raw.setTimeout(stalledMs, () => raw.destroy());
}

/** A path or a verb nobody serves: the verb is wrong where `POST` would be right. */
function refuseRoute(request: FastifyRequest, { refuse }: PublicServerOptions): GatewayReply {
  const path = request.url.split('?', 1)[0] ?? '/';
  const isCallPath = /^\/[^/]*$/.test(path) || /^\/evm\/[^/]+$/.test(path);
  if (request.method === 'POST' || !isCallPath) return refuse(unknownPath, undefined);
  const refused = refuse(
    { fault: 'INVALID_REQUEST', http: 405, message: 'JSON-RPC calls are sent by POST.' },
    undefined,
  );
  return { ...refused, headers: { ...refused.headers, allow: 'POST, OPTIONS' } };
}

const unknownPath: FaultAnswer = {
  fault: 'UNKNOWN_CHAIN',
  message: 'No chain is served under this path. Send JSON-RPC calls to POST /<chain>.',
};

const severalHosts: FaultAnswer = {
  fault: 'INVALID_REQUEST',
  message: 'The HTTP request names several hosts; RFC 9112, section 3.2, allows one.',
};

/** Names and values in turn. Node keeps the first of several and says nothing. */
function hasSeveralHosts(rawHeaders: readonly string[]): boolean {
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts > 1;
}

function refuseError(error: FastifyError, request: FastifyRequest, options: PublicServerOptions): GatewayReply {
  const chain = (request.params as { chain?: string } | undefined)?.chain;
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    const message = `The request is larger than ${options.maxBodyBytes} bytes. Send smaller batches, or raise limits.maxBodyBytes.`;
    return options.refuse({ fault: 'BODY_TOO_LARGE', message }, chain);
  }
  if ((error.statusCode ?? 500) < 500) {
    const message = 'The HTTP request could not be read.';
    return options.refuse({ fault: 'INVALID_REQUEST', http: error.statusCode ?? 400, message }, chain);
  }
  return options.refuse({ fault: 'INTERNAL', message: 'A bug of the gateway. Please report it.' }, chain);
}

function send(reply: FastifyReply, answer: GatewayReply): FastifyReply {
  reply.code(answer.status).headers(answer.headers);
  const [first, second] = answer.body ?? [];
  if (first === undefined) return reply.send();
  if (second === undefined) return reply.send(first);
  const pieces = answer.body ?? [];
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  if (length <= copyLimit) return reply.send(Buffer.concat(pieces, length));
  return writePieces(reply, pieces, length);
}

/** Writes large pieces as they are: one system call, no copy. */
function writePieces(reply: FastifyReply, pieces: readonly Buffer[], length: number): FastifyReply {
  const headers = reply.header('content-length', length).getHeaders();
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(reply.statusCode, headers as Record<string, string | string[]>);
  raw.cork();
  for (const piece of pieces) raw.write(piece);
  raw.end();
  raw.uncork();
  return reply;
}
