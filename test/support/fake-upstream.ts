import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type Behaviour, behaveAs, isBehaviour } from './fake-behaviour.ts';
import { createFakeChain, type FakeChain } from './fake-chain.ts';
import { answerAsChain, type FakeAnswer } from './fake-methods.ts';

/** One call as it arrived. */
export interface SeenCall {
  readonly method: string;
  readonly params: readonly unknown[];
  readonly id: unknown;
  readonly headers: IncomingMessage['headers'];
  /** The whole body it came in, as text. */
  readonly body: string;
  /** Counts the upstream's connections from 1. */
  readonly connection: number;
}

/** What a test says of one call; undefined leaves it to the chain. */
export type FakeHandler = (
  method: string,
  params: readonly unknown[],
) => FakeAnswer | Behaviour | undefined | Promise<FakeAnswer | Behaviour | undefined>;

export interface FakeUpstreamOptions {
  /** Shared with other upstreams to make them agree; else a chain of its own. */
  readonly chain?: FakeChain;
  readonly handler?: FakeHandler;
  readonly behaviour?: Behaviour;
  /** A port that was used before; 0 takes a free one. */
  readonly port?: number;
}

interface WireCall {
  readonly id?: unknown;
  readonly method: string;
  readonly params?: readonly unknown[];
}

const maxCallsKept = 20_000;

/** Starts an upstream that answers as a small EVM chain until it is told otherwise. Close it in the end. */
export async function startFakeUpstream(options: FakeUpstreamOptions = {}): Promise<FakeUpstream> {
  const upstream = new FakeUpstream(options);
  await upstream.up();
  return upstream;
}

/** An upstream inside the test's own process: real HTTP on 127.0.0.1, a port of its own, and switches. */
export class FakeUpstream {
  readonly chain: FakeChain;
  readonly #handler: FakeHandler | undefined;
  readonly #handlers = new Map<string, FakeHandler>();
  readonly #transactions = new Map<string, string>();
  readonly #calls: SeenCall[] = [];
  readonly #sockets = new Map<Socket, number>();
  readonly #server: Server;
  #behaviour: Behaviour;
  #blocksBehind = 0;
  #fixedTop: number | undefined;
  #connectionCount = 0;
  #port: number;

  constructor(options: FakeUpstreamOptions) {
    this.chain = options.chain ?? createFakeChain();
    this.#handler = options.handler;
    this.#behaviour = options.behaviour ?? { kind: 'answers' };
    this.#port = options.port ?? 0;
    this.#server = createServer((request, response) => {
      readBody(request).then(
        (body) => this.#answer(request, response, body),
        () => request.destroy(),
      );
    });
    this.#server.keepAliveTimeout = 60_000;
    this.#server.on('connection', (socket) => this.#keepSocket(socket));
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/`;
  }

  get port(): number {
    return this.#port;
  }

  /** Every call seen, oldest first; the newest 20,000 are kept. */
  get calls(): readonly SeenCall[] {
    return this.#calls;
  }

  /** Connections open at the moment. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** How many calls of a method (or of any) were seen. */
  count(method?: string): number {
    return method === undefined ? this.#calls.length : this.#calls.filter((call) => call.method === method).length;
  }

  /** Forgets the calls seen so far. */
  forget(): void {
    this.#calls.length = 0;
  }

  /** Behaves so for every call from now on; `{ kind: 'answers' }` is the good behaviour. */
  behave(behaviour: Behaviour): void {
    this.#behaviour = behaviour;
  }

  /** Treats one method so from now on, before anything else; `undefined` gives it back to the chain. */
  on(method: string, said: FakeHandler | FakeAnswer | Behaviour | undefined): void {
    if (said === undefined) this.#handlers.delete(method);
    else this.#handlers.set(method, typeof said === 'function' ? said : () => said);
  }

  /** Shows a head that many blocks below the chain's newest. */
  lag(blocks: number): void {
    this.#blocksBehind = blocks;
  }

  /** Shows this head whatever the chain does; `undefined` follows it again. */
  standAt(height: number | undefined): void {
    this.#fixedTop = height;
  }

  /** Breaks every connection, as a crash does, and goes on listening. */
  dropConnections(): void {
    for (const socket of this.#sockets.keys()) socket.resetAndDestroy();
  }

  /** Stops listening and breaks every connection: from now on they are refused. */
  async down(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.dropConnections();
    await closed;
  }

  /** Listens again, on the same port. */
  async up(): Promise<void> {
    if (this.#server.listening) return;
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (typeof address === 'object' && address !== null) this.#port = address.port;
  }

  async close(): Promise<void> {
    await this.down();
  }

  #keepSocket(socket: Socket): void {
    this.#connectionCount += 1;
    this.#sockets.set(socket, this.#connectionCount);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
  }

  async #answer(request: IncomingMessage, response: ServerResponse, body: string): Promise<void> {
    const parsed = parseCalls(body);
    if (parsed === undefined) return behaveAs(response, { kind: 'status', status: 400, body: 'not JSON-RPC' }, '');
    const texts: string[] = [];
    let behaviour = this.#behaviour;
    for (const call of parsed.calls) {
      this.#note(request, body, call);
      const said = await this.#answerCall(call);
      if (isBehaviour(said)) behaviour = said;
      texts.push(envelope(call.id, isBehaviour(said) ? this.#chainAnswer(call) : said));
    }
    behaveAs(response, behaviour, parsed.batch ? `[${texts.join(',')}]` : (texts[0] ?? ''));
  }

  #note(request: IncomingMessage, body: string, call: WireCall): void {
    if (this.#calls.length === maxCallsKept) this.#calls.shift();
    const { id, method, params = [] } = call;
    const connection = this.#sockets.get(request.socket) ?? 0;
    this.#calls.push({ method, params, id, headers: request.headers, body, connection });
  }

  async #answerCall(call: WireCall): Promise<FakeAnswer | Behaviour> {
    const handler = this.#handlers.get(call.method) ?? this.#handler;
    const said = await handler?.(call.method, call.params ?? []);
    return said ?? this.#chainAnswer(call);
  }

  #chainAnswer(call: WireCall): FakeAnswer {
    const top = this.#fixedTop ?? Math.max(0, this.chain.height() - this.#blocksBehind);
    return answerAsChain({ chain: this.chain, top, transactions: this.#transactions }, call.method, call.params ?? []);
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function parseCalls(body: string): { readonly calls: readonly WireCall[]; readonly batch: boolean } | undefined {
  try {
    const value: unknown = JSON.parse(body);
    const calls = Array.isArray(value) ? value : [value];
    return calls.every(isCall) ? { calls, batch: Array.isArray(value) } : undefined;
  } catch {
    return undefined;
  }
}

function isCall(value: unknown): value is WireCall {
  return typeof value === 'object' && value !== null && 'method' in value && typeof value.method === 'string';
}

function envelope(id: unknown, answer: FakeAnswer): string {
  const idText = JSON.stringify(id ?? null);
  if ('error' in answer) return `{"jsonrpc":"2.0","id":${idText},"error":${JSON.stringify(answer.error)}}`;
  const result = 'resultText' in answer ? answer.resultText : JSON.stringify(answer.result);
  return `{"jsonrpc":"2.0","id":${idText},"result":${result}}`;
}
