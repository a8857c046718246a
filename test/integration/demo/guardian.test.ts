import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import { startGuardian } from '../../../src/demo/guardian.ts';
import { startDevnet } from '../../../src/demo/start-devnet.ts';

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function untilGone(pids: readonly number[]): Promise<unknown> {
  return vi.waitUntil(() => !pids.some(isAlive), { timeout: 10_000, interval: 20 });
}

function sleeper(): number {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child.pid ?? Number.NaN;
}

describe('the guardian', () => {
  test('ends every anvil of a devnet whose process was killed with SIGKILL', async () => {
    const module = pathToFileURL(`${inject('projectFolder')}/dist/demo/start-devnet.js`).href;
    const script = `
      const { startDevnet } = await import(${JSON.stringify(module)});
      const devnet = await startDevnet();
      console.log(JSON.stringify(devnet.faults.view().providers.map(({ anvil }) => anvil.pid)));`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const [line] = await once(createInterface(child.stdout), 'line');
    const pids: readonly number[] = JSON.parse(line);
    expect(pids.map(isAlive)).toEqual([true, true, true]);
    child.kill('SIGKILL');
    await untilGone(pids);
  });

  test('ends what it watches, and not what it was told to release', async () => {
    const [watched, released] = [sleeper(), sleeper()];
    const guardian = await startGuardian();
    guardian.watch(watched);
    guardian.watch(released);
    guardian.release(released);
    guardian.close();
    await untilGone([watched, guardian.pid]);
    expect(isAlive(released)).toBe(true);
  });

  test('is not ended by the signals that end us, and does not outlive what it is for', async () => {
    const guardian = await startGuardian();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(guardian.pid, signal);
    const watched = sleeper();
    guardian.watch(watched);
    guardian.close();
    await untilGone([watched, guardian.pid]);
  });
});

describe('a devnet', () => {
  test('that is closed leaves no process and no door behind, and may be closed again', async () => {
    const devnet = await startDevnet({ blockTimeMs: 50 });
    const { providers } = devnet.faults.view();
    const pids = providers.map(({ anvil }) => anvil?.pid ?? Number.NaN);
    await devnet.close();
    await devnet.close();
    await untilGone(pids);
    for (const url of [devnet.controlUrl, ...providers.map((provider) => provider.url)]) {
      await expect(fetch(url)).rejects.toThrow('fetch failed');
    }
  });

  test('that cannot open its control door says so and leaves nothing behind', async () => {
    const first = await startDevnet({ blockTimeMs: 1_000 });
    onTestFinished(() => first.close());
    const { port } = new URL(first.controlUrl);
    await expect(startDevnet({ controlPort: Number(port) })).rejects.toThrow('EADDRINUSE');
  });
});
