import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One source file: its path from the project's root, with slashes, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

export const projectRoot = fileURLToPath(new URL('../../', import.meta.url));

/** Reads every file below `folder` (from the project's root) whose name ends in `ending`. */
export function readSources(folder: string, ending = '.ts'): readonly SourceFile[] {
  return readdirSync(join(projectRoot, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: relative(projectRoot, path).replaceAll('\\', '/'), text: readFileSync(path, 'utf8') }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Every module a file names: static and dynamic imports, re-exports. */
export function importsOf(text: string): readonly string[] {
  const found = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\b[^;'"`]*?\bfrom\s*['"]([^'"]+)['"]|\bimport\s*\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)import\s*['"]([^'"]+)['"]/g,
  );
  return [...found].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

/** The text without comments and without the insides of strings and templates: what banned words are searched in. */
export function codeOf(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g, (token) =>
    token.startsWith('/') ? token.replace(/[^\n]/g, ' ') : `''`,
  );
}
