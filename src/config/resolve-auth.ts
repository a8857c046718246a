import { createHash } from 'node:crypto';
import type { ClientKey, ClientRates } from '../model/client.ts';
import { isLoopbackHost } from '../model/loopback.ts';
import type { AuthSettings } from '../model/settings.ts';
import { presentable } from './problem.ts';
import type { ResolveContext } from './resolve-context.ts';
import type { ConfigFile } from './settings-schema.ts';

type KeyConfig = ConfigFile['auth']['keys'][number];

/** What an address may use that shows no key, where the door is open to others than this machine and nothing is said. */
const openRates: ClientRates = { callsPerSecond: 100, costPerSecond: 4000, concurrency: 200 };

/** Who may call. Keys become digests here and are kept nowhere. Notes what is wrong with them. Never throws. */
export function resolveAuth(file: ConfigFile, context: ResolveContext): AuthSettings {
  const { auth, server } = file;
  const keys = auth.keys.map((key) => resolveKey(key, file, context));
  checkRepeats(auth.keys, keys, context);
  const rates = auth.anonymousLimits ?? (isLoopbackHost(server.host) ? undefined : openRates);
  return {
    anonymous: auth.anonymous ?? (keys.length === 0 ? 'allow' : 'deny'),
    ...(rates === undefined ? {} : { anonymousRates: rates }),
    keys,
  };
}

function resolveKey(config: KeyConfig, file: ConfigFile, context: ResolveContext): ClientKey {
  const { name, key, sha256, chains, methods, contracts, limits, getLogsMaxRange, steer } = config;
  const path = context.pathOf(config);
  if ((key === undefined) === (sha256 === undefined)) {
    context.complain({
      path,
      text: 'needs key or sha256, one of them (a digest can be put into the file, a key comes from the environment)',
    });
  }
  for (const [at, chain] of (chains ?? []).entries()) {
    if (Object.hasOwn(file.chains, chain)) continue;
    const text = `is no chain of this file (${Object.keys(file.chains).map(presentable).join(', ')} are)`;
    context.complain({ path: [...path, 'chains', at], text });
  }
  return {
    name,
    sha256:
      sha256?.toLowerCase() ??
      createHash('sha256')
        .update(key ?? '')
        .digest('hex'),
    ...(chains === undefined ? {} : { chains }),
    ...(methods.allow === undefined ? {} : { allow: methods.allow }),
    ...(methods.deny === undefined ? {} : { deny: methods.deny }),
    ...(contracts === undefined ? {} : { contracts: contracts.map(resolveContract) }),
    ...(limits === undefined ? {} : { rates: limits }),
    ...(getLogsMaxRange === undefined ? {} : { getLogsMaxRange }),
    steer,
  };
}

function resolveContract({ address, functions }: NonNullable<KeyConfig['contracts']>[number]) {
  return {
    address: address.toLowerCase(),
    ...(functions === undefined ? {} : { functions: functions.map((selector) => selector.toLowerCase()) }),
  };
}

function checkRepeats(configs: readonly KeyConfig[], keys: readonly ClientKey[], context: ResolveContext): void {
  const names = new Set<string>();
  const digests = new Set<string>();
  for (const [at, { name, sha256 }] of keys.entries()) {
    const path = context.pathOf(configs[at] ?? {});
    if (names.has(name))
      context.complain({ path: [...path, 'name'], text: 'is the name of another key too (choose another)' });
    if (digests.has(sha256)) context.complain({ path, text: 'is the same key as another (give each client its own)' });
    names.add(name);
    digests.add(sha256);
  }
}
