import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Platform packages of `@foundry-rs/anvil`, by Node's names for platform and processor. */
const platformPackages: Readonly<Record<string, string>> = {
  'linux x64': '@foundry-rs/anvil-linux-amd64',
  'linux arm64': '@foundry-rs/anvil-linux-arm64',
  'darwin x64': '@foundry-rs/anvil-darwin-amd64',
  'darwin arm64': '@foundry-rs/anvil-darwin-arm64',
  'win32 x64': '@foundry-rs/anvil-win32-amd64',
};

/** Where to look for it, and for which machine. */
export interface AnvilSearch {
  readonly platform: string;
  readonly arch: string;
  /** Files whose `node_modules` are looked through, in order; they need not exist. */
  readonly from: readonly string[];
}

/** This machine; beside this package first, then in the working directory. */
export function usualSearch(): AnvilSearch {
  return {
    platform: process.platform,
    arch: process.arch,
    from: [import.meta.url, join(process.cwd(), 'anywhere.js')],
  };
}

/**
 * The path of the anvil binary that `@foundry-rs/anvil` brings. The binary itself is wanted, not the package's
 * JavaScript launcher: a signal must reach anvil and nothing else.
 *
 * @throws Error in one line, saying what to do, where there is none.
 */
export function findAnvil(search: AnvilSearch): string {
  const { platform, arch } = search;
  const name = platformPackages[`${platform} ${arch}`];
  if (name === undefined) throw new Error(`anvil, which the demo needs, is not made for ${platform} on ${arch}`);
  const file = `${name}/bin/${platform === 'win32' ? 'anvil.exe' : 'anvil'}`;
  for (const place of search.from) {
    const found = resolveFrom(place, file);
    if (found !== undefined) return found;
  }
  throw new Error('anvil, which the demo needs, is not installed (npm install @foundry-rs/anvil)');
}

/** Strict package layouts show a platform package only to the package that depends on it. */
function resolveFrom(place: string, file: string): string | undefined {
  const here = createRequire(place);
  return tryResolve(here, file) ?? resolveBeside(here, file);
}

function resolveBeside(here: NodeJS.Require, file: string): string | undefined {
  const launcher = tryResolve(here, '@foundry-rs/anvil/package.json');
  return launcher === undefined ? undefined : tryResolve(createRequire(launcher), file);
}

function tryResolve(require: NodeJS.Require, name: string): string | undefined {
  try {
    return require.resolve(name);
  } catch {
    return undefined;
  }
}
