import { spawn } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { type Guardian, startGuardian } from '../../src/demo/guardian.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of the project as it ships, built once for all process tests. */
    readonly projectFolder: string;
  }
}

/** A gateway as a user starts it: a process of its own, with a configuration file. */
export interface GatewayProcess {
  /** The public door, without a slash at its end. */
  readonly url: string;
  /** The operators' door. */
  readonly adminUrl: string;
  readonly pid: number;
  /** Puts another configuration, over the usual one, or just this text in place of its file, whole at once. */
  rewrite(config: object | string): void;
  /** All it wrote so far to standard output and standard error. */
  output(): string;
  signal(name: NodeJS.Signals): void;
  /** Resolves with the exit code, or null where a signal ended it. */
  readonly ended: Promise<number | null>;
  /** Asks it to end, without the delay for load balancers, and resolves once it is gone. */
  stop(): Promise<void>;
}

/** What tests leave to chance or do without, unless they say otherwise. */
const usual = {
  server: { port: 0, drainDelay: '0s' },
  admin: { port: 0 },
  state: 'memory',
};

let lastFile = 0;

/** Writes a configuration over the usual one to a file of its own, and names it. */
export function writeConfig(config: object): string {
  lastFile += 1;
  const path = join(inject('projectFolder'), `config-${process.pid}-${lastFile}.json`);
  rewriteConfig(path, config);
  return path;
}

function rewriteConfig(path: string, config: object | string): void {
  writeFileSync(`${path}.new`, typeof config === 'string' ? config : JSON.stringify({ ...usual, ...config }));
  renameSync(`${path}.new`, path);
}

/** Runs a command of `switchyard` to its end: the exit code, and all it wrote. */
export function runSwitchyard(
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly output: string }> {
  const folder = inject('projectFolder');
  const child = spawn(process.execPath, [join(folder, 'dist', 'main.js'), ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
}

let guardianOnce: Promise<Guardian> | undefined;

/**
 * Starts a gateway and resolves once its doors are open. Rejects with what it said where it ended instead. Where a test run is
 * killed before it could stop it, the gateway ends too.
 */
export async function startGatewayProcess(config: object): Promise<GatewayProcess> {
  guardianOnce ??= startGuardian();
  const guardian = await guardianOnce;
  const folder = inject('projectFolder');
  const path = writeConfig(config);
  const args = [join(folder, 'dist', 'main.js'), 'start', '--config', path];
  const child = spawn(process.execPath, args, { cwd: folder, env: { PATH: process.env.PATH } });
  let written = '';
  const { pid = 0 } = child;
  guardian.watch(pid);
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      guardian.release(pid);
      resolve(code);
    });
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGINT');
    await ended;
  };
  return new Promise((resolve, reject) => {
    const read = (text: string): void => {
      written += text;
      const doors = /serves .* on (http:\S+), status on (http:\S+)\n/.exec(written);
      const [, url, adminUrl] = doors ?? [];
      if (url === undefined || adminUrl === undefined) return;
      resolve({
        url,
        adminUrl,
        pid,
        rewrite: (next) => rewriteConfig(path, next),
        output: () => written,
        signal: (name) => void child.kill(name),
        ended,
        stop,
      });
    };
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', read);
    void ended.then((code) => reject(new Error(`the gateway ended with ${code}: ${written}`)));
  });
}
