import { readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ProcessIdentity, parseIdentity, stillRuns, thisProcess } from './process-identity.ts';

/** A folder that is ours until released, or by whom it is held. */
export type Claim =
  | { readonly kind: 'held'; readonly release: () => Promise<void> }
  | { readonly kind: 'taken'; readonly by: string };

/** How often the owner touches its lock, for those who cannot see its process. */
const beatMs = 1_000;

/** Silence, in milliseconds, after which an owner out of sight is taken for dead. */
const defaultSilenceMs = 4_000;

const turnMs = 2_000;
const turnPollMs = 20;

/** Rounds of claiming; each lost one means that somebody else moved in between. */
const maxRounds = 20;

/**
 * Claims a folder for this process by a lock file, `owner.lock`. A lock whose process has ended is taken over at once; one
 * from another machine or container, when its owner has not touched it for `silenceMs` (4 s) of watching.
 *
 * Rejects as the file system does when the folder cannot be written.
 */
export async function claimFolder(folder: string, silenceMs = defaultSilenceMs): Promise<Claim> {
  const file = join(folder, 'owner.lock');
  const mine = JSON.stringify({ ...(await thisProcess()), claim: crypto.randomUUID() });
  let theirs = '';
  for (let round = 0; round < maxRounds; round++) {
    if (await created(file, mine)) return { kind: 'held', release: keepBeating(file, mine) };
    theirs = (await contentOf(file)) ?? '';
    if (await ownerLives(file, theirs, silenceMs)) break;
    await removeDead(file, theirs);
  }
  return { kind: 'taken', by: describeOwner(parseIdentity(theirs)) };
}

async function created(file: string, content: string): Promise<boolean> {
  try {
    await writeFile(file, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

async function ownerLives(file: string, content: string, silenceMs: number): Promise<boolean> {
  const owner = parseIdentity(content);
  const runs = owner === undefined ? undefined : await stillRuns(owner);
  return runs ?? (await beats(file, silenceMs));
}

/** Compares the file's time with itself, not with our clock: two machines need not agree on the hour. */
async function beats(file: string, silenceMs: number): Promise<boolean> {
  const before = await timeOf(file);
  await sleep(silenceMs);
  const after = await timeOf(file);
  return after !== undefined && after !== before;
}

/** Takes a dead owner's lock away. One claim at a time may: the lock it judged is the one it removes. */
async function removeDead(file: string, content: string): Promise<void> {
  const turn = `${file}.takeover`;
  if (!(await created(turn, ''))) return outwait(turn);
  if ((await contentOf(file)) === content) await rm(file, { force: true });
  await rm(turn, { force: true });
}

/** A turn takes milliseconds; one that takes seconds was left behind by a process that ended in the middle of it. */
async function outwait(turn: string): Promise<void> {
  const began = await timeOf(turn);
  for (let waitedMs = 0; waitedMs < turnMs; waitedMs += turnPollMs) {
    if ((await timeOf(turn)) !== began) return;
    await sleep(turnPollMs);
  }
  await rm(turn, { force: true });
}

function keepBeating(file: string, mine: string): () => Promise<void> {
  const timer = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => {});
  }, beatMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    if ((await contentOf(file)) === mine) await rm(file, { force: true });
  };
}

function contentOf(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}

function timeOf(file: string): Promise<number | undefined> {
  return stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );
}

function describeOwner(owner: ProcessIdentity | undefined): string {
  return owner === undefined ? 'another process' : `process ${owner.pid} on ${owner.place.split(' ')[0]}`;
}
