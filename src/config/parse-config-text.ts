import {
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';
import { type Environment, expandVariables } from './expand-variables.ts';
import { type ConfigPath, type Problem, presentable } from './problem.ts';

/** A configuration text as plain data, with the line every value stands on. */
export interface ParsedText {
  /** Maps, lists and scalars as written, variables filled in; undefined where the text is empty or broken. */
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** Line (from 1) of the value at `path`, or of the nearest place around it that is in the text. */
  lineOf(path: ConfigPath): number | undefined;
}

/** Stands where a text could not be read: what is wrong with it was said already. */
export const unreadable: unique symbol = Symbol('unreadable');

type YamlDocument = ReturnType<typeof parseDocument>;

/** What the parser's codes mean, in our own words: its messages repeat parts of the text. */
const syntaxTexts: Readonly<Partial<Record<YAMLError['code'], string>>> = {
  BAD_ALIAS: 'a * begins a reference (put text that begins with * into quotes)',
  BAD_DQ_ESCAPE: 'a \\ in double quotes begins no known escape (use single quotes)',
  BAD_INDENT: 'a bracket is not closed, or the indentation is wrong (indent each level by the same number of spaces)',
  BAD_SCALAR_START: 'a text begins with a character reserved in YAML (put it into quotes)',
  BLOCK_AS_IMPLICIT_KEY: 'two keys stand on one line (put text that holds ": " into quotes)',
  MISSING_CHAR: 'a quote, bracket or brace is not closed',
  MULTIPLE_DOCS: 'a second document begins here (one document per file)',
  NON_STRING_KEY: 'a key is no text',
  TAB_AS_INDENT: 'a tab indents this line (use spaces)',
  TAG_RESOLVE_FAILED: 'a ! begins a tag, and tags are not used here (put text that begins with ! into quotes)',
};

/**
 * Parses YAML 1.2 (and so JSON), with anchors and `<<` merges, and fills in variables. Never throws.
 *
 * Variables are filled in per text, after parsing: what the environment holds can neither add keys nor end a quote.
 */
export function parseConfigText(text: string, env: Environment): ParsedText {
  if (isTooDeep(text)) return broken([{ path: [], text: 'is nested too deeply to be a configuration' }]);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: true, prettyErrors: false, stringKeys: true });
  const syntax = toldErrors([...document.errors, ...document.warnings]).map((error) =>
    syntaxProblem(error, text, lines),
  );
  if (syntax.length > 0) return broken(syntax);
  const problems = expandScalars(document, env, lines);
  const value = plainValue(document);
  if (value === undefined)
    return broken([{ path: [], text: 'has a reference (*name) whose anchor (&name) is missing' }]);
  const lineOf = (path: ConfigPath): number | undefined => lineOfNode(document, path, lines);
  return { value: value.value, problems, lineOf };
}

/** No level of a block begins further right than this, and no more brackets are open at once. */
const deepestColumn = 400;
const mostBrackets = 200;

/** The parser calls itself for each level; where the stack ends within a regular expression, so does the process. */
function isTooDeep(text: string): boolean {
  const hasDeepBlock = text
    .split('\n')
    .some((line) => (/^[ \t]*(?:[-?:][ \t]+)*/.exec(line)?.[0].length ?? 0) > deepestColumn);
  let open = 0;
  let most = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === '[' || char === '{') most = Math.max(most, ++open);
    else if (char === ']' || char === '}') open -= 1;
  }
  return hasDeepBlock || most > mostBrackets;
}

/** Repeated keys, and the first of the rest: where the parser has lost its way, what it says next is no news. */
function toldErrors(errors: readonly YAMLError[]): readonly YAMLError[] {
  const first = errors.find(({ code }) => code !== 'DUPLICATE_KEY');
  return errors.filter((error) => error === first || error.code === 'DUPLICATE_KEY');
}

function syntaxProblem(error: YAMLError, text: string, lines: LineCounter): Problem {
  const { line } = lines.linePos(error.pos[0]);
  return { path: [], line, text: syntaxText(error, text, text.split('\n')[line - 1] ?? '') };
}

function syntaxText(error: YAMLError, text: string, line: string): string {
  if (error.code === 'DUPLICATE_KEY') {
    const key = presentable(/^["']?([^\s:"']*)/.exec(text.slice(error.pos[0], error.pos[0] + 128))?.[1] ?? '');
    return `the key ${key} is there twice (remove one)`;
  }
  const variable = line.indexOf('${');
  const isInBraces = variable !== -1 && /[{[]/.test(line.slice(0, variable));
  if (isInBraces) return `cannot be read (within { } and [ ], put text that holds \${…} into quotes)`;
  return syntaxTexts[error.code] ?? 'is not written as YAML or JSON is';
}

/** Filled in for each provider of an account, not from the environment. */
const accountWords: ReadonlySet<string> = new Set(['network']);

function expandScalars(document: YamlDocument, env: Environment, lines: LineCounter): readonly Problem[] {
  const problems: Problem[] = [];
  visit(document, {
    Scalar(key, scalar, ancestors) {
      if (key === 'key' || typeof scalar.value !== 'string' || !scalar.value.includes('${')) return;
      const path = pathOf([...ancestors, scalar]);
      const expansion = expandVariables(scalar.value, env, path[0] === 'accounts' ? accountWords : undefined);
      scalar.value = expansion.kind === 'expanded' ? expansion.text : unreadable;
      if (expansion.kind === 'expanded') return;
      const line = lines.linePos(scalar.range?.[0] ?? 0).line;
      problems.push({ path, line, text: expansion.why });
    },
  });
  return problems;
}

/** The way down through maps and lists, as the parser hands it over, in keys and positions. */
function pathOf(way: readonly unknown[]): ConfigPath {
  return way.flatMap((step, at): ConfigPath => {
    if (isPair(step)) return isScalar(step.key) ? [String(step.key.value)] : [];
    return isSeq(step) ? [step.items.indexOf(way[at + 1])] : [];
  });
}

/** References are resolved here; one without an anchor, or far too many, throw. */
function plainValue(document: YamlDocument): { readonly value: unknown } | undefined {
  try {
    return { value: document.toJS({ maxAliasCount: 1_000 }) };
  } catch {
    return undefined;
  }
}

function broken(problems: readonly Problem[]): ParsedText {
  return { value: undefined, problems, lineOf: () => undefined };
}

/** Walks down as far as the path leads; a map's line is that of its key, a list item's that of its first word. */
function lineOfNode(document: YamlDocument, path: ConfigPath, lines: LineCounter): number | undefined {
  let node: unknown = document.contents;
  let offset: number | undefined;
  for (const step of path) {
    const here: unknown = isAlias(node) ? node.resolve(document) : node;
    const below = typeof step === 'number' ? itemOf(here, step) : pairOf(here, step);
    if (below === undefined) break;
    offset = below.offset;
    node = below.node;
  }
  return offset === undefined ? undefined : lines.linePos(offset).line;
}

interface Below {
  readonly node: unknown;
  readonly offset: number | undefined;
}

function itemOf(node: unknown, index: number): Below | undefined {
  const item = isSeq(node) ? (node.items[index] as Node | undefined) : undefined;
  return item === undefined ? undefined : { node: item, offset: item.range?.[0] };
}

function pairOf(node: unknown, key: string): Below | undefined {
  const pair = isMap(node)
    ? node.items.find((item) => isScalar(item.key) && String(item.key.value) === key)
    : undefined;
  return pair === undefined || !isScalar(pair.key) ? undefined : { node: pair.value, offset: pair.key.range?.[0] };
}
