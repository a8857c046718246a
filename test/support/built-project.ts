import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const projectRoot = fileURLToPath(new URL('../../', import.meta.url));

/** The project as it ships, built into a folder of its own. */
export interface BuiltProject {
  readonly folder: string;
  /** Starts `switchyard` with these arguments, in `folder` unless told otherwise. */
  run(args: readonly string[], options?: RunOptions): RunningProcess;
  remove(): void;
}

/** Where and how a process is started. */
export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
}

/** A process that was started, and what came of it so far. */
export interface RunningProcess {
  readonly ended: Promise<EndedProcess>;
  /** Resolves with the text of standard error once it matches; rejects when the process ends before. */
  saying(pattern: RegExp): Promise<string>;
  signal(name: 'SIGTERM' | 'SIGINT'): void;
}

/** A process that ended by itself (`code`) or by a signal (`null`). */
export interface EndedProcess {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Compiles the sources into a temporary folder, beside links to the libraries and the chain documents.
 * @throws Error where nothing was emitted.
 */
export function buildProject(): BuiltProject {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-'));
  for (const name of ['node_modules', 'chains']) symlinkSync(join(projectRoot, name), join(folder, name));
  cpSync(join(projectRoot, 'package.json'), join(folder, 'package.json'));
  const compiler = join(projectRoot, 'node_modules', '.bin', 'tsc');
  const built = spawnSync(
    compiler,
    ['-p', join(projectRoot, 'tsconfig.build.json'), '--outDir', join(folder, 'dist')],
    {
      encoding: 'utf8',
    },
  );
  const main = join(folder, 'dist', 'main.js');
  const page = join('server', 'page', 'assets');
  cpSync(join(projectRoot, 'src', page), join(folder, 'dist', page), { recursive: true });
  if (!existsSync(main)) throw new Error(`nothing was built: ${built.stdout}`);
  return {
    folder,
    run: (args, { env = {} } = {}) => start([main, ...args], folder, env),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function start(args: readonly string[], cwd: string, env: Readonly<Record<string, string>>): RunningProcess {
  const child = spawn(process.execPath, args, { cwd, env: { PATH: process.env.PATH, ...env } });
  const texts = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      texts[name] += chunk;
      for (const listener of listeners) listener();
    });
  }
  const ended = new Promise<EndedProcess>((resolve) => {
    child.on('close', (code) => resolve({ code, ...texts }));
  });
  const saying = (pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => void (pattern.test(texts.stderr) && resolve(texts.stderr));
      listeners.add(look);
      look();
      void ended.then(({ stderr }) => reject(new Error(`ended without saying ${pattern}: ${stderr}`)));
    });
  return { ended, saying, signal: (name) => void child.kill(name) };
}
