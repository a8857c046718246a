import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../..');
const built = join(root, 'node_modules/.cache/store-test');

/** Compiles the store, so that a process of its own can run it on any Node. */
export function buildStore(): void {
  mkdirSync(built, { recursive: true });
  writeFileSync(join(built, 'package.json'), '{"type":"module"}');
  const flags = '--ignoreConfig --rootDir src --module nodenext --target es2022 --types node --skipLibCheck';
  const { status, stdout } = spawnSync(
    join(root, 'node_modules/.bin/tsc'),
    [
      'src/store/lmdb-store.ts',
      'src/world/open-store.ts',
      '--outDir',
      built,
      '--rewriteRelativeImportExtensions',
      '--strict',
      ...flags.split(' '),
    ],
    { cwd: root, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`the store does not compile: ${stdout}`);
}

/** Runs a script in a process of its own: `openLmdbStore`, `openStore` and `path` are there for it to use. */
export function runWithStore(path: string, script: string): ChildProcess {
  return spawn(process.execPath, nodeArguments(path, script), { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** The same, with files limited to so many blocks of 512 bytes, as on a disk that is full. */
export function runWithFullDisk(path: string, script: string, blocks: number): ChildProcess {
  const shell = `trap '' XFSZ; ulimit -f ${blocks}; exec "$0" "$@"`;
  return spawn('sh', ['-c', shell, process.execPath, ...nodeArguments(path, script)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

function nodeArguments(path: string, script: string): string[] {
  const store = JSON.stringify(join(built, 'store/lmdb-store.js'));
  const world = JSON.stringify(join(built, 'world/open-store.js'));
  const imports = `import { openLmdbStore } from ${store}; import { openStore } from ${world};`;
  const head = `${imports} const path = process.argv[1];`;
  return ['--input-type=module', '-e', `${head}\n${script}`, path];
}
