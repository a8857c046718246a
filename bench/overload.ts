import { connect } from 'node:net';
import { type Contender, startSwitchyard, startUpstream } from './contenders.ts';
import { createReader, requestBytes } from './load.ts';
import type { Scenario } from './scenarios.ts';

/** The model of an upstream that can do so much: as many calls at once, each of which takes so long. 800 calls per second. */
const places = 16;
const serviceMs = 20;
const capacity = (places / serviceMs) * 1000;

/** How often one connection sends, in milliseconds, if its last call is answered by then. */
const everyMs = 50;

/** One client: its address, and the calls it sends per second. */
interface Client {
  readonly address: string;
  readonly rate: number;
}

/** What one client got. `good` is per second, `p99` of good answers in milliseconds. */
interface Got {
  readonly sent: number;
  readonly good: number;
  readonly p99: number;
}

/**
 * Sends more calls than can be served, open-loop, and prints what is served of them: at the capacity, at ten times as much,
 * and for a quiet client beside such a flood.
 */
export async function showOverload(call: Scenario, durationMs: number, print: (line: string) => void): Promise<void> {
  const upstream = await startUpstream(serviceMs);
  const gateway = await startSwitchyard([upstream.port], { limits: { concurrency: places }, cache: 'off' });
  const of = (clients: readonly Client[]): Promise<readonly Got[]> =>
    Promise.all(clients.map((client) => runClient(gateway, call, { client, durationMs })));
  try {
    const crowd = (times: number): readonly Client[] =>
      [2, 3, 4, 5].map((host) => ({ address: `127.0.0.${host}`, rate: (capacity * times) / 4 }));
    await of(crowd(1));
    const peak = sumOf(await of(crowd(1)));
    const flooded = sumOf(await of(crowd(10)));
    const [flood, quiet] = await of([
      { address: '127.0.0.2', rate: capacity * 10 },
      { address: '127.0.0.9', rate: 20 },
    ]);
    print(`\noverload (room for ${capacity} calls/s)             sent/s    good/s   p99 ms of good`);
    print(row('4 clients, 1 x', peak));
    print(row('4 clients, 10 x', flooded));
    if (flood !== undefined) print(row('1 client, 10 x', flood));
    if (quiet !== undefined) print(row('a quiet client beside it', quiet));
    print(`  goodput at 10 x: ${((100 * flooded.good) / peak.good).toFixed(0)} % of that at 1 x`);
  } finally {
    await Promise.all([gateway.stop(), upstream.stop()]);
  }
}

function row(name: string, { sent, good, p99 }: Got): string {
  return `  ${name.padEnd(42)}${sent.toFixed(0).padStart(8)}${good.toFixed(0).padStart(10)}${p99.toFixed(1).padStart(10)}`;
}

function sumOf(all: readonly Got[]): Got {
  const sum = (read: (got: Got) => number): number => all.reduce((total, got) => total + read(got), 0);
  return { sent: sum(({ sent }) => sent), good: sum(({ good }) => good), p99: Math.max(...all.map(({ p99 }) => p99)) };
}

/** Runs one client from an address of its own, over as many connections as its rate takes. */
async function runClient(
  gateway: Contender,
  call: Scenario,
  { client, durationMs }: { readonly client: Client; readonly durationMs: number },
): Promise<Got> {
  const count = Math.max(1, Math.round((client.rate * everyMs) / 1000));
  const seen = { sent: 0, latencies: [] as number[] };
  const lines = Array.from({ length: count }, (_, at) => {
    const offsetMs = (at * everyMs) / count;
    return runLine(gateway, call, { address: client.address, offsetMs, durationMs, seen });
  });
  await Promise.all(lines);
  const { sent, latencies } = seen;
  latencies.sort((one, other) => one - other);
  const seconds = durationMs / 1000;
  return {
    sent: sent / seconds,
    good: latencies.length / seconds,
    p99: latencies[Math.floor(latencies.length * 0.99)] ?? 0,
  };
}

interface Line {
  readonly address: string;
  readonly offsetMs: number;
  readonly durationMs: number;
  readonly seen: { sent: number; readonly latencies: number[] };
}

function runLine(gateway: Contender, call: Scenario, { address, offsetMs, durationMs, seen }: Line): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: gateway.port, host: '127.0.0.1', localAddress: address });
    const request = requestBytes(gateway.path, call.body);
    const reader = createReader(call.expect);
    let sentAt = 0;
    socket.setNoDelay(true);
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      const end = reader.read(chunk);
      if (end === 'more') return;
      if (end === 'good') seen.latencies.push(performance.now() - sentAt);
      sentAt = 0;
    });
    socket.on('connect', () => {
      setTimeout(() => {
        const timer = setInterval(() => {
          if (sentAt > 0) return;
          sentAt = performance.now();
          seen.sent += 1;
          socket.write(request);
        }, everyMs);
        setTimeout(() => {
          clearInterval(timer);
          socket.on('close', () => resolve());
          socket.destroy();
        }, durationMs);
      }, offsetMs);
    });
  });
}
