import { readFileSync, writeFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openLmdbStore } from '../../src/store/lmdb-store.ts';
import { startFakeUpstream } from '../support/fake-upstream.ts';
import { type GatewayProcess, startGatewayProcess } from '../support/gateway-process.ts';
import { lookUntil } from '../support/look-until.ts';
import { stateFolder } from '../support/state-folder.ts';
import { readMany, standingsOf, watchChain } from '../support/watched-chain.ts';

/** Starts a gateway over a state folder, and resolves once it has said all that it says of its store. */
async function startOver(path: string): Promise<GatewayProcess> {
  const upstream = await startFakeUpstream();
  onTestFinished(() => upstream.close());
  const primary = [{ name: 'alpha', url: upstream.url }];
  const gateway = await startGatewayProcess({ state: { path }, chains: { ethereum: { primary } } });
  onTestFinished(() => gateway.stop());
  return gateway;
}

/** The one thing a gateway says of its store. */
async function saidOfStore(gateway: GatewayProcess): Promise<string> {
  const said = await lookUntil(
    () => warningsOf(gateway),
    (found) => found.length > 0,
  );
  expect(said.length).toBe(1);
  return said[0] ?? '';
}

function warningsOf(gateway: GatewayProcess): readonly string[] {
  const lines = gateway.output().split('\n');
  return lines.flatMap((line) => {
    if (!line.startsWith('{')) return [];
    const { level, msg }: { readonly level: number; readonly msg: string } = JSON.parse(line);
    return level >= 40 ? [msg] : [];
  });
}

async function expectServing(gateway: GatewayProcess): Promise<void> {
  await lookUntil(
    async () => standingsOf(await watchChain(gateway, 'ethereum')),
    ({ alpha }) => alpha === 'serving',
  );
  expect(await readMany(gateway, 'ethereum', 3)).toEqual(new Set(['alpha']));
}

/** Writes a store as some gateway did, and closes it. */
async function fillStore(path: string, schemaVersion: number): Promise<void> {
  const opened = await openLmdbStore({ path, schemaVersion });
  if (opened.kind === 'refused') throw new Error(opened.message);
  for (let row = 0; row < 200; row++) opened.store.put(`row/${row}`, { text: 'a row like others', row });
  await opened.store.close();
}

test('F-243: a store of a newer version is said so, left as it is, and the gateway serves from memory', async () => {
  const path = stateFolder();
  await fillStore(path, 2);
  const bytes = readFileSync(join(path, 'state.mdb'));
  const gateway = await startOver(path);
  expect(await saidOfStore(gateway)).toBe(
    `The state folder ${path} was written by a newer version. Start that version, or move the folder away to begin with an empty one. Until then standings are kept in memory only.`,
  );
  await expectServing(gateway);
  await gateway.stop();
  expect(readFileSync(join(path, 'state.mdb')).equals(bytes)).toBe(true);
});

test('a store in use by another gateway is said so, with its process, and both serve; then the next one has it', async () => {
  const path = stateFolder();
  const owner = await startOver(path);
  const second = await startOver(path);
  expect(await saidOfStore(second)).toContain(`The state folder ${path} is in use by process ${owner.pid} on `);
  expect(await saidOfStore(second)).toContain('Stop that one, or give this gateway a folder of its own (state.path).');
  await Promise.all([expectServing(owner), expectServing(second)]);
  expect(warningsOf(owner)).toEqual([]);
  owner.signal('SIGKILL');
  await owner.ended;
  const next = await startOver(path);
  await expectServing(next);
  expect(warningsOf(next)).toEqual([]);
});

test.each<readonly [string, (bytes: Buffer) => Buffer]>([
  ['no database', () => Buffer.from('not a database '.repeat(1000))],
  ['cut in half', (bytes) => bytes.subarray(0, bytes.length >> 1)],
  [
    'overwritten in its rows',
    (bytes) => Buffer.from(bytes.toString('latin1').replaceAll('others', 'OTHERS'), 'latin1'),
  ],
])('F-226: a store that is %s is said to be damaged, left as it is, and may be moved away', async (_words, damage) => {
  const folder = stateFolder();
  const path = join(folder, 'state');
  await fillStore(path, 1);
  const file = join(path, 'state.mdb');
  writeFileSync(file, damage(readFileSync(file)));
  const bytes = readFileSync(file);
  const gateway = await startOver(path);
  expect(await saidOfStore(gateway)).toBe(
    `The state folder ${path} holds a damaged file, which was left as it is. Move the folder away to begin with an empty one. Until then standings are kept in memory only.`,
  );
  await expectServing(gateway);
  await gateway.stop();
  expect(readFileSync(file).equals(bytes)).toBe(true);
  await rename(path, join(folder, 'away'));
  const next = await startOver(path);
  await expectServing(next);
  expect(warningsOf(next)).toEqual([]);
});

test('F-226, F-227: a folder that cannot be made is said so, and the gateway serves from memory', async () => {
  const file = join(stateFolder(), 'a-file');
  writeFileSync(file, '');
  const gateway = await startOver(join(file, 'state'));
  expect(await saidOfStore(gateway)).toMatch(
    /^The state folder .* cannot be used \(\w+\)\. Let this user write there, or name another folder \(state\.path\)\./,
  );
  await expectServing(gateway);
});
