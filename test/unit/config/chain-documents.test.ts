import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type ReadDocuments, readChainDocuments } from '../../../src/config/read-chain-documents.ts';
import { problemText } from '../../../src/model/chain-document.ts';

const family = { family: 'evm', interfaces: ['json-rpc'] };
const chain = { extends: 'family/evm', display: 'Tiny', chainId: '7' };
const rule = {
  id: 'busy',
  when: { code: [-32005] },
  meaning: 'rate-limited',
  blame: 'none',
  retry: 'other',
  holdOff: true,
  cache: false,
};

describe('readChainDocuments', () => {
  it('finds the documents that ship with the package, and reads them all', async () => {
    const read = await readChainDocuments();
    expect(texts(read)).toEqual([]);
    const names = read.kind === 'read' ? [...read.documents.documents.keys()] : [];
    expect(names).toEqual(expect.arrayContaining(['ethereum', 'base', 'solana', 'family/evm', 'family/generic']));
    expect(names).not.toContain('schema');
  });

  it('names each document as others extend it, and says where it came from', async () => {
    const read = await readFolder({
      'family/evm.json': family,
      'tiny.json': chain,
      'schema.json': {},
      'notes.txt': 'x',
    });
    expect(read).toEqual({
      kind: 'read',
      documents: {
        documents: new Map([
          ['tiny', { file: 'chains/tiny.json', document: chain }],
          ['family/evm', { file: 'chains/family/evm.json', document: family }],
        ]),
        answers: new Map(),
      },
    });
  });

  it('takes a name, a verb and a path, and a full gRPC method for a question', async () => {
    const methods = ['m_head', 'GET /', 'POST /wallet/getnowblock', 'GET /blocks/{height}', 'a.b.v1.Service/GetHead'];
    for (const method of methods) {
      const head = { method, height: '', quantity: 'hex' };
      expect(texts(await readFolder({ 'family/evm.json': family, 'tiny.json': { ...chain, head } })), method).toEqual(
        [],
      );
    }
  });

  it('keeps the documents of a folder in alphabetical order, however many are read at once', async () => {
    const names = Array.from({ length: 150 }, (_, at) => `c${String(at).padStart(3, '0')}`);
    const files = Object.fromEntries(names.map((name) => [`${name}.json`, chain]));
    const read = await readFolder({ 'family/evm.json': family, ...files });
    expect(read.kind === 'read' && [...read.documents.documents.keys()]).toEqual([...names, 'family/evm']);
  });

  it('reads answer rules by the name of their file', async () => {
    const read = await readFolder({
      'family/evm.json': family,
      'answers/common.json': { $schema: 's', rules: [rule] },
    });
    expect(read.kind === 'read' && read.documents.answers).toEqual(new Map([['common', [rule]]]));
  });

  it.each<[string, object, readonly string[]]>([
    [
      'an unknown key, with the nearest valid one',
      { ...chain, epochBloks: 4 },
      ['chains/tiny.json /epochBloks: is an unknown key; did you mean "epochBlocks"?'],
    ],
    [
      'an unknown key like none, with all valid ones',
      { ...chain, head: { method: 'm', height: '', quantity: 'hex', colour: 1 } },
      [
        'chains/tiny.json /head/colour: is an unknown key; known here: method, params, height, hash, parent, time, quantity',
      ],
    ],
    [
      'an unknown key inside a method, its name escaped',
      { ...chain, methods: { 'a/b': { clas: 'light' } } },
      ['chains/tiny.json /methods/a~1b/clas: is an unknown key; did you mean "class"?'],
    ],
    [
      'a key that is missing',
      { ...chain, head: { height: '/number', quantity: 'hex' } },
      ['chains/tiny.json /head: "method" is missing; add it'],
    ],
    [
      'a word that is none of the words',
      { ...chain, methods: { m: { class: 'lite' } } },
      ['chains/tiny.json /methods/m/class: must be one of "light", "normal", "heavy", "write"'],
    ],
    [
      'a number that is a text',
      { ...chain, blockTimeMs: '12s' },
      ['chains/tiny.json /blockTimeMs: must be an integer'],
    ],
    ['a number out of bounds', { ...chain, broadcast: 0 }, ['chains/tiny.json /broadcast: must be >= 1']],
    [
      'a pointer that is none',
      { ...chain, methods: { m: { showsHead: 'number' } } },
      ['chains/tiny.json /methods/m/showsHead: must be a JSON pointer (RFC 6901): ^(/([^~/]|~[01])*)*$'],
    ],
    [
      'a date that is none',
      { ...chain, verifiedOn: 'yesterday' },
      ['chains/tiny.json /verifiedOn: must be a date, YYYY-MM-DD: ^[0-9]{4}-[0-9]{2}-[0-9]{2}$'],
    ],
    [
      'a block of no known form',
      { ...chain, methods: { m: { block: 'latest' }, n: { block: 1 } } },
      [
        'chains/tiny.json /methods/m/block: must be "none", "tip" or an object with pointers into the params',
        'chains/tiny.json /methods/n/block: must be "none", "tip" or an object with pointers into the params',
      ],
    ],
    [
      'a mistake inside a block, and not that it is no word',
      { ...chain, methods: { m: { block: { att: '/1' } } } },
      ['chains/tiny.json /methods/m/block/att: is an unknown key; did you mean "at"?'],
    ],
    [
      'a finality of no known form',
      { ...chain, finality: 'soon' },
      ['chains/tiny.json /finality: must be "instant" or an object with `depth` or `read`'],
    ],
    [
      'a question that is neither a name nor a verb and a path',
      { ...chain, head: { method: 'GET status', height: '', quantity: 'hex' } },
      ['chains/tiny.json /head/method: must be a method name: ^([A-Z]{3,7} (?=/))?[!-~]{1,128}$'],
    ],
    [
      'readings of an interface there is not',
      { ...chain, perInterface: { graphql: {} } },
      ['chains/tiny.json /perInterface/graphql: is an unknown key; known here: json-rpc, rest, tendermint, grpc'],
    ],
    ['a list where a document should be', [], ['chains/tiny.json: must be a chain document']],
  ])('refuses %s', async (_, document, problems) => {
    expect(texts(await readFolder({ 'family/evm.json': family, 'tiny.json': document }))).toEqual(problems);
  });

  it('lists every problem of every file, however many', async () => {
    const methods = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`m${at}`, { cost: -1 }]));
    const read = await readFolder({
      'family/evm.json': { ...family, familly: 1 },
      'a.json': { methods },
      'b.json': { lagLimit: 1.5 },
    });
    const found = texts(read);
    expect(found).toHaveLength(42);
    expect(found[0]).toBe('chains/a.json /methods/m0/cost: must be >= 0');
    expect(found.slice(-2)).toEqual([
      'chains/b.json /lagLimit: must be a whole number of blocks',
      'chains/family/evm.json /familly: is an unknown key; did you mean "family"?',
    ]);
  });

  it.each<[string, object, readonly string[]]>([
    [
      'an unknown condition',
      { ...rule, when: { codes: [1] } },
      ['/rules/0/when/codes: is an unknown key; did you mean "code"?'],
    ],
    ['a rule without a condition', { ...rule, when: {} }, ['/rules/0/when: must not have fewer than 1 properties']],
    [
      'a pattern that does not compile',
      { ...rule, when: { pattern: '(' } },
      ['/rules/0/when/pattern: is no regular expression'],
    ],
    ['a flag that is missing', { ...rule, cache: undefined }, ['/rules/0: "cache" is missing; add it']],
  ])('refuses an answer rule with %s', async (_, broken, problems) => {
    const read = await readFolder({ 'family/evm.json': family, 'answers/evm.json': { rules: [broken] } });
    expect(texts(read)).toEqual(problems.map((problem) => `chains/answers/evm.json ${problem}`));
  });

  it('refuses two rules of one id', async () => {
    const read = await readFolder({ 'family/evm.json': family, 'answers/evm.json': { rules: [rule, rule] } });
    expect(texts(read)).toEqual(['chains/answers/evm.json /rules/1/id: "busy" is already a rule; rename one']);
  });

  it('refuses a file that is no JSON, is too large, or has no chain for a name', async () => {
    const read = await readFolder({
      'family/evm.json': family,
      'Big Chain.json': chain,
      'huge.json': { aliases: ['x'.repeat(1_048_577)] },
      'torn.json': '{"extends": ',
    });
    const found = texts(read);
    expect(found).toHaveLength(3);
    expect(found[0]).toBe(
      'chains/Big Chain.json: the file name is no chain name; use small letters, digits and hyphens',
    );
    expect(found[1]).toBe('chains/huge.json: is larger than 1048576 bytes; make it smaller');
    expect(found[2]).toMatch(/^chains\/torn\.json: is no JSON: /);
  });

  it('says which folder it could not read', async () => {
    expect(texts(await readFolder({}))).toEqual(['chains/family: cannot be read (ENOENT); install the package again']);
    expect(texts(await readChainDocuments('/nowhere/chains'))).toEqual([
      'chains: cannot be read (ENOENT); install the package again',
      'chains/family: cannot be read (ENOENT); install the package again',
    ]);
  });
});

const folders: string[] = [];
afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
});

/** A folder `chains` with these files in it: an object is written as JSON, a text as it is. */
async function readFolder(files: Readonly<Record<string, unknown>>): Promise<ReadDocuments> {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-chains-'));
  folders.push(folder);
  const chains = join(folder, 'chains');
  await mkdir(chains);
  for (const [file, content] of Object.entries(files)) {
    await mkdir(dirname(join(chains, file)), { recursive: true });
    await writeFile(join(chains, file), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return readChainDocuments(chains);
}

function texts(read: ReadDocuments): readonly string[] {
  return read.kind === 'failed' ? read.problems.map(problemText) : [];
}
