import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { watchFiles } from '../../../src/system/watch-files.ts';
import { lookUntil } from '../../support/look-until.ts';

function folderOfTest(): string {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-watch-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

interface Watched {
  readonly told: () => number;
  /** Resolves once so many changes were told. */
  readonly until: (count: number) => Promise<number>;
}

/** Watches a file and counts what is told. */
function watched(path: string): Watched {
  let count = 0;
  const cancel = watchFiles([path], () => {
    count += 1;
  });
  onTestFinished(cancel);
  const until = (wanted: number): Promise<number> =>
    lookUntil(
      () => count,
      (told) => told >= wanted,
    );
  return { told: () => count, until };
}

/** Waits until a change of another file was told: whatever came before it would have been by then. */
async function settle(folder: string): Promise<void> {
  const path = join(folder, 'last');
  writeFileSync(path, 'a');
  const { until } = watched(path);
  writeFileSync(path, 'bb');
  await until(1);
}

test('F-240: a file that is written in place is told of once, however many pieces it comes in', async () => {
  const folder = folderOfTest();
  const path = join(folder, 'config.yaml');
  writeFileSync(path, 'a: 1');
  const { told, until } = watched(path);
  for (let piece = 0; piece < 20; piece += 1) appendFileSync(path, `b${piece}: 2\n`);
  await until(1);
  await settle(folder);
  expect(told()).toBe(1);
});

test('F-240: a file that an editor puts in place of another is told of, again and again', async () => {
  const folder = folderOfTest();
  const path = join(folder, 'config.yaml');
  writeFileSync(path, 'a: 1');
  const { until } = watched(path);
  for (const round of [1, 2]) {
    renameSync(path, `${path}~`);
    writeFileSync(`${path}.new`, `a: ${round}`);
    renameSync(`${path}.new`, path);
    await until(round);
  }
});

test('F-240: a file that is gone is waited for', async () => {
  const folder = folderOfTest();
  const path = join(folder, 'config.yaml');
  writeFileSync(path, 'a: 1');
  const { told, until } = watched(path);
  unlinkSync(path);
  await settle(folder);
  expect(told()).toBe(0);
  writeFileSync(path, 'a: 22');
  await until(1);
});

test('a link that is moved to another folder, as Kubernetes does, is told of', async () => {
  const folder = folderOfTest();
  const put = (version: string): void => {
    mkdirSync(join(folder, version));
    writeFileSync(join(folder, version, 'config.yaml'), `a: ${version}`);
    symlinkSync(version, join(folder, '..data.new'));
    renameSync(join(folder, '..data.new'), join(folder, '..data'));
  };
  put('..2026_1');
  symlinkSync(join('..data', 'config.yaml'), join(folder, 'config.yaml'));
  const { until } = watched(join(folder, 'config.yaml'));
  put('..2026_2');
  await until(1);
});

test('what happens to other files of the folder is nobody’s concern', async () => {
  const folder = folderOfTest();
  const path = join(folder, 'config.yaml');
  writeFileSync(path, 'a: 1');
  const { told } = watched(path);
  writeFileSync(join(folder, 'notes'), 'b');
  await settle(folder);
  expect(told()).toBe(0);
});

test('after a cancel nothing is told', async () => {
  const folder = folderOfTest();
  const path = join(folder, 'config.yaml');
  writeFileSync(path, 'a: 1');
  let count = 0;
  const cancel = watchFiles([path], () => {
    count += 1;
  });
  cancel();
  writeFileSync(path, 'a: 22');
  await settle(folder);
  expect(count).toBe(0);
});
