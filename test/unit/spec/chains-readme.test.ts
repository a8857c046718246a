import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packagedChains, readChainDocuments } from '../../../src/config/read-chain-documents.ts';
import { runCommand } from '../../../src/config/run-command.ts';
import { type ChainDocuments, problemText } from '../../../src/model/chain-document.ts';
import { listChains } from '../../../src/spec/chain-names.ts';
import { checkDocuments } from '../../../src/spec/check-documents.ts';
import { compileChain } from '../../../src/spec/compile-chain.ts';
import { readFacts } from '../../support/chain-facts.ts';
import { createFakeWorld } from '../../support/fake-world.ts';

/** A code block of the page, with the text between the block before and this one. */
interface Block {
  readonly language: string;
  readonly text: string;
  readonly before: string;
}

let folder: string;
let blocks: readonly Block[];

beforeAll(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'switchyard-readme-')), 'chains');
  await cp(packagedChains(), folder, { recursive: true });
  blocks = blocksOf(await readFile(join(packagedChains(), 'README.md'), 'utf8'));
  for (const [name, text] of written()) await writeFile(join(folder, name), text);
});

afterAll(() => rm(join(folder, '..'), { recursive: true }));

describe('chains/README.md, followed to the letter', () => {
  it('adds chains that are right, each under the name of its file', async () => {
    const all = await read();
    expect(checkDocuments(all).map(problemText)).toEqual([]);
    const names = listChains(all).map(({ name }) => name);
    const added = written().map(([file]) => file.replace('.json', ''));
    expect(added).toEqual(['mychain', 'mychain-sepolia', 'mycoin', 'myhub', 'myledger']);
    expect(names).toEqual(expect.arrayContaining(added));
  });

  it('lists the first as the page shows it, before and after it was verified', async () => {
    const [experimental, verified] = blocks
      .filter(({ language }) => language === 'text')
      .map(({ text }) => text.trim());
    expect(await listed('mychain')).toBe(experimental);
    await writeFile(join(folder, 'mychain.json'), JSON.stringify({ ...document('mychain'), ...fragment() }));
    expect(await listed('mychain')).toBe(verified);
  });

  it('gives a row for the table of facts that holds of the document', async () => {
    const facts = readFacts(textOf('tsv'));
    const spec = compileChain(await read(), facts.name);
    expect(spec).toMatchObject({
      kind: 'compiled',
      value: { family: facts.family, chainId: facts.identity, interfaces: facts.interfaces, ...facts.numbers },
    });
  });

  it('names commands and files that are there', async () => {
    const scripts: unknown = JSON.parse(await readFile(join(packagedChains(), '../package.json'), 'utf8'));
    expect(scripts).toMatchObject({ bin: { switchyard: 'dist/main.js' }, scripts: { build: expect.any(String) } });
    const commands = blocks.filter(({ language }) => language === 'sh').map(({ text }) => text);
    expect(commands.join('\n')).toContain('npm run build && node dist/main.js chains');
    expect(commands.join('\n')).toContain('npx vitest run test/unit/spec');
  });
});

/** Files the page says to write: a JSON block after "Write `chains/…`". */
function written(): readonly (readonly [file: string, text: string])[] {
  return blocks.flatMap(({ language, text, before }) => {
    const file = /Write\s+`chains\/([a-z0-9-]+\.json)`:\s*$/.exec(before)?.[1];
    return language === 'json' && file !== undefined ? [[file, text] as const] : [];
  });
}

function document(name: string): object {
  const text = written().find(([file]) => file === `${name}.json`)?.[1] ?? '';
  return JSON.parse(text);
}

/** The one JSON block that is a line to add. */
function fragment(): object {
  const line = blocks.find(({ language, text }) => language === 'json' && !text.startsWith('{'))?.text ?? '';
  return JSON.parse(`{${line}}`);
}

function textOf(language: string): string {
  return blocks.find((block) => block.language === language)?.text.trim() ?? '';
}

async function read(): Promise<ChainDocuments> {
  const outcome = await readChainDocuments(folder);
  if (outcome.kind === 'read') return outcome.documents;
  throw new Error(outcome.problems.map(problemText).join('\n'));
}

/** The line `switchyard chains` prints of a chain, however wide its columns are. */
async function listed(name: string): Promise<string | undefined> {
  const { world, printed } = createFakeWorld();
  const gateway = await world.loadGateway();
  const listing = { ...gateway, listChains: async () => listChains(await read()) };
  await runCommand(['chains'], { ...world, loadGateway: async () => listing });
  const line = printed
    .join('')
    .split('\n')
    .find((candidate) => candidate.startsWith(`${name} `));
  return line?.replaceAll(/ {2,}/g, '  ');
}

/** Blocks may be indented by the list they stand in. */
function blocksOf(page: string): readonly Block[] {
  const blocks: Block[] = [];
  let end = 0;
  for (const found of page.matchAll(/^( *)```([a-z]+)\n([\s\S]*?)^ *```$/gm)) {
    const [whole, indent = '', language = '', body = ''] = found;
    const text = body.replaceAll(new RegExp(`^${indent}`, 'gm'), '');
    blocks.push({ language, text, before: page.slice(end, found.index) });
    end = found.index + whole.length;
  }
  return blocks;
}
