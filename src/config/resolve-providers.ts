import type { Tier } from '../model/names.ts';
import type { EndpointSettings } from '../model/settings.ts';
import type { ConfigPath } from './problem.ts';
import type { NamedChain } from './resolve-chain.ts';
import type { ResolveContext } from './resolve-context.ts';
import { type UrlPair, urlPairs } from './resolve-urls.ts';
import type { ConfigFile, ProviderConfig } from './settings-schema.ts';
import type { UpstreamUrl } from './upstream-url.ts';

type FullProvider = Exclude<ProviderConfig, UpstreamUrl>;

/** One provider of a tier, with its URLs paired and checked. */
interface Entry {
  readonly tier: Tier;
  readonly path: ConfigPath;
  readonly provider: FullProvider;
  readonly pairs: readonly UrlPair[];
}

/** The endpoints of a chain, primaries first, each in the order of the file. Notes what is wrong. Never throws. */
export function resolveProviders(
  file: ConfigFile,
  { chain }: NamedChain,
  context: ResolveContext,
): readonly EndpointSettings[] {
  const entries = [...tierEntries('primary', chain.primary, context), ...tierEntries('backup', chain.backup, context)];
  const names = namesOf(entries, context);
  return entries.flatMap((entry, at) => endpointsOf(entry, names[at] ?? '', file.defaults));
}

function tierEntries(tier: Tier, list: readonly ProviderConfig[], context: ResolveContext): readonly Entry[] {
  return list.map((config) => {
    const provider: FullProvider = 'href' in config ? { url: config, methods: {} } : config;
    const path = context.pathOf(config);
    checkHeaders(provider, path, context);
    return { tier, path, provider, pairs: urlPairs(provider, path, context) };
  });
}

/**
 * The names of a chain's providers, by position. Chosen names stand; the others are made of the host, and numbered where the
 * chain has more of the kind: `example.com`, `example.com-2`.
 */
function namesOf(entries: readonly Entry[], context: ResolveContext): readonly string[] {
  const taken = new Set<string>();
  for (const { provider, path } of entries) {
    if (provider.name === undefined) continue;
    if (taken.has(provider.name)) {
      context.complain({
        path: [...path, 'name'],
        text: 'names two providers of this chain (choose another; primary and backup count together)',
      });
    }
    taken.add(provider.name);
  }
  return entries.map(({ provider, pairs }) => provider.name ?? numbered(fitName(pairs[0]?.url.place.label), taken));
}

function numbered(label: string, taken: Set<string>): string {
  let name = label;
  for (let number = 2; taken.has(name); number += 1) name = `${label}-${number}`;
  taken.add(name);
  return name;
}

/** Hosts may be longer than names, and hold characters names do not. Leaves room for a number. */
function fitName(label = 'provider'): string {
  return (
    label
      .replace(/[^A-Za-z0-9._-]/g, '-')
      .replace(/^[._-]+/, '')
      .slice(0, 60) || 'provider'
  );
}

function endpointsOf(
  { tier, provider, pairs }: Entry,
  name: string,
  defaults: ConfigFile['defaults'],
): readonly EndpointSettings[] {
  return pairs.map(({ url, ws }, at) => ({
    provider: name,
    name: at === 0 ? 'json-rpc' : `json-rpc-${at + 1}`,
    tier,
    interface: provider.interface ?? 'json-rpc',
    url: url.href,
    ...(ws === undefined ? {} : { ws: ws.href }),
    headers: headersOf(provider, url),
    group: provider.group ?? groupOf(pairs[0]?.url ?? url),
    ...behaviourOf(provider, defaults),
  }));
}

function groupOf({ place }: UpstreamUrl): string {
  return place.kind === 'own' ? 'own' : fitName(place.domain);
}

/** Header names in lower case, as they are sent. */
function headersOf(provider: FullProvider, url: UpstreamUrl): Readonly<Record<string, string>> {
  const own = Object.entries(provider.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  return Object.fromEntries(url.authorization === undefined ? own : [...own, ['authorization', url.authorization]]);
}

function checkHeaders(provider: FullProvider, path: ConfigPath, context: ResolveContext): void {
  const seen = new Set<string>();
  for (const name of Object.keys(provider.headers ?? {})) {
    const text = 'is there twice, upper and lower case aside (remove one)';
    if (seen.has(name.toLowerCase())) context.complain({ path: [...path, 'headers', name], text });
    seen.add(name.toLowerCase());
  }
}

type Behaviour = Omit<
  EndpointSettings,
  'provider' | 'name' | 'tier' | 'interface' | 'url' | 'ws' | 'headers' | 'group'
>;

function behaviourOf(provider: FullProvider, defaults: ConfigFile['defaults']): Behaviour {
  const { methods, history, concurrency, order, ...rest } = { ...defaults, ...provider };
  const lists = { ...defaults.methods, ...methods };
  return {
    weight: rest.weight,
    listed: order === 'listed',
    kind: rest.kind,
    writes: rest.writes,
    ...(Object.keys(lists).length === 0 ? {} : { methods: lists }),
    addons: rest.addons,
    ...(history === undefined ? {} : { history }),
    ...(concurrency === undefined ? {} : { concurrency }),
    identity: rest.identity,
  };
}
