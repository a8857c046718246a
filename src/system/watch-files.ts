import { type FSWatcher, type Stats, statSync, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Cancel } from '../ports/clock.ts';

/** Files must have been left alone for so long before a change is told: editors and copies write in several steps. In milliseconds. */
const settleMs = 200;

/** Besides, the files are looked at this often: network file systems tell nobody. In milliseconds. */
const lookEveryMs = 5000;

/**
 * Calls `changed` whenever one of the files has another content, once it has settled, until cancelled.
 *
 * What they hold when this is called counts as known. Folders are watched, not files: so a file that is replaced is still watched, be it by an editor or by a symbolic link that is moved, as
 * Kubernetes does. A file that is missing is waited for. Keeps no process alive; never throws.
 */
export function watchFiles(paths: readonly string[], changed: () => void): Cancel {
  const watching = new WatchedFiles(paths, changed);
  watching.begin();
  return () => watching.end();
}

class WatchedFiles {
  readonly #paths: readonly string[];
  readonly #changed: () => void;
  readonly #watchers: FSWatcher[] = [];
  #known: string | undefined;
  #seen: string | undefined;
  #settling: NodeJS.Timeout | undefined;
  #looks: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(paths: readonly string[], changed: () => void) {
    this.#paths = paths;
    this.#changed = changed;
    this.#known = joined(paths.map(markNow));
  }

  begin(): void {
    for (const folder of new Set(this.#paths.map((path) => dirname(path)))) this.#watch(folder);
    this.#looks = setInterval(() => void this.#look(), lookEveryMs);
    this.#looks.unref();
  }

  end(): void {
    this.#isOver = true;
    clearInterval(this.#looks);
    clearTimeout(this.#settling);
    for (const watcher of this.#watchers) watcher.close();
  }

  /** A folder that cannot be watched is still looked at now and then. */
  #watch(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#settle());
      watcher.on('error', () => watcher.close());
      this.#watchers.push(watcher);
    } catch {
      // Too many watchers, or no such folder: the looks suffice.
    }
  }

  #settle(): void {
    clearTimeout(this.#settling);
    if (this.#isOver) return;
    this.#settling = setTimeout(() => void this.#look(), settleMs);
    this.#settling.unref();
  }

  /** A change is told when two looks in a row saw the same. */
  async #look(): Promise<void> {
    const now = await marksOf(this.#paths);
    if (this.#isOver || now === undefined) return;
    const isSettled = now === this.#seen;
    this.#seen = now;
    if (now === this.#known) return;
    if (!isSettled) return this.#settle();
    this.#known = now;
    this.#changed();
  }
}

/** What tells one content of the files from another; undefined while one of them is missing. */
async function marksOf(paths: readonly string[]): Promise<string | undefined> {
  return joined(await Promise.all(paths.map((path) => stat(path).then(markOf, () => undefined))));
}

function markNow(path: string): string | undefined {
  try {
    return markOf(statSync(path));
  } catch {
    return undefined;
  }
}

function markOf({ dev, ino, size, mtimeMs, ctimeMs }: Stats): string {
  return [dev, ino, size, mtimeMs, ctimeMs].join(':');
}

function joined(marks: readonly (string | undefined)[]): string | undefined {
  return marks.includes(undefined) ? undefined : marks.join(' ');
}
