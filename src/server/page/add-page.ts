import type { FastifyInstance } from 'fastify';
import { type PageFile, readPageFiles } from './page-files.ts';

let filesOnce: ReadonlyMap<string, PageFile> | undefined;

/** Adds the status page and all it is made of. A browser asks again each time, and is sent only what has changed. */
export function addPage(server: FastifyInstance): void {
  filesOnce ??= readPageFiles();
  for (const [path, { body, type, etag }] of filesOnce) {
    server.get(path, (request, reply) => {
      reply.header('etag', etag).header('cache-control', 'no-cache');
      if (request.headers['if-none-match'] === etag) return reply.code(304).send();
      return reply.header('content-type', type).send(body);
    });
  }
}
