/** Where in the configuration: keys and list positions from the root. */
export type ConfigPath = readonly (string | number)[];

/**
 * One thing wrong with a configuration. `text` says what, and in brackets what to do; it holds no value of the file or of
 * the environment, for any of them may be a secret.
 */
export interface Problem {
  readonly path: ConfigPath;
  readonly text: string;
  /** Line in the file, from 1, where it is known better than by the path. */
  readonly line?: number;
  /** Keys under `path` whose absence is the problem: no news where one of them is there but could not be read. */
  readonly absent?: readonly string[];
}

/** Keys are at most so long in any schema of ours; what is longer is no key but something mistaken for one. */
const longestKey = 40;

/** A path as people write it: `chains.ethereum.primary[0].url`. Keys that may be secrets are shown as `***`. */
export function formatPath(path: ConfigPath): string {
  return path
    .map((step, at) => (typeof step === 'number' ? `[${step}]` : `${at === 0 ? '' : '.'}${presentable(step)}`))
    .join('');
}

/** The word itself where it looks like a name somebody chose; `***` where it may be a key, a URL or another secret. */
export function presentable(word: string): string {
  const isName = word.length <= longestKey && /^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(word);
  return isName && !isRandom(word) ? word : '***';
}

/** Many digits, a part that is long and has one, or one that is longer than words are. */
function isRandom(word: string): boolean {
  const isRandomPart = (part: string): boolean => part.length >= 24 || (part.length >= 12 && /\d/.test(part));
  return word.replace(/\D/g, '').length >= 6 || word.split(/[_.-]/).some(isRandomPart);
}

/** One line for a person: `switchyard.yaml:12 chains.ethereum.primary[0].url: is no URL (…)`. */
export function formatProblem(file: string, problem: Problem): string {
  const line = problem.line === undefined ? '' : `:${problem.line}`;
  const path = problem.path.length === 0 ? '' : ` ${formatPath(problem.path)}`;
  return `${file}${line}${path}: ${problem.text}`;
}
