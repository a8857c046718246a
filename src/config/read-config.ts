import { readFile } from 'node:fs/promises';
import { isRecord } from '../model/json-path.ts';
import type { Settings } from '../model/settings.ts';
import type { Environment } from './expand-variables.ts';
import { parseConfigText } from './parse-config-text.ts';
import { type ConfigPath, formatProblem, type Problem } from './problem.ts';
import { readBySchema } from './read-by-schema.ts';
import type { KnownChain } from './resolve-context.ts';
import { resolveSettings } from './resolve-settings.ts';
import { settingsSchema } from './settings-schema.ts';

/** Settings, deeply frozen, or everything that is wrong: one line each, in the order of the file, free of secrets. */
export type ConfigReading =
  | { readonly kind: 'read'; readonly settings: Settings }
  | { readonly kind: 'refused'; readonly problems: readonly string[] };

/** What a configuration is read with, beside its text. */
export interface ConfigSurroundings {
  readonly env: Environment;
  readonly known: readonly KnownChain[];
  /** Memory the process may use, in bytes. */
  readonly memoryBytes: number;
}

/** A configuration larger than this is something else. */
const mostBytes = 4 * 1_048_576;

/** Reads the text of a configuration file, YAML or JSON; `file` is its name in messages. Never throws. */
export function readConfig(text: string, file: string, surroundings: ConfigSurroundings): ConfigReading {
  const parsed = parseConfigText(text, surroundings.env);
  if (parsed.value === undefined) return refused(parsed.problems, file);
  if (!isRecord(parsed.value)) {
    return refused([{ path: [], text: 'has no keys (name at least one chain under chains)' }], file);
  }
  const { settings, problems } = settingsFrom(parsed.value, { ...surroundings, chains: 'named' });
  const all = [...parsed.problems, ...withoutEchoes(problems, parsed.problems)].map((problem) => {
    const line = problem.line ?? parsed.lineOf(problem.path);
    return line === undefined ? problem : { ...problem, line };
  });
  return all.length > 0 ? refused(all, file) : { kind: 'read', settings };
}

/** Reads a configuration file. A file that cannot be read is a problem like others. Never rejects. */
export async function readConfigFile(file: string, surroundings: ConfigSurroundings): Promise<ConfigReading> {
  try {
    const bytes = await readFile(file);
    if (bytes.length > mostBytes) return unreadable(file, `is larger than ${mostBytes} bytes`);
    return readConfig(new TextDecoder('utf-8', { fatal: true }).decode(bytes), file, surroundings);
  } catch (error) {
    return unreadable(file, fileTroubles[codeOf(error)] ?? 'cannot be read (check that it is a file in UTF-8)');
  }
}

const fileTroubles: Readonly<Record<string, string>> = {
  ENOENT: 'is not there (check the path)',
  EACCES: 'may not be read (check its permissions)',
  EISDIR: 'is a folder (name the file in it)',
};

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function unreadable(file: string, text: string): ConfigReading {
  return refused([{ path: [], text }], file);
}

function refused(problems: readonly Problem[], file: string): ConfigReading {
  const inOrder = problems.toSorted((left, right) => (left.line ?? 0) - (right.line ?? 0));
  return { kind: 'refused', problems: [...new Set(inOrder.map((problem) => formatProblem(file, problem)))] };
}

/** Plain data with what is to be found out about its chains. */
export interface DataSurroundings extends Omit<ConfigSurroundings, 'env'> {
  readonly chains: 'named' | 'detected';
}

/** Checks plain data, as parsed from a file, and resolves it. With problems the settings are of no use. Never throws. */
export function settingsFrom(
  data: unknown,
  surroundings: DataSurroundings,
): { readonly settings: Settings; readonly problems: readonly Problem[] } {
  const reading = readBySchema(settingsSchema, data);
  const contradictions: Problem[] = [];
  const complain = (problem: Problem): void => void contradictions.push(problem);
  const settings = resolveSettings(reading.value, { ...surroundings, pathOf: reading.pathOf, complain });
  return {
    settings: deepFreeze(settings),
    problems: [...reading.problems, ...withoutEchoes(contradictions, reading.problems)],
  };
}

/** What could not be read looks absent, or has its default; what is said of that afterwards is an echo. */
function withoutEchoes(later: readonly Problem[], earlier: readonly Problem[]): readonly Problem[] {
  return later.filter(({ path, absent }) => {
    const places = absent === undefined ? [path] : absent.map((key) => [...path, key]);
    return !places.some((place) => place.length > 0 && earlier.some((problem) => isWithin(problem.path, place)));
  });
}

function isWithin(path: ConfigPath, outer: ConfigPath): boolean {
  return outer.every((step, at) => path[at] === step);
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const member of Object.values(value)) deepFreeze(member);
  return value;
}
