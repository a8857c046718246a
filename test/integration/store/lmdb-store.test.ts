import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { StateStore } from '../../../src/ports/state-store.ts';
import { type LmdbStoreOptions, openLmdbStore } from '../../../src/store/lmdb-store.ts';
import { buildStore, runWithFullDisk, runWithStore } from './store-child.ts';

let path = '';

beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'state-'));
  return () => rm(path, { recursive: true, force: true });
});

async function open(options: Partial<LmdbStoreOptions> = {}): Promise<StateStore> {
  const opened = await openLmdbStore({ path, schemaVersion: 1, ...options });
  if (opened.kind === 'refused') throw new Error(opened.message);
  return opened.store;
}

/** Fills a store with rows and closes it. */
async function fill(rows: number): Promise<void> {
  const store = await open();
  for (let i = 0; i < rows; i++) store.put(`row/${i}`, { i, text: `a row like others ${i}` });
  await store.close();
}

describe('a state folder', () => {
  it('keeps its rows from one start to the next, and what was removed stays away', async () => {
    const first = await open();
    first.put('a', { n: 1 });
    first.put('b', 2);
    await first.flush();
    first.remove('b');
    await first.close();
    const second = await open();
    expect(second.list('', 10)).toEqual([{ key: 'a', value: { n: 1 } }]);
    await second.close();
  });

  it('is made where it is missing, with the folders above it', async () => {
    const store = await open({ path: join(path, 'deep/er') });
    store.put('a', 1);
    await store.close();
    expect(await readdir(join(path, 'deep/er'))).toContain('state.mdb');
  });

  it('of an older version is taken over, of a newer one refused, and left as it is', async () => {
    await fill(1);
    const raised = await open({ schemaVersion: 3 });
    expect(raised.get('row/0')).toMatchObject({ i: 0 });
    await raised.close();
    const refused = await openLmdbStore({ path, schemaVersion: 2 });
    expect(refused).toMatchObject({ kind: 'refused', reason: 'newer-version' });
    const again = await open({ schemaVersion: 3 });
    expect(again.get('row/0')).toMatchObject({ i: 0 });
    await again.close();
  });

  it('F-226 that cannot be written is refused, with what to do', async () => {
    const file = join(path, 'a-file');
    await writeFile(file, '');
    const refused = await openLmdbStore({ path: join(file, 'state'), schemaVersion: 1 });
    expect(refused).toMatchObject({ kind: 'refused', reason: 'unwritable' });
    expect(refused).toHaveProperty('message', expect.stringContaining('state.path'));
  });

  it('may be closed twice, and what is put afterwards stays in memory', async () => {
    const store = await open();
    await store.close();
    store.put('late', 1);
    await store.flush();
    await store.close();
    expect(store.get('late')).toBe(1);
    const again = await open();
    expect(again.get('late')).toBeUndefined();
    await again.close();
  });
});

describe('the owner of a state folder', () => {
  it('is one: a second is refused, told who holds it, and may have it afterwards', async () => {
    const first = await open();
    const refused = await openLmdbStore({ path, schemaVersion: 1 });
    expect(refused).toMatchObject({ kind: 'refused', reason: 'locked' });
    expect(refused).toHaveProperty('message', expect.stringContaining(`process ${process.pid}`));
    await first.close();
    await (await open()).close();
  });
});

describe('a damaged file', () => {
  const page = 4096;

  async function damage(change: (bytes: Buffer) => Buffer): Promise<void> {
    const file = join(path, 'state.mdb');
    await writeFile(file, change(await readFile(file)));
  }

  it.each<readonly [string, (bytes: Buffer) => Buffer]>([
    ['is no database', () => Buffer.from('not a database '.repeat(1000))],
    ['is all zeros', (bytes) => Buffer.alloc(bytes.length)],
    ['is a few bytes long', (bytes) => bytes.subarray(0, 100)],
    ['is cut after its first page', (bytes) => bytes.subarray(0, page)],
    ['is cut in half', (bytes) => bytes.subarray(0, bytes.length >> 1)],
    ['is cut within a page', (bytes) => bytes.subarray(0, (bytes.length >> 1) + 77)],
    ['has a row with other bytes', (bytes) => replaced(bytes, 'a row like others 77', 'A row like others 77')],
    ['has a row under another key', (bytes) => replaced(bytes, 'r/row/77', 'r/row/7x')],
  ])('F-226 that %s is refused as damaged, left as it is, and can be moved away', async (_name, change) => {
    await fill(300);
    await damage(change);
    const bytes = await readFile(join(path, 'state.mdb'));
    const refused = await openLmdbStore({ path, schemaVersion: 1 });
    expect(refused).toMatchObject({ kind: 'refused', reason: 'damaged' });
    expect(refused).toHaveProperty('message', expect.stringContaining(path));
    expect((await readFile(join(path, 'state.mdb'))).equals(bytes)).toBe(true);
    await rm(path, { recursive: true });
    const empty = await open();
    expect(empty.list('', 1)).toEqual([]);
    await empty.close();
  });

  it('F-226 whichever page is overwritten, the store is refused or has every row as it was', async () => {
    await fill(300);
    const file = join(path, 'state.mdb');
    const good = await readFile(file);
    let refusals = 0;
    for (let at = 2 * page; at < good.length; at += page) {
      await writeFile(file, Buffer.from(good).fill(0xa5, at, at + page));
      const opened = await openLmdbStore({ path, schemaVersion: 1 });
      if (opened.kind === 'refused') {
        expect(opened.reason).toBe('damaged');
        refusals += 1;
        continue;
      }
      expect(opened.store.list('', 1_000).length).toBe(300);
      await opened.store.close();
    }
    expect(refusals).toBeGreaterThan(5);
  }, 120_000);
});

function replaced(bytes: Buffer, from: string, to: string): Buffer {
  let at = bytes.indexOf(from);
  expect(at).toBeGreaterThan(0);
  const changed = Buffer.from(bytes);
  for (; at !== -1; at = bytes.indexOf(from, at + 1)) changed.write(to, at);
  return changed;
}

describe('a process of its own', () => {
  beforeAll(buildStore);

  /** Writes two rows in each transaction, and says so once it is durable. */
  const counts = `
    const { store } = await openLmdbStore({ path, schemaVersion: 1 });
    for (let i = (store.get('a') ?? 0) + 1; ; i++) {
      store.put('a', i);
      store.put('b', i);
      store.put('pad/' + (i % 50), 'x'.repeat(500));
      if (i % 3 === 0) {
        await store.flush();
        console.log(i);
      }
    }
  `;

  it('F-225 F-226 killed at any moment loses nothing it called durable, and leaves no transaction half written', async () => {
    let durable = 0;
    for (const linesBeforeKill of [1, 2, 3, 5, 8, 13, 21, 34]) {
      const child = runWithStore(path, counts);
      onTestFinished(() => void child.kill('SIGKILL'));
      if (child.stdout === null) throw new Error('no output');
      let lines = 0;
      for await (const line of createInterface({ input: child.stdout })) {
        durable = Math.max(durable, Number(line));
        lines += 1;
        if (lines === linesBeforeKill) child.kill('SIGKILL');
      }
      if (child.signalCode === null) await once(child, 'exit');
      const store = await open();
      expect(store.get('a')).toBe(store.get('b'));
      expect(store.get('a')).toBeGreaterThanOrEqual(durable);
      await store.close();
    }
    expect(durable).toBeGreaterThan(100);
  }, 120_000);

  it('F-227 on a full disk goes on in memory and says so, once', async () => {
    const fillsTheDisk = `
      const troubles = [];
      const { store } = await openLmdbStore({ path, schemaVersion: 1, onTrouble: (trouble) => troubles.push(trouble) });
      for (let round = 0; round < 3; round++) {
        for (let i = 0; i < 100; i++) store.put('big/' + i, { round, text: 'x'.repeat(5000) });
        await store.flush();
      }
      console.log(JSON.stringify({ troubles, rows: store.list('big/', 1000).length, last: store.get('big/99').round }));
      await store.close();
    `;
    const child = runWithFullDisk(path, fillsTheDisk, 400);
    let said = '';
    child.stdout?.on('data', (bytes: Buffer) => {
      said += bytes.toString();
    });
    const [code] = await once(child, 'close');
    expect(code).toBe(0);
    expect(JSON.parse(said)).toEqual({ troubles: ['cannot-write'], rows: 100, last: 2 });
    await (await open()).close();
  });
});
