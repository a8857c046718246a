import type { Log } from '../observe/log.ts';
import type { Clock } from '../ports/clock.ts';
import type { Handle } from '../ports/handle.ts';

/** Logs a line for every request (not for every call of a batch): who, which chain, what came of it, how long it took. */
export function withAccessLog(handle: Handle, { log, clock }: { readonly log: Log; readonly clock: Clock }): Handle {
  return async (request, onCancel) => {
    const startedAt = clock.now();
    const reply = await handle(request, onCancel);
    log.info('request', {
      client: request.client.address,
      chain: request.chain?.slice(0, 80) ?? null,
      bytesIn: request.body.length,
      status: reply.status,
      bytesOut: reply.body?.reduce((sum, piece) => sum + piece.length, 0) ?? 0,
      upstream: reply.headers['x-switchyard-upstream'] ?? null,
      ms: Math.round((clock.now() - startedAt) * 1000) / 1000,
    });
    return reply;
  };
}
