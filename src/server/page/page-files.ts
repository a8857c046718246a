import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';

/** One file of the page, as it is sent. */
export interface PageFile {
  readonly body: Buffer;
  readonly type: string;
  /** Names this very content. */
  readonly etag: string;
}

/** The files beside `index.html`, under `/page/`. A list, so that no path of a request ever becomes a path of the disk. */
const assetNames = [
  'accounts.js',
  'announce.js',
  'chains.js',
  'charts.js',
  'console.js',
  'elements.js',
  'facts.js',
  'feed.js',
  'icon.svg',
  'operations.js',
  'page.css',
  'page.js',
  'upstreams.js',
  'words.js',
];

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/**
 * Reads the page's files, by the path each is served under: `/` is the page itself. The charts' library comes from its package.
 * @throws Error where a file is missing: the installation is broken.
 */
export function readPageFiles(): ReadonlyMap<string, PageFile> {
  const folder = join(import.meta.dirname, 'assets');
  const { resolve } = createRequire(import.meta.url);
  return new Map([
    ['/', readPageFile(join(folder, 'index.html'))],
    ['/page/uplot.js', readPageFile(resolve('uplot/dist/uPlot.esm.js'))],
    ['/page/uplot.css', readPageFile(resolve('uplot/dist/uPlot.min.css'))],
    ...assetNames.map((name) => [`/page/${name}`, readPageFile(join(folder, name))] as const),
  ]);
}

function readPageFile(path: string): PageFile {
  const body = readFileSync(path);
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  return { body, type: types[extname(path)] ?? 'application/octet-stream', etag };
}
