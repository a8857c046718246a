import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import type { Guardian } from './guardian.ts';
import type { WireAnswer } from './wire-answer.ts';

/** How an anvil is started. */
export interface AnvilOptions {
  /** Path of the binary. */
  readonly binary: string;
  /** Flags beside host and port. */
  readonly flags: readonly string[];
  /** 0 takes a free port. */
  readonly port: number;
  readonly guardian: Guardian;
}

/** An anvil process that answers on 127.0.0.1. */
export interface Anvil {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Resolves once the process is gone, whoever ended it. */
  readonly gone: Promise<void>;
  /** Posts bytes and resolves with the answer as it came. Rejects where none came in time. */
  post(body: Uint8Array, timeoutMs: number): Promise<WireAnswer>;
  /** Calls a method. Rejects with the text of an error answer, and where no answer came in time (30 s unless given). */
  rpc(method: string, params: readonly unknown[], timeoutMs?: number): Promise<unknown>;
  /** Asks the process to end, makes it end after a second, and resolves once it is gone. */
  stop(): Promise<void>;
  /** Ends the process with SIGKILL and resolves once it is gone. */
  kill(): Promise<void>;
}

const startWithinMs = 20_000;
const stopWithinMs = 1_000;
const usualTimeoutMs = 30_000;

/** Starts an anvil and resolves once it listens. Rejects in one line where it does not come up. */
export async function spawnAnvil({ binary, flags, port, guardian }: AnvilOptions): Promise<Anvil> {
  const child = spawn(binary, ['--host', '127.0.0.1', '--port', String(port), ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: Ctrl-C is for us, who end it when the calls in flight are done.
    detached: true,
    windowsHide: true,
  });
  const gone = new Promise<void>((resolve) => {
    child.once('exit', resolve);
    child.once('error', resolve);
  }).then(() => void (child.pid !== undefined && guardian.release(child.pid)));
  if (child.pid !== undefined) guardian.watch(child.pid);
  try {
    return anvilOn(await portOf(child), child, gone);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

/** Reads the port off what anvil prints; what it prints later is read and dropped, else its pipe would fill. */
function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = '';
    const fail = (why: string): void => reject(new Error(`anvil did not start: ${why}`));
    const timer = setTimeout(() => fail('it says nothing'), startWithinMs);
    const settle = (): void => {
      clearTimeout(timer);
      for (const stream of [child.stdout, child.stderr]) stream?.removeAllListeners('data').resume();
    };
    const read = (bytes: Buffer): void => {
      said = (said + bytes.toString()).slice(-8_192);
      const port = /Listening on 127\.0\.0\.1:(\d+)/.exec(said)?.[1];
      if (port === undefined) return;
      settle();
      resolve(Number(port));
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('error', (error) => {
      settle();
      fail(error.message);
    });
    child.once('exit', () => {
      settle();
      fail(lastLine(said));
    });
  });
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() || 'it ended without a word';
}

function anvilOn(port: number, child: ChildProcess, gone: Promise<void>): Anvil {
  const url = `http://127.0.0.1:${port}`;
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    child.kill(signal);
    await Promise.race([gone, wait(stopWithinMs, undefined, { ref: false })]);
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await gone;
  };
  return {
    url,
    port,
    pid: child.pid ?? 0,
    gone,
    post: (body, timeoutMs) => post(url, body, timeoutMs),
    rpc: (method, params, timeoutMs = usualTimeoutMs) => rpc((body) => post(url, body, timeoutMs), method, params),
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}

async function post(url: string, body: Uint8Array, timeoutMs: number): Promise<WireAnswer> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(timeoutMs) });
  return {
    status: response.status,
    headers: { 'content-type': response.headers.get('content-type') ?? 'application/json' },
    body: Buffer.from(await response.arrayBuffer()),
  };
}

type Ask = (body: Uint8Array) => Promise<WireAnswer>;

async function rpc(ask: Ask, method: string, params: readonly unknown[]): Promise<unknown> {
  const { body } = await ask(Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })));
  const answer: { readonly result?: unknown; readonly error?: { readonly message?: unknown } } = JSON.parse(
    body.toString(),
  );
  if (answer.error !== undefined) throw new Error(`${method}: ${answer.error.message}`);
  return answer.result;
}
