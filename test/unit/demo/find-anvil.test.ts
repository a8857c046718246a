import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { findAnvil, usualSearch } from '../../../src/demo/find-anvil.ts';

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'anvil-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

describe('the anvil binary', () => {
  test('is that of the platform package, not the launcher in front of it', () => {
    expect(basename(findAnvil(usualSearch()))).toMatch(/^anvil(?:\.exe)?$/);
  });

  test('is found in the working directory where this package has none beside it', () => {
    const search = usualSearch();
    const elsewhere = join(emptyFolder(), 'x.js');
    expect(findAnvil({ ...search, from: [elsewhere, ...search.from] })).toBe(findAnvil(search));
  });

  test('that is not installed is said in one line, with what to do', () => {
    expect(() => findAnvil({ ...usualSearch(), from: [join(emptyFolder(), 'x.js')] })).toThrow(
      /^anvil, which the demo needs, is not installed \(npm install @foundry-rs\/anvil\)$/,
    );
  });

  test('that is not made for a machine is said in one line', () => {
    expect(() => findAnvil({ ...usualSearch(), platform: 'aix', arch: 'ppc64' })).toThrow(
      /^anvil, which the demo needs, is not made for aix on ppc64$/,
    );
  });
});
