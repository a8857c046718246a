/** Longest run one quantifier may ask for, and how much work the quantifiers of one alternative may cost at one position. */
const longestRun = 256;
const mostWork = 20_000;

/**
 * Says why a pattern may not be used on an upstream's text, or undefined where it is fine.
 *
 * Fine means: valid, and so built that matching takes time linear in the text. Every quantifier is bounded and stands on a
 * single character or class (a group may only be optional), the product of the bounds is small, and nothing refers back.
 * Never throws.
 */
export function patternProblem(source: string): string | undefined {
  try {
    new RegExp(source, 'i');
  } catch {
    return 'is no valid regular expression';
  }
  let depth = 0;
  let work = 1;
  for (let at = 0; at < source.length; at = nextAtom(source, at)) {
    const sign = source[at];
    if (sign === '(') depth += 1;
    if (sign === ')') depth -= 1;
    if (sign === '|' && depth === 0) work = 1;
    const run = runAfter(source, nextAtom(source, at));
    const problem = problemOfAtom(source, at, run);
    if (problem !== undefined) return problem;
    work *= Math.max(1, run) * branchesOf(source, at);
    if (work > mostWork) return `may take more than ${mostWork} steps at one character`;
  }
  return undefined;
}

function problemOfAtom(source: string, at: number, run: number): string | undefined {
  if (isBackreference(source, at)) return 'refers back to a group';
  if (run > longestRun) return `repeats without a bound; write {m,n} with n at most ${longestRun}`;
  return source[at] === ')' && run > 1 ? 'repeats a group' : undefined;
}

/** An optional atom is tried with and without; the `?` behind an opening parenthesis only says what group it is. */
function branchesOf(source: string, at: number): number {
  return source[at] !== '(' && source[nextAtom(source, at)] === '?' ? 2 : 1;
}

/** Where the next atom starts: behind an escape, a character class, a quantifier in braces, or one character. */
function nextAtom(source: string, at: number): number {
  if (source[at] === '\\') return at + 2;
  if (source[at] === '[') return classEnd(source, at);
  return at + Math.max(1, bracesAt(source, at)?.[0].length ?? 0);
}

function classEnd(source: string, start: number): number {
  for (let at = start + 1; at < source.length; at += source[at] === '\\' ? 2 : 1) {
    if (source[at] === ']') return at + 1;
  }
  return source.length;
}

function isBackreference(source: string, at: number): boolean {
  return source[at] === '\\' && /[1-9k]/.test(source[at + 1] ?? '');
}

const braces = /\{(\d+)(,?)(\d*)\}/y;

/** The quantifier in braces that starts at `at`; a brace that starts none is a plain character. */
function bracesAt(source: string, at: number): RegExpExecArray | null {
  braces.lastIndex = at;
  return braces.exec(source);
}

/** The most repetitions the quantifier at `at` allows: Infinity without a bound, 1 for `?` and where there is none. */
function runAfter(source: string, at: number): number {
  const sign = source[at];
  if (sign === '*' || sign === '+') return Number.POSITIVE_INFINITY;
  const [, least, comma, most] = bracesAt(source, at) ?? [];
  if (least === undefined) return 1;
  if (comma === '') return Number(least);
  return most === undefined || most === '' ? Number.POSITIVE_INFINITY : Number(most);
}
