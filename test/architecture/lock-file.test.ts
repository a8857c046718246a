import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from './source-files.ts';

interface LockEntry {
  readonly resolved?: string;
  readonly hasInstallScript?: boolean;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const lock: { readonly packages: Readonly<Record<string, LockEntry>> } = JSON.parse(
  readFileSync(join(projectRoot, 'package-lock.json'), 'utf8'),
);
const entries = Object.entries(lock.packages);

const advice = 'run: node test/support/complete-lock.mjs';

test('the lock file names no registry', () => {
  expect(
    entries.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path),
    advice,
  ).toEqual([]);
});

test('the lock file holds the optional packages of every platform', () => {
  const missing = entries.flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !(`${path}/node_modules/${name}` in lock.packages) && !(`node_modules/${name}` in lock.packages),
    ),
  );
  expect(missing, advice).toEqual([]);
});

test('versions are exact', () => {
  const manifest: Record<string, Record<string, string>> = JSON.parse(
    readFileSync(join(projectRoot, 'package.json'), 'utf8'),
  );
  const versions = Object.values({ ...manifest.dependencies, ...manifest.devDependencies });
  expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});

/** lmdb and its codec carry prebuilt binaries; their scripts only look for a compiler where there is none for the platform. */
const prebuilt = ['node_modules/lmdb', 'node_modules/msgpackr-extract'];

test('no production dependency needs an install script: none runs here, and only prebuilt packages have one', () => {
  const withScript = entries
    .filter(([, entry]) => entry.hasInstallScript === true && entry.dev !== true)
    .map(([path]) => path);
  expect(withScript.filter((path) => !prebuilt.includes(path))).toEqual([]);
  expect(readFileSync(join(projectRoot, '.npmrc'), 'utf8')).toContain('ignore-scripts=true');
});
