import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import type { AnswerRule } from '../model/answer-rule.ts';
import { type ChainDocuments, type DocumentProblem, pointerTo, type SourcedDocument } from '../model/chain-document.ts';
import { AnswerFileSchema } from './answer-file-schema.ts';
import { ChainDocumentSchema } from './chain-document-schema.ts';
import { documentProblems } from './document-problems.ts';

/** All documents, or everything that is wrong with them. */
export type ReadDocuments =
  | { readonly kind: 'read'; readonly documents: ChainDocuments }
  | { readonly kind: 'failed'; readonly problems: readonly DocumentProblem[] };

/** Compiled, for a gateway reads every document at each start and needs only a few. */
const documentCheck = Compile(ChainDocumentSchema);
const answersCheck = Compile(AnswerFileSchema);

/** Files of a folder are no endless list, and no document is a book. */
const mostFiles = 2000;
const mostBytes = 1_048_576;

/** The folder of the chain documents that ship with the package: beside `src` and beside `dist`. */
export function packagedChains(): string {
  return fileURLToPath(new URL('../../chains', import.meta.url));
}

/**
 * Reads all chain documents of a folder: chains at its top, families in `family/`, answer rules in `answers/` (which may be
 * absent), each checked against its schema. Never rejects.
 *
 * A document goes by its file name. On failure every problem of every file is listed, by file in alphabetical order. What the
 * documents say of each other is not checked here.
 */
export async function readChainDocuments(folder: string = packagedChains()): Promise<ReadDocuments> {
  const reading: Reading = { folder, documents: new Map(), answers: new Map(), problems: [] };
  await readFolder(reading, '', (file, name, json) => keepDocument(reading, { file, name, json }));
  await readFolder(reading, 'family', (file, name, json) =>
    keepDocument(reading, { file, name: `family/${name}`, json }),
  );
  await readFolder(reading, 'answers', (file, name, json) => keepRules(reading, { file, name, json }));
  const { documents, answers, problems } = reading;
  return problems.length > 0 ? { kind: 'failed', problems } : { kind: 'read', documents: { documents, answers } };
}

interface Reading {
  readonly folder: string;
  readonly documents: Map<string, SourcedDocument>;
  readonly answers: Map<string, readonly AnswerRule[]>;
  readonly problems: DocumentProblem[];
}

/** One parsed file: `file` as messages name it, `name` as other documents do. */
interface Parsed {
  readonly file: string;
  readonly name: string;
  readonly json: unknown;
}

type Keep = (file: string, name: string, json: unknown) => void;

async function readFolder(reading: Reading, part: '' | 'family' | 'answers', keep: Keep): Promise<void> {
  const label = part === '' ? basename(reading.folder) : `${basename(reading.folder)}/${part}`;
  const names = await listDocuments(reading, part, label);
  for (let first = 0; first < names.length; first += mostAtOnce) {
    const some = names.slice(first, first + mostAtOnce);
    const parsed = await Promise.all(some.map((name) => parseNamed(join(reading.folder, part), name)));
    for (const [position, name] of some.entries()) {
      const file = `${label}/${name}.json`;
      const outcome = parsed[position];
      if (outcome?.kind === 'parsed') keep(file, name, outcome.json);
      else complain(reading, file, outcome?.message ?? 'was not read');
    }
  }
}

/** Files open at once: enough to wait for none of them alone. */
const mostAtOnce = 64;

function parseNamed(folder: string, name: string): Promise<ParsedFile> {
  if (/^[a-z0-9][a-z0-9-]{0,63}$/.test(name)) return parseFile(join(folder, `${name}.json`));
  const message = 'the file name is no chain name; use small letters, digits and hyphens';
  return Promise.resolve({ kind: 'refused', message });
}

/** Names without `.json`; schemas (`schema.json`, `answers.schema.json`) are no documents. */
async function listDocuments(reading: Reading, part: string, label: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(join(reading.folder, part));
    const names = entries.filter((entry) => entry.endsWith('.json') && !/(^|\.)schema\.json$/.test(entry)).sort();
    if (names.length > mostFiles) complain(reading, label, `holds more than ${mostFiles} documents; take some out`);
    return names.slice(0, mostFiles).map((entry) => entry.slice(0, -'.json'.length));
  } catch (error) {
    const isOptional = part === 'answers' && errorCode(error) === 'ENOENT';
    if (!isOptional) complain(reading, label, `cannot be read (${errorCode(error)}); install the package again`);
    return [];
  }
}

type ParsedFile =
  | { readonly kind: 'parsed'; readonly json: unknown }
  | { readonly kind: 'refused'; readonly message: string };

async function parseFile(path: string): Promise<ParsedFile> {
  try {
    const bytes = await readFile(path);
    if (bytes.length > mostBytes)
      return { kind: 'refused', message: `is larger than ${mostBytes} bytes; make it smaller` };
    return { kind: 'parsed', json: JSON.parse(bytes.toString('utf8')) };
  } catch (error) {
    if (error instanceof SyntaxError) return { kind: 'refused', message: `is no JSON: ${error.message}` };
    return { kind: 'refused', message: `cannot be read (${errorCode(error)})` };
  }
}

function keepDocument(reading: Reading, { file, name, json }: Parsed): void {
  if (documentCheck.Check(json)) reading.documents.set(name, { file, document: json });
  else refuse(reading, ChainDocumentSchema, { file, name, json });
}

function keepRules(reading: Reading, { file, name, json }: Parsed): void {
  if (!answersCheck.Check(json)) return refuse(reading, AnswerFileSchema, { file, name, json });
  reading.answers.set(name, json.rules);
  reading.problems.push(...ruleProblems(file, json.rules));
}

function refuse(reading: Reading, schema: TSchema, { file, json }: Parsed): void {
  reading.problems.push(...documentProblems(schema, file, json));
}

/** What a schema cannot say: ids are unique, and patterns compile. */
function ruleProblems(file: string, rules: readonly AnswerRule[]): readonly DocumentProblem[] {
  const seen = new Set<string>();
  return rules.flatMap(({ id, when }, position) => {
    const path = pointerTo('/rules', position);
    const isRepeated = seen.has(id);
    seen.add(id);
    return [
      ...(isRepeated ? [{ file, path: pointerTo(path, 'id'), message: `"${id}" is already a rule; rename one` }] : []),
      ...(isPattern(when.pattern) ? [] : [{ file, path: `${path}/when/pattern`, message: 'is no regular expression' }]),
    ];
  });
}

function isPattern(source: string | undefined): boolean {
  try {
    return new RegExp(source ?? '', 'i').ignoreCase;
  } catch {
    return false;
  }
}

function complain(reading: Reading, file: string, message: string): void {
  reading.problems.push({ file, path: '', message });
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
