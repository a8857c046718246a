import type { FastifyInstance } from 'fastify';
import { securityHeaders } from './security-headers.ts';
import { type FeedSources, maxListeners, StatusFeed } from './status-feed.ts';

/** How long a browser waits before it comes again, in milliseconds. */
const comeAgainMs = 2000;

/** Adds `/api/events`: the status as server-sent events, one a second, to a bounded number of listeners. */
export function addEvents(server: FastifyInstance, sources: FeedSources): void {
  const feed = new StatusFeed(sources);
  server.addHook('preClose', (done) => {
    feed.close();
    done();
  });
  server.get('/api/events', { exposeHeadRoute: false }, (_request, reply) => {
    const { raw } = reply;
    const leave = feed.join({
      send(text) {
        if (!raw.headersSent) {
          reply.hijack();
          raw.writeHead(200, {
            ...securityHeaders,
            'content-type': 'text/event-stream; charset=utf-8',
            'cache-control': 'no-store',
          });
          raw.write(`retry: ${comeAgainMs}\n\n`);
        }
        raw.write(text);
      },
      isFull: () => raw.writableNeedDrain,
      end: () => void raw.end(),
    });
    if (leave !== undefined) return void raw.once('close', leave);
    const why = `${maxListeners} listen already; /api/status says the same`;
    return reply.code(503).header('retry-after', '10').send({ done: false, why });
  });
}
