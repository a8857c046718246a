import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';

/** What a look at a database file found. `unknown`: nobody could look, for lack of a process or of time. */
export type Inspection =
  | { readonly kind: 'sound'; readonly schema: number | undefined }
  | { readonly kind: 'damaged' }
  | { readonly kind: 'unknown' };

/** The key of the row that names a file's schema, and the newest schema there is a meaning for here. */
export interface OwnSchema {
  readonly key: Buffer;
  readonly version: number;
}

/** A file this small is read in a fraction of it; a walk that takes longer goes in circles. */
const patienceMs = 15_000;

const sound = 'sound ';

/**
 * Reads every row of a database file, checks counts and checksums, and commits one write, all in a process of its own:
 * LMDB trusts its file, and a damaged one can end the process that maps it. A file of a newer schema is only read. Never
 * rejects.
 *
 * Found: a file that is none, cut short, overwritten in its pages or rows, or too damaged to take a write. Not found:
 * an older state of the whole file put in its place, and rows lost together with the count of them.
 */
export function inspectDatabase(path: string, ours: OwnSchema): Promise<Inspection> {
  const lmdbPath = createRequire(import.meta.url).resolve('lmdb');
  const script = `(${inspectInChild.toString()})(require)`;
  return new Promise((resolve) => {
    const args = [lmdbPath, path, ours.key.toString('hex'), String(ours.version), sound];
    const child = spawn(process.execPath, ['-e', script, ...args], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    let said = '';
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, patienceMs);
    child.stdout.on('data', (bytes: Buffer) => {
      said += bytes.toString('utf8');
    });
    child.once('error', () => {
      clearTimeout(timer);
      resolve({ kind: 'unknown' });
    });
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve(late ? { kind: 'damaged' } : readVerdict(code, said));
    });
  });
}

function readVerdict(code: number | null, said: string): Inspection {
  if (code !== 0 || !said.startsWith(sound)) return { kind: 'damaged' };
  const schema = Number.parseInt(said.slice(sound.length), 10);
  return { kind: 'sound', schema: Number.isNaN(schema) ? undefined : schema };
}

/** Runs in the child, as text: it may use nothing of this file. */
function inspectInChild(load: NodeJS.Require): void {
  const [, lmdbPath = '', path = '', schemaHex = '', newest = '', word = ''] = process.argv;
  const { crc32 } = load('node:zlib');
  const db = load(lmdbPath).open({ path, noSubdir: true, encoding: 'string', keyEncoding: 'binary' });
  let rows = 0;
  for (const { key, value } of db.getRange({})) {
    const text = String(value).slice(9);
    const sum = crc32(text, crc32(key)).toString(16).padStart(8, '0');
    if (String(value).slice(0, 9) !== `${sum} `) throw new Error('a row with a wrong checksum');
    rows += 1;
  }
  if (rows !== db.getStats().entryCount) throw new Error('a row that cannot be reached');
  const schemaKey = Buffer.from(schemaHex, 'hex');
  const sealed: string | undefined = db.get(schemaKey);
  const isOurs = sealed !== undefined && Number(sealed.slice(9)) <= Number(newest);
  const written = isOurs ? db.put(schemaKey, sealed) : Promise.resolve();
  Promise.resolve(written)
    .then(() => db.close())
    .then(() => process.stdout.write(word + (sealed?.slice(9) ?? '')));
}
