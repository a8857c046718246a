import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { AdminSettings } from '../../model/settings.ts';
import type { GatewayReply, Handle } from '../../ports/handle.ts';
import { refuseWrite } from '../operator-gate.ts';
import { nextRequestId } from '../request-id.ts';

/** Bytes of an answer that are shown. */
const maxShownBytes = 64 * 1024;

/** What the console works on. */
export interface ConsoleOptions {
  /** Read at each request. */
  readonly settings: AdminSettings;
  /** The whole path of a call, as the public door hands it in. */
  readonly handle: Handle;
}

/** A call as an operator writes it. */
interface TriedCall {
  readonly chain: string;
  readonly method: string;
  readonly params: unknown;
  /** A client's key, where calls without one are refused. */
  readonly key?: string;
}

/**
 * Adds `POST /api/call`: makes one call as a client on this machine would, and answers what the client would have got, under a request
 * id by which `/api/explain` tells how it went. It costs what a call costs, so it is a write.
 */
export function addConsole(server: FastifyInstance, options: ConsoleOptions): void {
  server.post<{ Body: unknown }>('/api/call', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const refusal = refuseWrite(request, options.settings);
    if (refusal !== undefined) return reply.code(refusal.status).send({ done: false, why: refusal.why });
    const call = readCall(request.body);
    if (call === undefined) return reply.code(400).send({ done: false, why: wantedCall });
    const requestId = nextRequestId();
    const answer = await options.handle(
      {
        chain: call.chain,
        body: Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, method: call.method, params: call.params })),
        client: { address: '127.0.0.1', loopback: true },
        ...(call.key !== undefined && { credential: createHash('sha256').update(call.key).digest('hex') }),
        requestId,
        steering: new Map(),
      },
      (cancel) => {
        reply.raw.once('close', () => {
          if (!reply.raw.writableFinished) cancel();
        });
      },
    );
    return reply.send({ done: true, request: requestId, ...shown(answer) });
  });
}

const wantedCall = 'send {"chain": "…", "method": "…", "params": […]}, and "key" where a client needs one';

function readCall(body: unknown): TriedCall | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const { chain, method, params = [], key }: Readonly<Record<string, unknown>> = { ...body };
  if (typeof chain !== 'string' || typeof method !== 'string' || method === '') return undefined;
  return { chain, method, params, ...(typeof key === 'string' && key !== '' && { key }) };
}

/** The answer as far as it is shown; what is held or still to come is let go. */
function shown({ status, headers, body = [], rest, letGo }: GatewayReply): object {
  rest?.cancel();
  const pieces = rest === undefined ? body : [...body, ...rest.beginning];
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const text = Buffer.concat(pieces, Math.min(length, maxShownBytes)).toString('utf8');
  letGo?.();
  return { status, headers, body: text, ...((length > maxShownBytes || rest !== undefined) && { cut: true }) };
}
