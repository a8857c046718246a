import { dirname, join, normalize } from 'node:path/posix';
import { codeOf, importsOf, type SourceFile } from './source-files.ts';

/** What each folder of `src/` is (DESIGN 2). */
export const rooms = ['spec', 'codec', 'classify', 'cache', 'select', 'relay', 'health', 'track', 'subscribe', 'audit'];
export const edges = ['transport', 'server', 'store', 'observe', 'config', 'system', 'demo'];
/** `path/` and `control/` tell the story of a call and of a chain over the rooms; `world/` builds everything. */
export const stories = ['pipeline', 'path', 'control'];
export const compositions = ['gateway', 'world'];

/** Each library's one home. */
export const libraryHomes: Readonly<Record<string, string>> = {
  undici: 'transport',
  fastify: 'server',
  '@fastify/cors': 'server',
  'rate-limiter-flexible': 'server',
  uplot: 'server',
  'prom-client': 'observe',
  pino: 'observe',
  '@noble/hashes': 'system',
  lmdb: 'store',
  'lru-cache': 'store',
  yaml: 'config',
  typebox: 'config',
  tldts: 'config',
};

/** A rule's finding: where, and what is wrong there. */
export type Violation = string;

/** A folder of `src/`, or the name of a file that stands at its top. */
function placeOf(path: string): string {
  const [first = '', second] = path.replace(/^src\//, '').split('/');
  return second === undefined ? first.replace(/\.ts$/, '') : first;
}

/** What a place may import of `src/`: folders, or tops by name. */
function allowedPlaces(place: string): readonly string[] {
  if (place === 'model') return ['model'];
  if (place === 'ports') return ['model', 'ports'];
  if (rooms.includes(place) || edges.includes(place)) return ['model', 'ports', place];
  if (stories.includes(place)) return ['model', 'ports', ...rooms, ...stories];
  if (compositions.includes(place)) return ['model', 'ports', ...rooms, ...edges, ...stories, ...compositions];
  if (place === 'main') return ['config', 'gateway', 'demo'];
  return [];
}

/** Layers: who imports whom, and that every file stands in a known place. */
export function findLayerViolations(files: readonly SourceFile[]): readonly Violation[] {
  return files.flatMap((file) => {
    const place = placeOf(file.path);
    const allowed = allowedPlaces(place);
    if (allowed.length === 0) return [`${file.path}: no such place in the house`];
    return importsOf(file.text).flatMap((name) => {
      if (!name.startsWith('.')) return [];
      if (!name.endsWith('.ts') && !name.endsWith('.json'))
        return [`${file.path}: import of ${name} without its ending`];
      const target = placeOf(normalize(join(dirname(file.path), name)));
      return allowed.includes(target) ? [] : [`${file.path}: ${place} imports ${target}`];
    });
  });
}

/** Libraries: rooms and core import none; each library has one home; nothing unknown is imported. */
export function findLibraryViolations(files: readonly SourceFile[]): readonly Violation[] {
  return files.flatMap((file) => {
    const place = placeOf(file.path);
    return importsOf(file.text).flatMap((name) => {
      if (name.startsWith('.')) return [];
      if (name.startsWith('node:'))
        return edges.includes(place) || place === 'main' || place === 'gateway'
          ? []
          : [`${file.path}: ${place} imports ${name}`];
      const library = Object.keys(libraryHomes).find((known) => name === known || name.startsWith(`${known}/`));
      if (library === undefined) return [`${file.path}: ${name} has no home`];
      // A type costs nothing and drives nothing: the composition may name what a library's home hands it.
      if (compositions.includes(place) && isTypeImport(file.text, name)) return [];
      return libraryHomes[library] === place ? [] : [`${file.path}: ${name} belongs to ${libraryHomes[library]}`];
    });
  });
}

function isTypeImport(text: string, name: string): boolean {
  return text.includes(`} from '${name}'`) && new RegExp(`import type [^;]+ from '${name}'`).test(text);
}

/** No folder may reach itself over other folders. */
export function findFolderCycles(files: readonly SourceFile[]): readonly Violation[] {
  const arrows = new Map<string, Set<string>>();
  for (const file of files) {
    const from = placeOf(file.path);
    for (const name of importsOf(file.text)) {
      if (!name.startsWith('.')) continue;
      const to = placeOf(normalize(join(dirname(file.path), name)));
      if (to !== from) arrows.set(from, (arrows.get(from) ?? new Set()).add(to));
    }
  }
  return [...arrows.keys()].flatMap((start) => (reaches(arrows, start) ? [`${start}: reaches itself`] : []));
}

function reaches(arrows: ReadonlyMap<string, ReadonlySet<string>>, start: string): boolean {
  const seen = new Set<string>();
  const queue = [...(arrows.get(start) ?? [])];
  for (let place = queue.pop(); place !== undefined; place = queue.pop()) {
    if (place === start) return true;
    if (seen.has(place)) continue;
    seen.add(place);
    queue.push(...(arrows.get(place) ?? []));
  }
  return false;
}

/** No import cycle among files either. */
export function findFileCycles(files: readonly SourceFile[]): readonly Violation[] {
  const arrows = new Map<string, Set<string>>();
  for (const file of files) {
    const runtime = file.text.replace(/(?:^|\n)import type [^;]+;/g, '\n');
    const to = importsOf(runtime).filter((name) => name.startsWith('.'));
    arrows.set(file.path, new Set(to.map((name) => normalize(join(dirname(file.path), name)))));
  }
  return [...arrows.keys()].flatMap((start) =>
    reaches(arrows, start) ? [`${start}: imports itself in a circle`] : [],
  );
}

const ambient: readonly (readonly [RegExp, string])[] = [
  [/\bDate\s*\.\s*now\b|\bnew Date\b/, 'ambient clock'],
  [/\bperformance\s*\.\s*now\b/, 'ambient clock'],
  [/\bset(?:Timeout|Interval|Immediate)\b/, 'ambient timer'],
  [/\bAbortSignal\s*\.\s*timeout\b/, 'ambient timer'],
  [/\bMath\s*\.\s*random\b/, 'ambient chance'],
  [/\bprocess\s*\./, 'ambient process'],
  [/\bconsole\s*\./, 'console'],
  [/\bfetch\s*\(/, 'ambient network'],
];

const everywhere: readonly (readonly [RegExp, string])[] = [
  [/:\s*any\b(?!:)(?=\s*[;,)=\]|&>\n])|\bas any\b|<any>/, 'any'],
  [/@ts-(?:ignore|expect-error|nocheck)/, 'type check switched off'],
  [/\bTODO\b|\bFIXME\b|\bXXX\b/, 'unfinished work'],
  [/^\s*export \* from/m, 'barrel'],
  [/\benum\s+\w+\s*\{/, 'enum'],
];

/** Words no room may use, and words nobody may use. */
export function findBannedWords(files: readonly SourceFile[]): readonly Violation[] {
  return files.flatMap((file) => {
    const place = placeOf(file.path);
    const isPure = place === 'model' || place === 'ports' || rooms.includes(place) || stories.includes(place);
    const code = codeOf(file.text);
    const banned = isPure ? ambient : [];
    const inCode = banned.filter(([pattern]) => pattern.test(code)).map(([, what]) => `${file.path}: ${what}`);
    const inText = everywhere.filter(
      ([pattern]) => pattern.test(code) || (pattern.source.includes('@ts') && pattern.test(file.text)),
    );
    const todos = /\bTODO\b|\bFIXME\b/.test(file.text) ? [`${file.path}: unfinished work`] : [];
    return [...new Set([...inCode, ...inText.map(([, what]) => `${file.path}: ${what}`), ...todos])];
  });
}

const vagueNames = /(?:Manager|Helper|Util|Utils|Processor|Wrapper|Base[A-Z]\w*)\b|^(?:Abstract)?Base\b|[A-Z]\w*Base$/;

/** File names, exported names, and words that stand for something else in this house. */
export function findNameViolations(files: readonly SourceFile[]): readonly Violation[] {
  return files.flatMap((file) => {
    const name = file.path.split('/').at(-1) ?? '';
    const badFile = /^[a-z0-9]+(?:-[a-z0-9]+)*\.ts$/.test(name) ? [] : [`${file.path}: file name is not kebab-case`];
    const declared = [...codeOf(file.text).matchAll(/\b(?:function|class|interface|type|const)\s+(\w+)/g)].map(
      (match) => match[1] ?? '',
    );
    const vague = declared.filter((word) => vagueNames.test(word)).map((word) => `${file.path}: ${word} says nothing`);
    return [...badFile, ...vague];
  });
}

const methodName =
  /['"`](?:eth|net|web3|debug|trace|txpool|admin|personal|engine|miner)_[a-z]\w+['"`]|['"`](?:getSlot|getLatestBlockhash|getBlockHeight|getblockcount|getbestblockhash|sendTransaction|sendrawtransaction)['"`]/;

/** Names of chain methods stand in `chains/` only. The devnet of the demo is a client of its chain and may name what it calls. */
export function findMethodNames(files: readonly SourceFile[]): readonly Violation[] {
  return files
    .filter((file) => placeOf(file.path) !== 'demo')
    .flatMap((file) =>
      methodName.test(file.text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, ''))
        ? [`${file.path}: names a chain method`]
        : [],
    );
}

/** Limits of size (STYLE): lines of a file, lines of a function, positional and boolean parameters. */
export const sizeLimits = { fileLines: 260, functionLines: 60, parameters: 3 };

/** Files and functions over their limits. Relies on the formatter: a function ends at the first brace of its own indent. */
export function findSizeViolations(files: readonly SourceFile[]): readonly Violation[] {
  return files.flatMap((file) => {
    const lines = file.text.trimEnd().split('\n');
    const long = lines.length > sizeLimits.fileLines ? [`${file.path}: ${lines.length} lines`] : [];
    return [...long, ...functionViolations(file.path, lines)];
  });
}

const functionHead =
  /^(\s*)(?:export\s+)?(?:default\s+)?(?:async\s+)?function\b\s*\*?\s*(\w*)|^(\s*)(?:export\s+)?const\s+(\w+)[^=]*=\s*(?:async\s*)?\([^)]*\)[^=]*=>\s*\{$/;

const methodHead =
  /^(\s+)(?:static\s+)?(?:async\s+)?(?:get\s+|set\s+)?(?!if\b|for\b|while\b|switch\b|catch\b|return\b|function\b)(#?\w+)\((?:.*\).*\{)?$/;

/** A function's indent and name, where its head stands on this line. */
function headOf(
  lines: readonly string[],
  start: number,
): { readonly indent: string; readonly name: string } | undefined {
  const line = lines[start] ?? '';
  const head = functionHead.exec(line);
  if (head !== null) return { indent: head[1] ?? head[3] ?? '', name: head[2] ?? head[4] ?? '' };
  const method = methodHead.exec(line);
  if (method === null) return undefined;
  const indent = method[1] ?? '';
  const closing = lines.slice(start + 1).find((other) => other.startsWith(`${indent})`));
  if (line.endsWith('(') && !/^\s+\)(?::.*)?\s\{$/.test(closing ?? '')) return undefined;
  return { indent, name: method[2] ?? '' };
}

function functionViolations(path: string, lines: readonly string[]): readonly Violation[] {
  return lines.flatMap((_line, start) => {
    const head = headOf(lines, start);
    if (head === undefined) return [];
    const { indent, name } = head;
    const ends = [`${indent}}`, `${indent}};`, `${indent}},`];
    const end = lines.findIndex((other, at) => at >= start && ends.includes(other));
    const length = end === -1 ? 1 : end - start + 1;
    const long = length > sizeLimits.functionLines ? [`${path}: ${name} has ${length} lines`] : [];
    return [...long, ...parameterViolations(`${path}: ${name}`, lines.slice(start, start + 12).join('\n'))];
  });
}

function parameterViolations(where: string, text: string): readonly Violation[] {
  const parameters = splitParameters(text);
  const many = parameters.length > sizeLimits.parameters ? [`${where} takes ${parameters.length} parameters`] : [];
  const flags = parameters.filter(
    (parameter) => /^[\w?]+\??\s*:\s*boolean\b/.test(parameter) || /=\s*(?:true|false)$/.test(parameter),
  );
  return [...many, ...flags.map((flag) => `${where} takes the boolean ${flag}`)];
}

/** The parameters between the first pair of round brackets, split at commas of depth zero. */
function splitParameters(text: string): readonly string[] {
  const open = text.indexOf('(');
  const parameters: string[] = [];
  let depth = 0;
  let from = open + 1;
  for (let at = open; at < text.length && open !== -1; at += 1) {
    const char = text[at] ?? '';
    if ('([{<'.includes(char)) depth += 1;
    const isArrow = char === '>' && text[at - 1] === '=';
    if (')]}>'.includes(char) && !isArrow) depth -= 1;
    if (depth === 0 || (char === ',' && depth === 1)) {
      parameters.push(text.slice(from, at).trim());
      from = at + 1;
    }
    if (depth === 0) break;
  }
  return parameters.filter((parameter) => parameter !== '');
}

/** Exports without a documentation comment right above them. */
export function findUndocumentedExports(files: readonly SourceFile[]): readonly Violation[] {
  return files.flatMap((file) => {
    const lines = file.text.split('\n');
    return lines.flatMap((line, at) => {
      const exported = /^export (?:declare )?(?:async )?(?:function|class|interface|type|const)\s+(\w+)/.exec(line);
      if (exported === null) return [];
      return (lines[at - 1] ?? '').trimEnd().endsWith('*/') ? [] : [`${file.path}: ${exported[1]} is not documented`];
    });
  });
}
