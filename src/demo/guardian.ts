import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';

/** Ends processes that would outlive us. */
export interface Guardian {
  readonly pid: number;
  /** From now on this process ends with us, whatever becomes of us. */
  watch(pid: number): void;
  /** This process has ended; its number may be given to another. */
  release(pid: number): void;
  /** Ends the guardian, and with it whatever it still watches. */
  close(): void;
}

/**
 * What the guardian runs. It is text, so that it needs no file that a build would have to put somewhere. It reads `+pid` and
 * `-pid` lines; the operating system closes its input when we are gone, even after SIGKILL.
 */
const script = `
const watched = new Set();
let unread = '';
process.stdin.on('data', (bytes) => {
  const lines = (unread + bytes).split('\\n');
  unread = lines.pop();
  for (const line of lines) {
    const pid = Number(line.slice(1));
    if (line.startsWith('+')) watched.add(pid);
    else watched.delete(pid);
  }
});
process.stdin.on('close', () => {
  for (const pid of watched) try { process.kill(pid, 'SIGKILL'); } catch {}
  process.exit();
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
process.stdout.write('on guard');
`;

/**
 * Starts a small child process that kills what it watches as soon as this process is gone, and resolves once it is on guard. It
 * is in a process group of its own, so that a Ctrl-C meant for us does not reach it, and does not keep us running.
 */
export async function startGuardian(): Promise<Guardian> {
  const child = spawn(process.execPath, ['-e', script], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...process.env, NODE_OPTIONS: '' },
    detached: true,
    windowsHide: true,
  });
  const { stdin, stdout } = child;
  await Promise.race([once(stdout, 'data'), once(child, 'exit').then(refuse)]);
  // Where the guardian was killed there is nothing left to tell it.
  for (const emitter of [child, stdin, stdout]) emitter.on('error', () => undefined);
  child.unref();
  for (const pipe of [stdin, stdout]) if (pipe instanceof Socket) pipe.unref();
  return {
    pid: child.pid ?? 0,
    watch: (watched) => void stdin.write(`+${watched}\n`),
    release: (released) => void stdin.write(`-${released}\n`),
    close: () => void stdin.end(),
  };
}

function refuse(): never {
  throw new Error('the process that guards the devnet does not start');
}
