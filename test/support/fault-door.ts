import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Fault, type FaultAnswer, type FaultName, faults } from '../../src/model/faults.ts';
import type { Lane } from '../../src/path/lane.ts';
import { renderFault, replyToCall } from '../../src/path/render.ts';
import type { GatewayReply } from '../../src/ports/handle.ts';
import { buildServerSettings } from './server-settings.ts';

/** A door that answers every call with one fault, rendered by the gateway itself, and counts what it was asked. */
export interface FaultDoor {
  /** Where a client of that family is answered with the fault. */
  url(family: 'evm' | 'solana', fault: FaultName): string;
  /** Requests for that fault so far; those by which a client finds out which chain it is on do not count. */
  asked(fault: FaultName): number;
  close(): void;
}

const settings = buildServerSettings({ cors: 'off', steering: 'off' });

const chainId = '"result":"0x7a69"';

/** All that rendering looks at. */
const evmLane = { spec: { rateLimitedCode: -32005 } } as Lane;

/** Faults that refuse a request as a whole, whatever calls it holds. */
const wholly: ReadonlySet<string> = new Set<FaultName>([
  'PARSE_ERROR',
  'INVALID_REQUEST',
  'BODY_TOO_LARGE',
  'BATCH_TOO_LARGE',
  'UNKNOWN_CHAIN',
  'UNAUTHORIZED',
  'SHUTTING_DOWN',
]);

interface Asked {
  readonly id?: unknown;
  readonly method?: string;
}

/** Starts the door on a free port of loopback; it closes with the test. */
export async function startFaultDoor(): Promise<FaultDoor> {
  const asked = new Map<string, number>();
  const server = createServer(async (request, response) => {
    const [, family, fault] = (request.url ?? '').split('/') as [string, string, FaultName];
    const body = JSON.parse(await readBody(request)) as Asked | readonly Asked[];
    const calls = [body].flat() as readonly Asked[];
    if (!calls.every(asksForChain)) asked.set(fault, (asked.get(fault) ?? 0) + 1);
    else if (!Array.isArray(body)) return void response.end(replyTo(calls[0] ?? {}, { family, fault }));
    if (Array.isArray(body) && !wholly.has(fault)) {
      return void response.end(`[${calls.map((call) => replyTo(call, { family, fault })).join(',')}]`);
    }
    const reply = refusalOf(calls[0] ?? {}, { family, fault });
    response.writeHead(reply.status, reply.headers).end(Buffer.concat(reply.body ?? []));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: (family, fault) => `http://127.0.0.1:${port}/${family}/${fault}`,
    asked: (fault) => asked.get(fault) ?? 0,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function asksForChain({ method }: Asked): boolean {
  return method === 'eth_chainId';
}

interface Wanted {
  readonly family: string;
  readonly fault: FaultName;
}

function replyTo(call: Asked, wanted: Wanted): string {
  if (asksForChain(call)) return `{"jsonrpc":"2.0","id":${JSON.stringify(call.id)},${chainId}}`;
  return Buffer.concat(refusalOf(call, wanted).body ?? []).toString('utf8');
}

function refusalOf({ id }: Asked, { family, fault }: Wanted): GatewayReply {
  const lane = family === 'evm' ? evmLane : undefined;
  const addressee = { id: Buffer.from(JSON.stringify(id ?? null)), silent: 'answered', lane } as const;
  return replyToCall(renderFault(answerOf(fault), addressee), settings);
}

function answerOf(fault: FaultName): FaultAnswer {
  const { retryAfter }: Fault = faults[fault];
  return { fault, message: 'What happened, and what to do.', ...(retryAfter === true && { retryAfterSeconds: 1 }) };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
