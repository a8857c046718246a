import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { renderReference } from '../../../src/config/generate-reference.ts';
import { readConfig } from '../../../src/config/read-config.ts';
import { knownChains, memoryBytes } from '../../support/read-text.ts';

const root = new URL('../../../', import.meta.url);

function file(path: string): string {
  return readFileSync(new URL(path, root), 'utf8');
}

describe('the reference of the configuration', () => {
  test('is what docs/configuration.md says (write it anew with -u)', async () => {
    await expect(renderReference()).toMatchFileSnapshot('../../../docs/configuration.md');
  });

  test('has a meaning and a kind of value for every key', () => {
    const rows = renderReference()
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));
    expect(rows.length).toBeGreaterThan(100);
    expect(rows.filter(([, key, value, , meaning]) => key === '' || value === '' || meaning === '')).toEqual([]);
    expect(rows.filter((cells) => cells.length !== 6)).toEqual([]);
  });
});

describe('the shipped configurations', () => {
  const known = [...knownChains, { name: 'arbitrum', aliases: [] }];

  test.each(['config/minimal.yaml', 'config/example.yaml'])('%s is valid', (path) => {
    expect(readConfig(file(path), path, { env: { KEY: 'abc' }, known, memoryBytes })).toMatchObject({ kind: 'read' });
  });

  test('the smallest one is the one of the reference', () => {
    const chains = file('config/minimal.yaml').replace(/^#.*\n/gm, '');
    expect(renderReference()).toContain(chains);
  });

  test('what the example calls a default is one', () => {
    const reading = readConfig(file('config/example.yaml'), 'e', { env: {}, known, memoryBytes });
    const small = readConfig(file('config/minimal.yaml'), 'm', { env: { KEY: 'a' }, known, memoryBytes });
    if (reading.kind === 'refused' || small.kind === 'refused') throw new Error('a shipped configuration is wrong');
    const { chains: _, ...example } = reading.settings;
    const { chains: __, ...smallest } = small.settings;
    expect(example).toEqual(smallest);
    expect(reading.settings.chains[0]?.health).toEqual(small.settings.chains[0]?.health);
  });
});
