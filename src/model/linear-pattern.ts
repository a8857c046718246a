/** Longest run one quantifier may ask for, and how much work all of them together may cost at one position. */
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
  let work = 1;
  for (let at = 0; at < source.length; at = nextAtom(source, at)) {
    if (isBackreference(source, at)) return 'refers back to a group';
    const run = runAfter(source, nextAtom(source, at));
    if (run === undefined) continue;
    if (run > longestRun) return `repeats without a bound; use {m,n} with n at most ${longestRun}`;
    if (source[at] === ')' && run > 1) return 'repeats a group';
    work *= Math.max(1, run);
  }
  return work > mostWork ? `may take ${work} steps at each character; at most ${mostWork} are allowed` : undefined;
}

/** Where the next atom starts: behind an escape, a character class, or one character; a quantifier counts as an atom here. */
function nextAtom(source: string, at: number): number {
  if (source[at] === '\\') return at + 2;
  if (source[at] === '[') return classEnd(source, at);
  if (source[at] === '{') return source.indexOf('}', at) + 1 || at + 1;
  return at + 1;
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

/** The most repetitions the quantifier at `at` allows: 1 for `?`, Infinity without a bound, undefined where there is none. */
function runAfter(source: string, at: number): number | undefined {
  const sign = source[at];
  if (sign === '*' || sign === '+') return Number.POSITIVE_INFINITY;
  if (sign === '?') return 1;
  if (sign !== '{') return undefined;
  const [, least, comma, most] = /^(\d{1,6})(,?)(\d{0,6})\}/.exec(source.slice(at + 1, at + 16)) ?? [];
  if (least === undefined) return undefined;
  if (comma === '') return Number(least);
  return most === undefined || most === '' ? Number.POSITIVE_INFINITY : Number(most);
}
