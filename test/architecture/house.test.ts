import { describe, expect, test } from 'vitest';
import {
  findBannedWords,
  findFileCycles,
  findFolderCycles,
  findLayerViolations,
  findLibraryViolations,
  findMethodNames,
  findNameViolations,
  findSizeViolations,
  findUndocumentedExports,
  type Violation,
} from './rules.ts';
import { readSources, type SourceFile } from './source-files.ts';

interface Rule {
  readonly name: string;
  readonly find: (files: readonly SourceFile[]) => readonly Violation[];
  /** Files that break the rule, each with a part of what must be said of it. */
  readonly planted: readonly { readonly files: readonly SourceFile[]; readonly said: string }[];
}

function file(path: string, text: string): SourceFile {
  return { path, text };
}

const longFunction = `/** Long. */\nexport function long(): void {\n${'  step();\n'.repeat(60)}}\n`;

const longMethod = `class A {\n  run(): void {\n${'    step();\n'.repeat(60)}  }\n}\n`;

const house: readonly Rule[] = [
  {
    name: 'rooms import core and themselves, edges no room and no other edge',
    find: findLayerViolations,
    planted: [
      { files: [file('src/relay/a.ts', `import { x } from '../select/b.ts';\n`)], said: 'relay imports select' },
      { files: [file('src/server/a.ts', `import { x } from '../codec/b.ts';\n`)], said: 'server imports codec' },
      { files: [file('src/server/a.ts', `import type { X } from '../store/b.ts';\n`)], said: 'server imports store' },
      { files: [file('src/model/a.ts', `import type { X } from '../ports/b.ts';\n`)], said: 'model imports ports' },
      { files: [file('src/pipeline.ts', `import { x } from './server/b.ts';\n`)], said: 'pipeline imports server' },
      { files: [file('src/main.ts', `const x = await import('./relay/b.ts');\n`)], said: 'main imports relay' },
      { files: [file('src/misc/a.ts', '')], said: 'no such place' },
    ],
  },
  {
    name: 'each library has one home, and rooms have none',
    find: findLibraryViolations,
    planted: [
      { files: [file('src/server/a.ts', `import { Pool } from 'undici';\n`)], said: 'undici belongs to transport' },
      {
        files: [file('src/relay/a.ts', `import { setTimeout } from 'node:timers/promises';\n`)],
        said: 'relay imports node:timers',
      },
      { files: [file('src/store/a.ts', `import x from 'left-pad';\n`)], said: 'left-pad has no home' },
    ],
  },
  {
    name: 'no folder reaches itself over others',
    find: findFolderCycles,
    planted: [
      {
        files: [
          file('src/relay/a.ts', `import { x } from '../select/b.ts';\n`),
          file('src/select/b.ts', `import { y } from '../relay/a.ts';\n`),
        ],
        said: 'relay: reaches itself',
      },
    ],
  },
  {
    name: 'no file imports itself in a circle',
    find: findFileCycles,
    planted: [
      {
        files: [
          file('src/relay/a.ts', `import { x } from './b.ts';\n`),
          file('src/relay/b.ts', `import { y } from './a.ts';\n`),
        ],
        said: 'src/relay/a.ts: imports itself',
      },
    ],
  },
  {
    name: 'rooms have no ambient time, chance, process or console, and nobody has escape hatches',
    find: findBannedWords,
    planted: [
      { files: [file('src/relay/a.ts', 'const now = Date.now();\n')], said: 'ambient clock' },
      { files: [file('src/health/a.ts', 'setTimeout(run, 5);\n')], said: 'ambient timer' },
      { files: [file('src/select/a.ts', 'const r = Math.random();\n')], said: 'ambient chance' },
      { files: [file('src/codec/a.ts', 'console.log(1);\n')], said: 'console' },
      { files: [file('src/track/a.ts', 'process.exit(1);\n')], said: 'ambient process' },
      { files: [file('src/server/a.ts', 'const x: any = 1;\n')], said: 'any' },
      { files: [file('src/server/a.ts', '// @ts-ignore\nx();\n')], said: 'type check switched off' },
      { files: [file('src/server/a.ts', '// TODO later\n')], said: 'unfinished work' },
      { files: [file('src/server/a.ts', `export * from './b.ts';\n`)], said: 'barrel' },
    ],
  },
  {
    name: 'names say something, files are kebab-case',
    find: findNameViolations,
    planted: [
      { files: [file('src/relay/relayLoop.ts', '')], said: 'not kebab-case' },
      { files: [file('src/relay/a.ts', 'export class RelayManager {}\n')], said: 'RelayManager says nothing' },
    ],
  },
  {
    name: 'chain methods are named in chains/ only',
    find: findMethodNames,
    planted: [{ files: [file('src/track/a.ts', `ask('eth_blockNumber');\n`)], said: 'names a chain method' }],
  },
  {
    name: 'files and functions stay small, with few parameters and no flags',
    find: findSizeViolations,
    planted: [
      { files: [file('src/relay/a.ts', '\n//'.repeat(400))], said: 'lines' },
      { files: [file('src/relay/a.ts', longFunction)], said: 'long has 62 lines' },
      { files: [file('src/relay/a.ts', longMethod)], said: 'run has 62 lines' },
      {
        files: [file('src/relay/a.ts', 'function f(a: A, b: B, c: C, d: D): void {\n}\n')],
        said: 'takes 4 parameters',
      },
      {
        files: [file('src/relay/a.ts', 'function f(a: A, quiet: boolean): void {\n}\n')],
        said: 'takes the boolean quiet',
      },
    ],
  },
  {
    name: 'every export is documented',
    find: findUndocumentedExports,
    planted: [{ files: [file('src/relay/a.ts', 'export const x = 1;\n')], said: 'x is not documented' }],
  },
];

const sources = readSources('src');

test('the sources are found', () => {
  expect(sources.length).toBeGreaterThan(100);
});

describe.each(house)('$name', ({ find, planted }) => {
  test('holds in src', () => {
    expect(find(sources)).toEqual([]);
  });

  test.each(planted)('a planted violation is found: $said', ({ files, said }) => {
    expect(find(files).join('\n')).toContain(said);
  });
});
