import type { Chance } from './chance.ts';
import type { SimChainKind } from './draw-history.ts';
import type { UrlPlan } from './sim-url.ts';

/** A configuration, as a file would hold it. */
export interface SimConfig {
  readonly chains: Readonly<Record<string, ChainConfig>>;
}

/** One chain of it. */
export interface ChainConfig {
  readonly primary: readonly ProviderConfig[];
  readonly backup: readonly ProviderConfig[];
  readonly [key: string]: unknown;
}

interface ProviderConfig {
  readonly name: string;
  readonly url: string;
  readonly [key: string]: unknown;
}

/** One provider per URL, the first a primary; some share a group, one may share its URL, pools say so. */
export function drawConfig(chance: Chance, kind: SimChainKind, urls: readonly UrlPlan[]): ChainConfig {
  const group = new URL(urls[0]?.url ?? '').hostname;
  const providers = urls.map(({ url, membersLagMs }, at) => ({
    name: `p${at}`,
    url,
    ...(chance.happens(0.15) && at > 0 ? { group } : {}),
    ...(membersLagMs.length > 1 ? { kind: 'pool' } : {}),
    ...(chance.happens(0.1) ? { order: 'listed' } : {}),
    ...(chance.happens(0.1) ? { weight: 3 } : {}),
  }));
  const sharing = chance.happens(0.12) ? [{ name: 'shares', url: urls[0]?.url ?? '' }] : [];
  const backups = providers.filter((_, at) => at > 0 && chance.happens(0.35));
  const named = kind.spec === undefined ? { family: 'evm', chainId: kind.chainId } : { spec: kind.spec };
  return {
    ...named,
    epochBlocks: chance.oneOf([5, 20, 75]),
    primary: [...providers.filter((one) => !backups.includes(one)), ...sharing],
    backup: backups,
    limits: { getLogsMaxRange: 1_000_000_000, ...(chance.happens(0.1) ? { upstreamConcurrency: 3 } : {}) },
  };
}

/** What an operator makes of a chain's configuration: a provider gone, new, in the other tier, or of another weight. */
export function changeConfig(chance: Chance, config: ChainConfig): ChainConfig {
  const { primary, backup } = config;
  const [first, ...others] = primary;
  if (first === undefined) return config;
  const changes: readonly [ChainConfig, ...ChainConfig[]] = [
    { ...config, primary: [{ ...first, weight: 5 }, ...others] },
    ...(primary.concat(backup).some(({ name }) => name === 'late')
      ? []
      : [{ ...config, primary: [...primary, { name: 'late', url: first.url }] }]),
    { ...config, primary: [...primary, ...backup], backup: [] },
    ...(others.length === 0
      ? []
      : [
          { ...config, primary: others },
          { ...config, primary: others, backup: [...backup, first] },
        ]),
    ...(backup.length === 0 ? [] : [{ ...config, backup: backup.slice(1) }]),
  ];
  return chance.oneOf(changes);
}

/** The URL of each provider, by its name, those included that a change brings. */
export function urlsIn(configs: readonly ChainConfig[]): Readonly<Record<string, string>> {
  const providers = configs.flatMap(({ primary, backup }) => [...primary, ...backup]);
  return Object.fromEntries(providers.map(({ name, url }) => [name, url]));
}
