import type { AccountName, AccountSettings } from '../model/account.ts';
import type { Tier } from '../model/names.ts';
import type { EndpointSettings } from '../model/settings.ts';
import { fromAccount } from './from-account.ts';
import type { ConfigPath } from './problem.ts';
import { billingOf } from './resolve-accounts.ts';
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
  /** What it is called after where it has no name; absent: its host. */
  readonly label?: string;
  /** As it stands in the file. */
  readonly written: FullProvider;
}

/** The endpoints of a chain, and the accounts of those providers that have limits of their own. */
export interface ResolvedProviders {
  readonly endpoints: readonly EndpointSettings[];
  readonly accounts: readonly AccountSettings[];
}

/** The endpoints of a chain, primaries first, each in the order of the file. Notes what is wrong. Never throws. */
export function resolveProviders(
  file: ConfigFile,
  { name: chain, chain: { primary, backup } }: NamedChain,
  context: ResolveContext,
): ResolvedProviders {
  const entries = [
    ...primary.map((config) => entryOf('primary', config, { file, context })),
    ...backup.map((config) => entryOf('backup', config, { file, context })),
  ];
  const names = namesOf(entries, context);
  const billings = entries.map(({ written }, at) =>
    billingOf({ chain, name: names[at] ?? '', provider: written }, file, context),
  );
  return {
    endpoints: entries.flatMap((entry, at) =>
      endpointsOf(entry, { name: names[at] ?? '', account: billings[at]?.account }, file.defaults),
    ),
    accounts: billings.flatMap(({ own }) => own ?? []),
  };
}

interface EntryParts {
  readonly file: ConfigFile;
  readonly context: ResolveContext;
}

function entryOf(tier: Tier, config: ProviderConfig, { file, context }: EntryParts): Entry {
  const written: FullProvider = 'href' in config ? { url: config, methods: {} } : config;
  const path = context.pathOf(config);
  checkHeaders(written, path, context);
  const { provider, label, urls } = fromAccount(written, file, context);
  const pathOf: ResolveContext['pathOf'] = (part) => (urls.has(part) ? [...path, 'account'] : context.pathOf(part));
  const isNowhere = written.account !== undefined && provider.url === undefined && provider.urls === undefined;
  const pairs = isNowhere ? [] : urlPairs(provider, path, { ...context, pathOf });
  return { tier, path, provider, written, pairs, ...(label !== undefined && { label }) };
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
  return entries.map(
    ({ provider, pairs, label }) => provider.name ?? numbered(label ?? fitName(pairs[0]?.url.place.label), taken),
  );
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
  { name, account }: { readonly name: string; readonly account: AccountName | undefined },
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
    ...(account !== undefined && { account }),
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
  'provider' | 'name' | 'tier' | 'interface' | 'url' | 'ws' | 'headers' | 'group' | 'account'
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
