import { fastify } from 'fastify';

/** The floor of an answer that is kept: what fastify costs when it takes a call in and answers it by itself. Prints its port. */
const body = Buffer.from(`{"jsonrpc":"2.0","id":1,"result":"0x${'00'.repeat(31)}2a"}`);
const server = fastify({ bodyLimit: 10 * 1024 * 1024 });
server.removeAllContentTypeParsers();
server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, bytes, done) => done(null, bytes));
server.post('/*', async (_request, reply) => reply.header('content-type', 'application/json').send(body));
const url = await server.listen({ port: 0, host: '127.0.0.1' });
process.stdout.write(`listening ${new URL(url).port}\n`);
