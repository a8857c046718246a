import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { openStore } from '../../../src/world/open-store.ts';
import { buildStore, runWithFullDisk } from './store-child.ts';

let path = '';

beforeAll(buildStore);

beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'state-'));
  return () => rm(path, { recursive: true, force: true });
});

it('the configured store says nothing as long as all is well', async () => {
  const said: string[] = [];
  const { store, tell } = await openStore({ kind: 'lmdb', path });
  tell((warning) => void said.push(warning));
  store.put('a', 1);
  await store.flush();
  await store.close();
  expect(said).toEqual([]);
});

it('a store that is another’s is said so once, to whoever is named later, and one in memory takes its place', async () => {
  const said: string[] = [];
  const owner = await openStore({ kind: 'lmdb', path });
  const second = await openStore({ kind: 'lmdb', path });
  second.store.put('a', 1);
  expect(second.store.get('a')).toBe(1);
  second.tell((warning) => void said.push(warning));
  expect(said).toEqual([
    expect.stringMatching(/is in use by process .* Until then standings are kept in memory only\.$/),
  ]);
  await second.store.close();
  await owner.store.close();
});

it('F-227: a disk that is full is said once, and once that it can be written again', async () => {
  const fillsTheDisk = `
    const said = [];
    const { store, tell } = await openStore({ kind: 'lmdb', path });
    tell((warning) => said.push(warning));
    for (let round = 0; round < 3; round++) {
      for (let row = 0; row < 100; row++) store.put('big/' + row, { round, text: 'x'.repeat(5000) });
      await store.flush();
    }
    for (let row = 0; row < 100; row++) store.remove('big/' + row);
    await store.flush();
    console.log(JSON.stringify(said));
    await store.close();
  `;
  const child = runWithFullDisk(path, fillsTheDisk, 400);
  let text = '';
  child.stdout?.on('data', (bytes: Buffer) => {
    text += bytes.toString();
  });
  const [code] = await once(child, 'close');
  expect(code).toBe(0);
  expect(JSON.parse(text)).toEqual([
    `The state folder ${path} cannot be written: make room on its disk. Until then standings are kept in memory only.`,
    `The state folder ${path} can be written again.`,
  ]);
});
