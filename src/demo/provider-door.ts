import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { firstHalf, type Treatment } from './treatment.ts';

const breathMs = 20;

/** What becomes of a request's body. A rejection resets the connection. */
export type Exchange = (body: Buffer) => Promise<Treatment>;

const maxBodyBytes = 16 * 1_048_576;

/** Longer than clients keep an idle connection, so that a reset is always a fault that was asked for. */
const keepAliveMs = 120_000;

/** The HTTP door of one provider on 127.0.0.1: it can be shut and opened again on the same port. */
export class ProviderDoor {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Connections whose request is left without an answer. */
  readonly #silent = new Set<Socket>();
  #port = 0;

  constructor(exchange: Exchange) {
    this.#server = createServer((request, response) => {
      this.#serve(exchange, request, response).catch(() => request.socket.resetAndDestroy());
    });
    this.#server.keepAliveTimeout = keepAliveMs;
    this.#server.on('connection', (socket) => this.#keep(socket));
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/`;
  }

  /** Listens: at first on a free port, later on the same. Does nothing while it is open. */
  async open(): Promise<void> {
    if (this.#server.listening) return;
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (typeof address === 'object' && address !== null) this.#port = address.port;
  }

  /** Resets every connection and refuses new ones. */
  async shut(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    reset(this.#sockets);
    await closed;
  }

  /** Resets the connections that were left without an answer. */
  dropSilent(): void {
    reset(this.#silent);
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#sockets.delete(socket);
      this.#silent.delete(socket);
    });
  }

  async #serve(exchange: Exchange, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST') return void response.writeHead(405, { allow: 'POST' }).end();
    const body = await readBody(request);
    if (body === undefined) return void response.writeHead(413, { connection: 'close' }).end();
    const treatment = await exchange(body);
    switch (treatment.kind) {
      case 'answer':
        return answer(response, treatment);
      case 'cut':
        return cut(response, treatment);
      case 'silence':
        return void this.#silent.add(request.socket);
      case 'reset':
        return void request.socket.resetAndDestroy();
    }
  }
}

function reset(sockets: Iterable<Socket>): void {
  for (const socket of sockets) socket.resetAndDestroy();
}

/** The body, or undefined where it is too large to be a request. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request) {
    length += piece.length;
    if (length > maxBodyBytes) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function answer(response: ServerResponse, treatment: Extract<Treatment, { kind: 'answer' }>): void {
  const { status, headers, body } = treatment.answer;
  const send = (): void => void response.writeHead(status, { ...headers, 'content-length': body.length }).end(body);
  if (treatment.delayMs === 0) return send();
  const timer = setTimeout(send, treatment.delayMs);
  response.on('close', () => clearTimeout(timer));
}

/** Half of the body, then the reset: not in one breath, which a receiver can take for an orderly end. */
function cut(response: ServerResponse, treatment: Extract<Treatment, { kind: 'cut' }>): void {
  const { status, headers, body } = treatment.answer;
  response.writeHead(status, { ...headers, 'content-length': body.length });
  response.write(firstHalf(body));
  setTimeout(() => response.socket?.resetAndDestroy(), breathMs);
}
