import { fastify } from 'fastify';
import { Pool } from 'undici';

/**
 * The floor: what fastify and undici cost when they only pass bytes on. Everything the gateway does beyond this is its own price.
 * Usage: forwarder <upstream URL>; prints its port.
 */
const pool = new Pool(process.argv[2] ?? '', { connections: 64, pipelining: 1 });
const server = fastify({ bodyLimit: 10 * 1024 * 1024 });
server.removeAllContentTypeParsers();
server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
server.post('/*', async (request, reply) => {
  const { statusCode, body } = await pool.request({
    path: '/',
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: request.body as Buffer,
  });
  const bytes = Buffer.from(await body.arrayBuffer());
  return reply.code(statusCode).header('content-type', 'application/json').send(bytes);
});
const url = await server.listen({ port: 0, host: '127.0.0.1' });
process.stdout.write(`listening ${new URL(url).port}\n`);
