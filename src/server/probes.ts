import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Readies } from '../ports/doors.ts';

/** What the probe routes need beside the readiness itself. */
export interface ProbeOptions {
  readonly readies: Readies;
  /** True from the first moment of a drain: load balancers must see it before the port closes. */
  isDraining(): boolean;
}

/** Seconds a client is told to wait after a 503 of a probe. */
const retryAfterSeconds = '2';

/** Adds `/livez`, `/readyz` and `/readyz/<chain>`: no upstream call inside, constant work, no key, never counted as requests. */
export function addProbes(server: FastifyInstance, { readies, isDraining }: ProbeOptions): void {
  server.get('/livez', (_request, reply) => answer(reply, 200, { live: true }));
  server.get('/readyz', (_request, reply) => {
    const { ready, chains } = readies.readiness();
    return isDraining()
      ? answer(reply, 503, { state: 'draining', chains })
      : answer(reply, ready ? 200 : 503, { ready, chains });
  });
  server.get<{ Params: { chain: string } }>('/readyz/:chain', (request, reply) => {
    const chain = readies.chain(request.params.chain);
    if (chain === undefined) return answer(reply, 404, { reason: 'no such chain is configured' });
    if (isDraining()) return answer(reply, 503, { ...chain, state: 'draining', reason: 'this replica is draining' });
    return answer(reply, chain.ready ? 200 : 503, chain);
  });
}

function answer(reply: FastifyReply, status: number, body: object): FastifyReply {
  if (status === 503) reply.header('retry-after', retryAfterSeconds);
  return reply.code(status).header('cache-control', 'no-store').send(body);
}
