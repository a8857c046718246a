import type { IncomingMessage } from 'node:http';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { FaultAnswer } from '../model/faults.ts';
import { isLoopback } from '../model/loopback.ts';
import type { ServerSettings } from '../model/settings.ts';
import type { Readies, Refuse } from '../ports/doors.ts';
import type { GatewayReply, Handle } from '../ports/handle.ts';
import type { Certificate } from './certificate.ts';
import { addCors } from './cors.ts';
import { digestOfKey } from './credential.ts';
import { addProbes } from './probes.ts';
import { givenRequestId } from './request-id.ts';
import { sinkRest } from './sink-rest.ts';
import { type AnswerStatus, createClientErrorHandler, refuseTunnels } from './socket-answer.ts';
import { sendAwayStalled } from './stalled-client.ts';
import { readSteering } from './steering.ts';
import { streamReply } from './stream-reply.ts';
import { type DoorOptions, maxHeaders, openWire } from './wire.ts';

/** What the public door is built from. */
export interface PublicServerOptions {
  /** Read at each request, all but `cors`: a reload may have changed it. */
  readonly settings: ServerSettings;
  readonly maxBodyBytes: number;
  readonly handle: Handle;
  readonly refuse: Refuse;
  readonly readies: Readies;
  isDraining(): boolean;
  /** What it shows who it is by; absent: it speaks plain HTTP. */
  readonly certificate?: Certificate | undefined;
}

/** Above this size an answer is written piece by piece instead of being copied into one. */
const copyLimit = 64 * 1024;

/** Builds the front door. It knows HTTP and nothing of calls: bytes in, bytes out. */
export async function createPublicServer(options: PublicServerOptions): Promise<FastifyInstance> {
  const { settings, certificate, maxBodyBytes, refuse } = options;
  const unreadable: AnswerStatus = (http) => {
    const { status, headers, body = [] } = refuse({ fault: 'INVALID_REQUEST', http, message: noHttp }, undefined);
    return { status, headers, body: Buffer.concat(body) };
  };
  const wire: DoorOptions = {
    bodyLimit: maxBodyBytes,
    connectionTimeout: 0,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    trustProxy: settings.trustedProxies.length > 0 ? [...settings.trustedProxies] : false,
    exposeHeadRoutes: true,
    routerOptions: { maxParamLength: 2048 },
    clientErrorHandler: createClientErrorHandler(unreadable),
    // A path that cannot be decoded, or is longer than any chain's name: the framework would quote it.
    frameworkErrors: (_error, _request, reply) => {
      send(reply, refuse(unknownPath, undefined));
    },
  };
  const server = openWire(wire, certificate);
  refuseTunnels(server, unreadable);
  server.addHook('onRequest', (request, reply, done) => {
    const objection = objectionTo(request.raw);
    reply.header('x-content-type-options', 'nosniff');
    if (objection !== undefined) return void send(reply, refuse(objection, undefined));
    // Any type is taken, and none: the framework would refuse what it cannot parse as one.
    if (request.method === 'POST') request.raw.headers['content-type'] = 'application/json';
    done();
  });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  await addCors(server, settings.cors);
  addProbes(server, options);
  addCalls(server, options);
  server.setNotFoundHandler((request, reply) => send(reply, refuseRoute(request, options)));
  server.setErrorHandler((error: FastifyError, request, reply) => {
    if (error.code === tooLarge) letSenderFinish(request, reply);
    return send(reply, refuseError(error, request, options));
  });
  return server;
}

/** `POST /<chain>`, `POST /` where one chain is configured, and `POST /evm/<id>`; behind the chain there may be a key. */
function addCalls(server: FastifyInstance, options: PublicServerOptions): void {
  server.post('/', (request, reply) => answerCall(request, reply, { options, chain: undefined }));
  server.post<{ Params: { chain: string } }>('/:chain', (request, reply) =>
    answerCall(request, reply, { options, chain: request.params.chain }),
  );
  server.post<{ Params: { id: string } }>('/evm/:id', (request, reply) =>
    answerCall(request, reply, { options, chain: `evm/${request.params.id}` }),
  );
  server.post<{ Params: { chain: string; key: string } }>('/:chain/:key', (request, reply) =>
    answerCall(request, reply, { options, chain: request.params.chain, key: request.params.key }),
  );
  server.post<{ Params: { id: string; key: string } }>('/evm/:id/:key', (request, reply) =>
    answerCall(request, reply, { options, chain: `evm/${request.params.id}`, key: request.params.key }),
  );
}

interface Door {
  readonly options: PublicServerOptions;
  readonly chain: string | undefined;
  readonly key?: string;
}

async function answerCall(
  request: FastifyRequest,
  reply: FastifyReply,
  { options, chain, key }: Door,
): Promise<FastifyReply> {
  const isBehindProxy = options.settings.trustedProxies.length > 0;
  const address = (isBehindProxy ? request.ip : request.raw.socket.remoteAddress) ?? '';
  const client = { address, loopback: isLoopback(address) };
  const steering = readSteering(request.headers);
  const credential = digestOfKey(request, key);
  const credentialIn = key === undefined ? undefined : 'path';
  const requestId = givenRequestId(request.headers['x-request-id']);
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const answer = await options.handle(
    { chain, body, client, credential, credentialIn, requestId, steering },
    (cancel) => {
      if (reply.raw.destroyed) return cancel();
      reply.raw.once('close', () => {
        if (!reply.raw.writableFinished) cancel();
      });
    },
  );
  if (requestId !== undefined) reply.header('x-request-id', requestId);
  if (options.isDraining()) reply.header('connection', 'close');
  if (answer.letGo !== undefined) letGoOnceSent(reply, answer.letGo);
  return send(reply, answer);
}

/** What counts as held is given back when it has left, or the client has gone; who stops reading is sent away. */
function letGoOnceSent({ raw }: FastifyReply, letGo: () => void): void {
  if (raw.destroyed) return letGo();
  raw.once('close', letGo);
  sendAwayStalled(raw);
}

/** A path or a verb nobody serves: the verb is wrong where `POST` would be right. */
function refuseRoute(request: FastifyRequest, { refuse }: PublicServerOptions): GatewayReply {
  const path = request.url.split('?', 1)[0] ?? '/';
  const isCallPath = /^\/(?:evm\/[^/]+|[^/]*)(?:\/[^/]+)?$/.test(path);
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

const tooManyHeaders: FaultAnswer = {
  fault: 'INVALID_REQUEST',
  http: 431,
  message: `The HTTP request has more than ${maxHeaders} headers.`,
};

/** Said of whole URLs, as proxies are asked. */
const noProxy: FaultAnswer = {
  fault: 'INVALID_REQUEST',
  message: 'The HTTP request asks for a URL instead of a path: this is no proxy.',
};

const noHttp = 'The HTTP request cannot be read, is too large, or took too long.';

/** What is wrong with a request that the parser lets pass. */
function objectionTo({ url = '', rawHeaders }: IncomingMessage): FaultAnswer | undefined {
  if (!url.startsWith('/')) return noProxy;
  if (rawHeaders.length > 2 * maxHeaders) return tooManyHeaders;
  return hasSeveralHosts(rawHeaders) ? severalHosts : undefined;
}

/** Names and values in turn. Node keeps the first of several and says nothing. */
function hasSeveralHosts(rawHeaders: readonly string[]): boolean {
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts > 1;
}

/** The framework's code for a body over the limit. */
const tooLarge = 'FST_ERR_CTP_BODY_TOO_LARGE';

/** The framework would close the connection, and with it what the sender has yet to be told. */
function letSenderFinish(request: FastifyRequest, reply: FastifyReply): void {
  reply.removeHeader('connection');
  sinkRest(request.raw);
}

function refuseError(error: FastifyError, request: FastifyRequest, options: PublicServerOptions): GatewayReply {
  const chain = (request.params as { chain?: string } | undefined)?.chain;
  if (error.code === tooLarge) {
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
  if (answer.rest !== undefined) return streamReply(reply, answer, answer.rest);
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
