import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { Worker } from 'node:worker_threads';
import type { TlsFixture } from './tls-fixtures.ts';

/** One request as it arrived, and the raw connection it arrived on. */
export interface Peer {
  /** Counts the upstream's connections from 1. */
  readonly connection: number;
  /** Counts the requests on this connection from 1. */
  readonly request: number;
  /** Request line and headers as sent. */
  readonly head: string;
  readonly body: string;
  /** Bytes as they are; text is sent as Latin-1. */
  write(bytes: string | Buffer): void;
  /** Closes in good order after what was written. */
  fin(): void;
  /** Breaks the connection with a reset. */
  reset(): void;
  /** Writes the same bytes again and again, every so many milliseconds, as long as the connection stands. */
  drip(bytes: string | Buffer, everyMs: number): void;
  /** Writes the same bytes as fast as the other side takes them, as long as the connection stands. */
  flood(bytes: Buffer): void;
}

/** What to do with each request, once it is there whole. */
export type Script = (peer: Peer) => void;

/** An upstream at the level of TCP: it says exactly the bytes its script says. */
export class FaultUpstream {
  readonly url: string;
  readonly port: number;
  /** Every request seen. */
  readonly seen: Peer[] = [];
  /** Connections accepted so far. */
  connections = 0;
  #script: Script;
  #greeting = '';
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #waiting: ((peer: Peer) => void) | undefined;

  constructor(server: Server, url: URL, script: Script) {
    this.#server = server;
    this.#script = script;
    this.url = url.href;
    this.port = Number(url.port);
    server.on('connection', (socket) => this.#sockets.add(socket));
    server.on(url.protocol === 'https:' ? 'secureConnection' : 'connection', (socket: Socket) => this.#serve(socket));
  }

  /** Connections open at the moment. */
  get open(): number {
    return this.#sockets.size;
  }

  /** Plays another script from the next request on. */
  play(script: Script): void {
    this.#script = script;
  }

  /** Says this on every new connection before anything was asked. */
  greet(text: string): void {
    this.#greeting = text;
  }

  /** Resolves with the next request, before its script is played. */
  nextRequest(): Promise<Peer> {
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  /** Breaks every connection with a reset, idle ones too. */
  resetAll(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #serve(socket: Socket): void {
    this.connections += 1;
    const connection = this.connections;
    let request = 0;
    let unread = '';
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    if (this.#greeting !== '') socket.write(this.#greeting);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('data', (bytes: Buffer) => {
      unread += bytes.toString('latin1');
      for (let next = splitRequest(unread); next !== undefined; next = splitRequest(unread)) {
        unread = next.rest;
        request += 1;
        this.#answer(new SocketPeer(socket, { connection, request, head: next.head, body: next.body }));
      }
    });
  }

  #answer(peer: Peer): void {
    this.seen.push(peer);
    this.#waiting?.(peer);
    this.#waiting = undefined;
    this.#script(peer);
  }
}

class SocketPeer implements Peer {
  readonly connection: number;
  readonly request: number;
  readonly head: string;
  readonly body: string;
  readonly #socket: Socket;

  constructor(socket: Socket, seen: Pick<Peer, 'connection' | 'request' | 'head' | 'body'>) {
    this.#socket = socket;
    this.connection = seen.connection;
    this.request = seen.request;
    this.head = seen.head;
    this.body = seen.body;
  }

  write(bytes: string | Buffer): void {
    if (typeof bytes === 'string') this.#socket.write(bytes, 'latin1');
    else this.#socket.write(bytes);
  }

  fin(): void {
    this.#socket.end();
  }

  reset(): void {
    this.#socket.resetAndDestroy();
  }

  drip(bytes: string | Buffer, everyMs: number): void {
    const timer = setInterval(() => this.write(bytes), everyMs);
    this.#socket.once('close', () => clearInterval(timer));
  }

  flood(bytes: Buffer): void {
    const pour = (): void => {
      while (this.#socket.writable && this.#socket.write(bytes));
    };
    this.#socket.on('drain', pour);
    pour();
  }
}

/** Starts an upstream that plays `script` for every request; with a certificate it speaks TLS. Close it in the end. */
export async function startFaultUpstream(script: Script, tls?: TlsFixture): Promise<FaultUpstream> {
  const server = tls === undefined ? createServer({ noDelay: true }) : createTlsServer({ ...tls, noDelay: true });
  if (tls !== undefined) server.on('tlsClientError', () => {});
  const port = await listen(server);
  return new FaultUpstream(server, new URL(`${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}/`), script);
}

/** A URL at which every connection is refused. */
export async function refusedUrl(): Promise<string> {
  const server = createServer();
  const port = await listen(server);
  const closed = once(server, 'close');
  server.close();
  await closed;
  return `http://127.0.0.1:${port}/`;
}

/**
 * A URL whose host takes no connection and says nothing, as behind a firewall that drops: the listening thread sleeps and
 * its queue is full, so the kernel drops what comes.
 */
export async function startBlackHole(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads');
     const server = require('node:net').createServer();
     server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
       parentPort.postMessage(server.address().port);
       Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
     });`,
    { eval: true },
  );
  const [port] = await once(worker, 'message');
  const fillers = Array.from({ length: 16 }, () => connect(port, '127.0.0.1').on('error', () => {}));
  await Promise.any(fillers.map((filler) => once(filler, 'connect')));
  return {
    url: `http://127.0.0.1:${port}/`,
    close: async () => {
      for (const filler of fillers) filler.destroy();
      await worker.terminate();
    },
  };
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}

interface SplitRequest {
  readonly head: string;
  readonly body: string;
  readonly rest: string;
}

/** The first whole request in what was read, by its `content-length`. */
function splitRequest(unread: string): SplitRequest | undefined {
  const end = unread.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const head = unread.slice(0, end);
  const length = Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? 0);
  const bodyEnd = end + 4 + length;
  if (unread.length < bodyEnd) return undefined;
  return { head, body: unread.slice(end + 4, bodyEnd), rest: unread.slice(bodyEnd) };
}
