import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, inject, onTestFinished, test, vi } from 'vitest';

interface Demo {
  readonly process: ChildProcess;
  /** Everything it printed until it was ready. */
  readonly text: string;
  readonly ended: Promise<number | null>;
}

/** Starts the demo as a user does and resolves once it has said what to try. */
function startDemo(): Promise<Demo> {
  const folder = inject('projectFolder');
  const child = spawn(process.execPath, [join(folder, 'dist', 'main.js'), 'demo', '--port', '0', '--admin-port', '0'], {
    cwd: folder,
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = new Promise<number | null>((resolve) => void child.once('close', resolve));
  return new Promise((resolve, reject) => {
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        if (/ {2}x {2}wrong-data .*\n/.test(text)) resolve({ process: child, text, ended });
      });
    }
    void ended.then((code) => reject(new Error(`the demo ended with ${code}: ${text}`)));
  });
}

/** The first thing a pattern captures in the demo's text. */
function said({ text }: Demo, pattern: RegExp): string {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new Error(`the demo does not say ${pattern}: ${text}`);
  return found;
}

function anvilPids({ text }: Demo): readonly number[] {
  return [...text.matchAll(/anvil pid (\d+)/g)].map((match) => Number(match[1]));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function post(url: string, body?: string): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(url, body === undefined ? { method: 'POST' } : { method: 'POST', body });
  return { status: response.status, text: await response.text() };
}

describe('the demo as a process', () => {
  test('prints a call to copy and its answer, and both are true', async () => {
    const demo = await startDemo();
    const [url, body] = [said(demo, /curl -s (\S+) -d '/), said(demo, /curl -s \S+ -d '([^']+)'/)];
    const answer = said(demo, /curl -s \S+ -d '[^']+'\n +(\{.*\})\n/);
    expect(await post(url, body)).toEqual({ status: 200, text: answer });
  });

  test('answers every call while the providers it says how to break are broken, and shows it where it says', async () => {
    const demo = await startDemo();
    const rpc = said(demo, /RPC URL +(\S+)/);
    const alpha = said(demo, /curl -s -X POST (\S+)\/alpha\/black-hole\n/);
    const status = said(demo, /curl -s (\S+\/api\/status)\n/);
    const metrics = said(demo, /curl -s (\S+\/metrics) \| grep endpoint_healthy\n/);
    const body =
      '{"jsonrpc":"2.0","id":1,"method":"eth_getBalance","params":["0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266","latest"]}';
    for (const broken of [`${alpha}/alpha/black-hole`, `${alpha}/bravo/killed`]) {
      expect((await post(broken)).status).toBe(200);
      for (let call = 0; call < 5; call++) {
        expect(await post(rpc, body)).toEqual({ status: 200, text: expect.stringContaining('"result":"0x') });
      }
    }
    await vi.waitUntil(async () => /"blocked"/.test(await (await fetch(status)).text()), {
      timeout: 30_000,
      interval: 200,
    });
    expect(await (await fetch(metrics)).text()).toMatch(/endpoint_healthy\{[^}]*provider="bravo"[^}]*\} 0\n/);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('ends with 0 on %s and takes its anvils with it', async (signal) => {
    const demo = await startDemo();
    const pids = anvilPids(demo);
    expect(pids.map(isAlive)).toEqual([true, true, true]);
    demo.process.kill(signal);
    expect(await demo.ended).toBe(0);
    expect(pids.filter(isAlive)).toEqual([]);
  });
});
