import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { claimFolder } from '../../../src/store/ownership.ts';
import { thisProcess } from '../../../src/store/process-identity.ts';

let folder = '';
let lock = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'claim-'));
  lock = join(folder, 'owner.lock');
  return () => rm(folder, { recursive: true });
});

async function lockAs(owner: object): Promise<void> {
  await writeFile(lock, JSON.stringify({ ...(await thisProcess()), ...owner }));
}

it('a folder is held by one claim at a time, and free once released', async () => {
  const first = await claimFolder(folder);
  expect(first.kind).toBe('held');
  expect(await claimFolder(folder)).toMatchObject({ kind: 'taken', by: expect.stringContaining(String(process.pid)) });
  if (first.kind === 'held') await first.release();
  const second = await claimFolder(folder);
  expect(second.kind).toBe('held');
  if (second.kind === 'held') await second.release();
});

it('of many claims at once one is held', async () => {
  for (let round = 0; round < 20; round++) {
    await lockAs({ began: 'an earlier boot 1' });
    const claims = await Promise.all(Array.from({ length: 12 }, () => claimFolder(folder)));
    const held = claims.filter((claim) => claim.kind === 'held');
    expect(held.length).toBe(1);
    for (const claim of held) await claim.release();
  }
});

it('the lock of a process that has ended is taken over', async () => {
  await lockAs({ pid: endedProcess() });
  expect(await claimFolder(folder)).toMatchObject({ kind: 'held' });
});

it.runIf(existsSync('/proc/self/stat'))(
  'the lock of a process that its parent has not seen end is taken over',
  async () => {
    const parent = spawn('sh', ['-c', 'sleep 0.05 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
    onTestFinished(() => void parent.kill('SIGKILL'));
    const [pid] = await once(parent.stdout, 'data');
    await lockAs({ pid: Number(String(pid)), began: '' });
    const stat = `/proc/${Number(String(pid))}/stat`;
    await vi.waitUntil(async () => /^\d+ \(.*\) Z/.test(await readFile(stat, 'utf8')), { timeout: 10_000 });
    expect(await claimFolder(folder)).toMatchObject({ kind: 'held' });
  },
);

it('a take-over that was left in the middle does not stand in the way for ever', async () => {
  await lockAs({ pid: endedProcess() });
  await writeFile(`${lock}.takeover`, '');
  expect(await claimFolder(folder)).toMatchObject({ kind: 'held' });
});

it('the lock of an earlier process with our own number is taken over', async () => {
  await lockAs({ began: 'an earlier boot 1' });
  expect(await claimFolder(folder)).toMatchObject({ kind: 'held' });
});

it('a lock from out of sight that nobody touches is taken over', async () => {
  await lockAs({ place: 'another machine' });
  expect(await claimFolder(folder, 20)).toMatchObject({ kind: 'held' });
});

it('a lock from out of sight that is touched stands', async () => {
  await lockAs({ place: 'another machine' });
  let second = 1_700_000_000;
  const beating = setInterval(() => utimes(lock, ++second, second).catch(() => {}), 5);
  onTestFinished(() => clearInterval(beating));
  expect(await claimFolder(folder, 500)).toEqual({ kind: 'taken', by: `process ${process.pid} on another` });
});

it('a lock that says nothing readable is judged by its beat alone', async () => {
  await writeFile(lock, 'half a lo');
  expect(await claimFolder(folder, 20)).toMatchObject({ kind: 'held' });
});

it('releasing takes away no lock that has become somebody else\u2019s', async () => {
  const claim = await claimFolder(folder);
  await lockAs({ place: 'another machine' });
  if (claim.kind === 'held') await claim.release();
  expect(await readFile(lock, 'utf8')).toContain('another machine');
});

/** A process number that was alive a moment ago. */
function endedProcess(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}
