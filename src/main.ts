#!/usr/bin/env node
import { readFileSync, statSync } from 'node:fs';
import { canListen } from './config/can-listen.ts';
import { memoryLimit } from './config/memory-limit.ts';
import { runCommand } from './config/run-command.ts';
import type { StopCause, World } from './config/world.ts';
import type { Terminal } from './demo/start-devnet.ts';

/** A process that has done its work but is held by a forgotten handle ends after this long. */
const lingerMs = 250;

const world: World = {
  version: ownVersion(),
  env: process.env,
  memoryBytes: memoryLimit(),
  print: (text) => void process.stdout.write(text),
  say: (line) => void process.stderr.write(`${line}\n`),
  isFile: (path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true,
  // Loaded when needed, so that `--help` and a bad command line answer at once.
  loadGateway: () => import('./gateway.ts'),
  loadDevnet: async () => {
    const { startDevnet } = await import('./demo/start-devnet.ts');
    return { startDevnet: () => startDevnet(ownTerminal()) };
  },
  canListen,
  untilStopped,
  onReload,
  atMost,
};

/** From the package, which stands one folder above `src` and above `dist`. */
function ownVersion(): string {
  const { version }: { version?: unknown } = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  );
  return typeof version === 'string' ? version : 'unknown';
}

/** Where somebody sits at a terminal the demo hears its keys, among them Ctrl-C, for which it then gets no signal. */
function ownTerminal(): { readonly terminal?: Terminal } {
  if (!process.stdin.isTTY) return {};
  const interrupt = (): void => void process.emit('SIGINT', 'SIGINT');
  return { terminal: { input: process.stdin, print: world.print, interrupt } };
}

/** The first signal or stray error ends the gateway in order; the second ends the process. */
function untilStopped(): Promise<StopCause> {
  return new Promise((resolve) => {
    let isStopping = false;
    const stop = (cause: StopCause): void => {
      if (isStopping) process.exit(1);
      isStopping = true;
      resolve(cause);
    };
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop({ kind: 'signal', signal }));
    process.on('uncaughtException', (error) => stop({ kind: 'crash', error }));
    process.on('unhandledRejection', (error) => stop({ kind: 'crash', error }));
  });
}

function onReload(run: () => void): () => void {
  process.on('SIGHUP', run);
  return () => void process.off('SIGHUP', run);
}

function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const end = (): void => {
      clearTimeout(timer);
      resolve();
    };
    work.then(end, end);
  });
}

/** A reader that went away (`switchyard chains | head`) is no failure. */
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

process.exitCode = await runCommand(process.argv.slice(2), world);
setTimeout(() => process.exit(), lingerMs).unref();
