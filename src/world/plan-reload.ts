import type { ChainName } from '../model/names.ts';
import type { ChainSettings, Settings } from '../model/settings.ts';

/**
 * What becomes of a chain. `same`: untouched. `changed`: goes on with other settings or endpoints. `rebuilt`: it is another chain
 * now, or counts its epochs otherwise, and starts anew from what is stored. `added`: starts.
 */
export type ChainFate = 'same' | 'changed' | 'rebuilt' | 'added';

/** What taking a new configuration comes to. Plain data; nothing has happened yet. */
export interface ReloadPlan {
  /** What is in force afterwards: what only a restart can change is as it was. */
  readonly settings: Settings;
  /** By name, in the order of the new file. */
  readonly fates: ReadonlyMap<ChainName, ChainFate>;
  readonly removed: readonly ChainName[];
  /** Keys, as the file spells them, whose new values wait for a restart. */
  readonly needsRestart: readonly string[];
}

/**
 * Says what a new configuration changes, chain by chain. Pure; never throws.
 * @param now what is in force.
 * @param next what was read, with every chain named.
 */
export function planReload(now: Settings, next: Settings): ReloadPlan {
  const before = new Map(now.chains.map((chain) => [chain.name, chain]));
  const names = new Set(next.chains.map(({ name }) => name));
  return {
    settings: inForce(now, next),
    fates: new Map(next.chains.map((chain) => [chain.name, fateOf(before.get(chain.name), chain)])),
    removed: now.chains.map(({ name }) => name).filter((name) => !names.has(name)),
    needsRestart: restartKeys.filter(({ read }) => !isSame(read(now), read(next))).map(({ key }) => key),
  };
}

function fateOf(before: ChainSettings | undefined, after: ChainSettings): ChainFate {
  if (before === undefined) return 'added';
  if (!isSame(kindOf(before), kindOf(after))) return 'rebuilt';
  return isSame(before, after) ? 'same' : 'changed';
}

/** What makes a chain another one: everything that was learned is about this. */
function kindOf({ spec, family, chainId, epochBlocks, blockTimeMs }: ChainSettings): readonly unknown[] {
  return [spec, family, chainId, epochBlocks, blockTimeMs];
}

/** True where two parts of settings say the same. They are plain data, made in one way, so their texts are alike. */
export function isSame(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

interface RestartKey {
  readonly key: string;
  read(settings: Settings): unknown;
}

/** What is bound when the process starts: sockets that listen, the store, and what bounds them. */
const restartKeys: readonly RestartKey[] = [
  { key: 'server.host', read: ({ server }) => server.host },
  { key: 'server.port', read: ({ server }) => server.port },
  { key: 'server.cors', read: ({ server }) => server.cors },
  { key: 'server.trustedProxies', read: ({ server }) => server.trustedProxies },
  // Its files may be others; whether there are any decides what the port speaks.
  { key: 'server.tls', read: ({ server }) => server.tls !== undefined },
  { key: 'admin.host', read: ({ admin }) => admin.host },
  { key: 'admin.port', read: ({ admin }) => admin.port },
  // The token itself may change; whether there is one decides which routes there are.
  { key: 'admin.token', read: ({ admin }) => admin.token !== undefined },
  { key: 'limits.maxBodyBytes', read: ({ limits }) => limits.maxBodyBytes },
  { key: 'limits.maxBufferedBytes', read: ({ limits }) => limits.maxBufferedBytes },
  { key: 'limits.connectTimeout', read: ({ limits }) => limits.connectTimeoutMs },
  { key: 'state', read: ({ state }) => state },
  { key: 'log.access', read: ({ log }) => log.access },
  { key: 'explain.remember', read: ({ explain }) => explain.remember },
];

/** The keys whose new values wait for a restart, as the file spells them. */
export const restartKeyNames: readonly string[] = restartKeys.map(({ key }) => key);

function inForce(now: Settings, next: Settings): Settings {
  const { host, port, cors, trustedProxies, tls } = now.server;
  const { tls: nextTls, ...server } = next.server;
  const certificate = tls === undefined ? {} : { tls: nextTls ?? tls };
  const { maxBodyBytes, maxBufferedBytes, connectTimeoutMs } = now.limits;
  const hasTokenStill = (now.admin.token === undefined) === (next.admin.token === undefined);
  return {
    ...next,
    server: { ...server, host, port, cors, trustedProxies, ...certificate },
    admin: hasTokenStill ? { ...next.admin, host: now.admin.host, port: now.admin.port } : now.admin,
    limits: { ...next.limits, maxBodyBytes, maxBufferedBytes, connectTimeoutMs },
    state: now.state,
    log: { ...next.log, access: now.log.access },
    explain: now.explain,
  };
}
