import { ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';

/** An answer where there is no request the framework could be handed. */
export interface SocketAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Says what is answered to what came to nothing, by its status. */
export type AnswerStatus = (status: 400 | 405 | 408 | 413 | 431) => SocketAnswer;

const statusByCode: Readonly<Record<string, 408 | 413 | 431>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  HPE_HEADER_OVERFLOW: 431,
};

/** The answer to bytes that are no HTTP, or never became a request; its connection is closed. For fastify's option of this name. */
export function createClientErrorHandler(answer: AnswerStatus) {
  return (error: NodeJS.ErrnoException, socket: Duplex): void => {
    if (error.code === 'ECONNRESET') return void socket.destroy();
    closeWith(socket, answer(statusByCode[error.code ?? ''] ?? 400));
  };
}

/** `CONNECT` never becomes a request: this door is nobody's proxy. */
export function refuseTunnels({ server }: FastifyInstance, answer: AnswerStatus): void {
  server.on('connect', (_request, socket) => closeWith(socket, answer(405)));
}

/** Writes an answer and closes. Where the answer to a request before it is still owed, it would be taken for that one: nothing is written. */
function closeWith(socket: Duplex, { status, headers, body }: SocketAnswer): void {
  if (!socket.writable || owesAnother(socket)) return void socket.destroy();
  const fields = { ...headers, 'content-length': String(body.length), connection: 'close' };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n`);
  socket.end(body);
  // Who keeps sending is not listened to.
  socket.resume().once('finish', () => socket.destroy());
}

/** Node's own handler looks at this member, too: the answer that is being made, and through it the request it is to. */
function owesAnother(socket: Duplex): boolean {
  const answer: unknown = Reflect.get(socket, '_httpMessage');
  if (!(answer instanceof ServerResponse)) return false;
  return answer.headersSent || answer.req.complete;
}
