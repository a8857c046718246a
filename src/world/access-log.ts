import type { Log } from '../observe/log.ts';
import { watchRest } from '../path/watch-rest.ts';
import type { Clock } from '../ports/clock.ts';
import type { Handle } from '../ports/handle.ts';

/** Logs a line for every request (not for every call of a batch): who, which chain, what came of it, how long it took. One that is streamed has its line when that is over. */
export function withAccessLog(handle: Handle, { log, clock }: { readonly log: Log; readonly clock: Clock }): Handle {
  return async (request, onCancel) => {
    const startedAt = clock.now();
    const reply = await handle(request, onCancel);
    const begun = reply.body?.reduce((sum, piece) => sum + piece.length, 0) ?? 0;
    const write = (bytesOut: number): void =>
      log.info('request', {
        client: request.client.address,
        chain: request.chain?.slice(0, 80) ?? null,
        bytesIn: request.body.length,
        status: reply.status,
        bytesOut,
        upstream: reply.headers['x-switchyard-upstream'] ?? null,
        ms: Math.round((clock.now() - startedAt) * 1000) / 1000,
      });
    if (reply.rest !== undefined) {
      return { ...reply, rest: watchRest(reply.rest, (_end, bytes) => write(begun + bytes)) };
    }
    write(begun);
    return reply;
  };
}
