import { connect, type Socket } from 'node:net';

/** A closed-loop load: so many connections, each sending its next request when the answer is whole. */
export interface LoadPlan {
  readonly port: number;
  readonly path: string;
  /** What each connection sends, `####` in it being the connection's number in hex. */
  readonly body: Buffer;
  /** Further header lines, each with its end. */
  readonly headers: string;
  readonly connections: number;
  readonly durationMs: number;
  /** What every answer must hold; an answer without it counts as bad. */
  readonly expect: string;
}

/** What a load saw. Latencies in milliseconds. */
export interface LoadReport {
  readonly answers: number;
  readonly bad: number;
  readonly seconds: number;
  readonly p50: number;
  readonly p99: number;
}

/** Runs one load over bare sockets: the client costs little and knows just enough HTTP. */
export async function runLoad(plan: LoadPlan): Promise<LoadReport> {
  const latencies: number[] = [];
  const started = performance.now();
  const until = started + plan.durationMs;
  let bad = 0;
  const lanes = Array.from({ length: plan.connections }, (_, connection) =>
    runLane({
      plan,
      request: requestBytes(plan.path, bodyOf(plan.body, connection), plan.headers),
      until,
      note: (ms) => latencies.push(ms),
      fail: () => {
        bad += 1;
      },
    }),
  );
  await Promise.all(lanes);
  latencies.sort((a, b) => a - b);
  const at = (share: number): number =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
  return { answers: latencies.length, bad, seconds: (performance.now() - started) / 1000, p50: at(0.5), p99: at(0.99) };
}

/** What one connection sends, so that no two connections ask the same. */
function bodyOf(body: Buffer, connection: number): Buffer {
  return Buffer.from(body.toString().replaceAll('####', connection.toString(16).padStart(4, '0')));
}

/** One HTTP request as it goes over the wire; `headers` are further lines, each with its end. */
export function requestBytes(path: string, body: Buffer, headers = ''): Buffer {
  const head = `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n${headers}content-length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

interface Lane {
  readonly plan: LoadPlan;
  readonly request: Buffer;
  readonly until: number;
  note(ms: number): void;
  fail(): void;
}

function runLane(lane: Lane): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(lane.plan.port, '127.0.0.1');
    socket.setNoDelay(true);
    // A contender that hangs ends the run instead of holding it.
    socket.setTimeout(30_000, () => socket.destroy(new Error(`no answer on port ${lane.plan.port} for 30 s`)));
    const reader = createReader(lane.plan.expect);
    let sentAt = 0;
    const send = (): void => {
      sentAt = performance.now();
      socket.write(lane.request);
    };
    socket.on('connect', send);
    socket.on('error', reject);
    socket.on('end', () => reject(new Error(`port ${lane.plan.port} closed a connection under load`)));
    socket.on('data', (chunk) => {
      const end = reader.read(chunk);
      if (end === 'more') return;
      if (end === 'bad') lane.fail();
      const now = performance.now();
      lane.note(now - sentAt);
      if (now < lane.until) return send();
      closeLane(socket, resolve);
    });
  });
}

function closeLane(socket: Socket, resolve: () => void): void {
  socket.removeAllListeners('data');
  socket.on('close', () => resolve());
  socket.destroy();
}

/** Follows one connection's answers: finds the content length, counts, looks at the first piece of each. */
export function createReader(expect: string): { read(chunk: Buffer): 'more' | 'good' | 'bad' } {
  let missing = -1;
  let verdict: 'good' | 'bad' = 'good';
  let held: Buffer = Buffer.alloc(0);
  return {
    read(chunk) {
      if (missing < 0) {
        held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
        const split = held.indexOf('\r\n\r\n');
        if (split < 0) return 'more';
        const head = held.toString('latin1', 0, split);
        const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
        const body = held.subarray(split + 4);
        verdict = head.startsWith('HTTP/1.1 200') && (body.includes(expect) || body.length === 0) ? 'good' : 'bad';
        missing = length - body.length;
        held = Buffer.alloc(0);
      } else {
        missing -= chunk.length;
      }
      if (missing > 0) return 'more';
      missing = -1;
      return verdict;
    },
  };
}
