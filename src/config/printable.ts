import type { Static } from 'typebox';
import { stringify } from 'yaml';
import type { ChainSpec } from '../model/chain-spec.ts';
import type { ChainSettings, EndpointSettings, Settings } from '../model/settings.ts';
import { accountLines, writtenAccounts, writtenBilling } from './account-summary.ts';
import { expectedCalls, type WatchFacts } from './background-calls.ts';
import { healthProperties } from './health-schema.ts';
import { healthPolicy } from './policy-settings.ts';
import { formatDuration, formatSize } from './quantity.ts';
import { quorumLines, writtenQuorums } from './quorum-summary.ts';
import { readBySchema } from './read-by-schema.ts';
import { section } from './section-schema.ts';

/** What the printed page wants to know of a chain's spec. */
export type PrintFacts = WatchFacts & Pick<ChainSpec, 'broadcast'>;

/** The facts of a chain; undefined where its spec is not known yet. */
export type FactsOf = (chain: ChainSettings) => PrintFacts | undefined;

/**
 * The resolved configuration as YAML, with every URL, header and token hidden; below it, as comments, each chain's groups,
 * where its transactions go, and the background calls to expect per provider and day. Never throws.
 */
export function printable(settings: Settings, factsOf: FactsOf): string {
  const head =
    '# Valid. Defaults are filled in; URLs, headers and tokens are hidden; of a chain, what is as usual is left out.\n';
  const chains = settings.chains.flatMap((chain) => summaryOf(chain, factsOf(chain)));
  const summary = [...chains, ...accountLines(settings, factsOf)];
  return `${head}${stringify(written(settings), { lineWidth: 0, aliasDuplicateObjects: false })}\n${summary.map((line) => `# ${line}\n`).join('')}`;
}

const healthSchema = section(healthProperties, '');

/** The settings in the spelling of the file. Of a chain's limits and health only what is its own is shown. */
function written(settings: Settings): Readonly<Record<string, unknown>> {
  const { server, admin, limits, cache, state, log, accounts: _, chains, ...rest } = settings;
  const { cors, faultStatus } = server;
  return {
    server: {
      ...inUnits(server),
      cors: cors === 'off' ? 'off' : cors.origins[0] === '*' ? '*' : cors.origins,
      faultStatus: faultStatus === 'http' ? 'http' : 200,
    },
    admin: { ...admin, ...(admin.token === undefined ? {} : { token: '***' }) },
    limits: inUnits(limits),
    cache: writtenCache(cache),
    ...inUnits(rest),
    state: state.kind === 'memory' ? 'memory' : { path: state.path },
    log,
    ...writtenAccounts(settings),
    chains: Object.fromEntries(chains.map((chain) => [chain.name, writtenChain(chain, settings)])),
  };
}

function writtenChain(chain: ChainSettings, settings: Settings): Readonly<Record<string, unknown>> {
  const { name: _, endpoints, limits, health, cache, background, methods, answerRules, ...rest } = chain;
  const { writesPublicFallback, startWaitMs, serveWhileStarting, consistency, quorum: __, ...kind } = rest;
  const { startWaitMs: topWaitMs, serveWhileStarting: topServing } = settings;
  return {
    ...inUnits(kind),
    ...(consistency === 'tip' ? {} : { consistency }),
    ...writtenQuorums(chain),
    writes: { publicFallback: writesPublicFallback },
    methods: Object.fromEntries(Object.entries(methods).filter(([, value]) => value.length > 0)),
    ...(answerRules.length === 0 ? {} : { answerRules }),
    ...inUnits(
      changes({ startWaitMs, serveWhileStarting }, { startWaitMs: topWaitMs, serveWhileStarting: topServing }),
    ),
    ...named('limits', changes(limits, settings.limits)),
    ...named('health', changes(health, healthPolicy(defaultHealth()))),
    ...(isSameText(cache, settings.cache) ? {} : { cache: writtenCache(cache) }),
    background: inUnits(background),
    primary: writtenTier(endpoints, 'primary', settings),
    backup: writtenTier(endpoints, 'backup', settings),
  };
}

function defaultHealth(): Static<typeof healthSchema> {
  return readBySchema(healthSchema, {}).value;
}

function writtenCache(cache: Settings['cache']): unknown {
  return cache === 'off' ? 'off' : inUnits(cache);
}

/** The members of a section that are not as in the other. */
function changes(part: object, usual: object): object {
  return Object.fromEntries(Object.entries(part).filter(([key, value]) => !isSameText(value, Reflect.get(usual, key))));
}

function isSameText(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function named(name: string, part: object): object {
  return Object.keys(part).length === 0 ? {} : { [name]: inUnits(part) };
}

/** One entry per endpoint, so that each can be told apart; `endpoint` is its name in metrics. */
function writtenTier(
  endpoints: readonly EndpointSettings[],
  tier: EndpointSettings['tier'],
  settings: Settings,
): readonly unknown[] {
  return endpoints
    .filter((endpoint) => endpoint.tier === tier)
    .map(({ provider, name, group, url, ws, headers, account, tier: _, interface: __, listed, ...behaviour }) => ({
      name: provider,
      endpoint: name,
      group,
      ...writtenBilling(account, settings),
      url: hiddenUrl(url),
      ...(ws === undefined ? {} : { ws: hiddenUrl(ws) }),
      ...(Object.keys(headers).length === 0 ? {} : { headers: hiddenHeaders(headers) }),
      order: listed ? 'listed' : 'fastest',
      ...behaviour,
    }));
}

function hiddenUrl(url: string): string {
  return `${url.slice(0, url.indexOf('://'))}://***`;
}

function hiddenHeaders(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.keys(headers).map((name) => [name, '***']));
}

/** `timeoutMs: 5000` as `timeout: 5s`, `maxBodyBytes: 1024` as `maxBodyBytes: 1KiB`. */
function inUnits(part: object): Readonly<Record<string, unknown>> {
  const entries = Object.entries(part).map(([key, value]: [string, unknown]) => {
    if (typeof value !== 'number') return [key, value];
    if (key.endsWith('Ms')) return [key.slice(0, -2), formatDuration(value)];
    return [key, key.endsWith('Bytes') ? formatSize(value) : value];
  });
  return Object.fromEntries(entries);
}

function summaryOf(chain: ChainSettings, facts: PrintFacts | undefined): readonly string[] {
  const calls = facts === undefined ? [] : expectedCalls(chain, facts);
  return [
    `${chain.name}:`,
    `  groups: ${groupsOf(chain)}`,
    `  signed transactions: ${transactionsOf(chain, facts)}`,
    ...quorumLines(chain).map((line) => `  ${line}`),
    ...calls.map(
      ({ provider, inUse, idle }) =>
        `  background calls a day to ${provider}: about ${grouped(inUse)} in use, ${grouped(idle)} idle`,
    ),
  ];
}

function groupsOf({ endpoints }: ChainSettings): string {
  const members = new Map<string, Set<string>>();
  for (const { group, provider } of endpoints) members.set(group, (members.get(group) ?? new Set()).add(provider));
  const listed = [...members].map(([group, providers]) => `${group} (${[...providers].join(', ')})`).join('; ');
  const isAlone = members.size === 1 && new Set(endpoints.map(({ provider }) => provider)).size > 1;
  return isAlone ? `${listed}: one group only, so no provider is an independent witness for another` : listed;
}

function transactionsOf(chain: ChainSettings, facts: PrintFacts | undefined): string {
  const willing = chain.endpoints.filter(({ writes }) => writes !== 'never');
  const held = willing.filter(({ writes }) => writes === 'private');
  if (willing.length === 0) return 'nowhere, every provider has writes: never';
  const open = byTier(willing.filter(({ writes }) => writes === 'public'));
  if (held.length > 0) {
    const then =
      chain.writesPublicFallback && open !== '' ? `; should that fail, ${open}` : ', never to a public provider';
    return `one after another to ${providersOf(held)}${then}`;
  }
  const width = chain.broadcast ?? facts?.broadcast;
  return width === undefined ? `to ${open}` : `${width} at once of ${open}`;
}

function byTier(endpoints: readonly EndpointSettings[]): string {
  const tiers = [
    providersOf(endpoints.filter(({ tier }) => tier === 'primary')),
    providersOf(endpoints.filter(({ tier }) => tier === 'backup')),
  ];
  return tiers.filter((names) => names !== '').join(', then of ');
}

function providersOf(endpoints: readonly EndpointSettings[]): string {
  return [...new Set(endpoints.map(({ provider }) => provider))].join(', ');
}

function grouped(count: number): string {
  return count.toLocaleString('en-US');
}
