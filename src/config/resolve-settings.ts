import type { ServerSettings, Settings, StateSettings } from '../model/settings.ts';
import { checkHealth, checkRules, checkServer } from './check-contradictions.ts';
import { cacheSettings, limitSettings } from './policy-settings.ts';
import { resolveAccounts } from './resolve-accounts.ts';
import { resolveAuth } from './resolve-auth.ts';
import { resolveChain } from './resolve-chain.ts';
import type { ResolveContext } from './resolve-context.ts';
import type { ConfigFile } from './settings-schema.ts';

/** Turns a checked file into settings, chain by chain, and notes what contradicts itself. Never throws. */
export function resolveSettings(file: ConfigFile, context: ResolveContext): Settings {
  checkServer(file, context);
  checkHealth(file.health, file.health, context);
  checkRules(file.answerRules, context);
  const chains = Object.entries(file.chains).map(([name, chain]) => resolveChain(file, { name, chain }, context));
  return {
    server: serverSettings(file),
    admin: file.admin,
    limits: limitSettings(file.limits, context.memoryBytes),
    cache: cacheSettings(file.cache),
    startWaitMs: file.startWait,
    serveWhileStarting: file.serveWhileStarting,
    state: stateSettings(file),
    log: file.log,
    explain: file.explain,
    auth: resolveAuth(file, context),
    accounts: [...resolveAccounts(file, context), ...chains.flatMap(({ accounts }) => accounts)],
    watch: file.watch,
    chains: chains.map(({ settings }) => settings),
  };
}

function serverSettings({ server }: ConfigFile): ServerSettings {
  const { cors, faultStatus } = server;
  return {
    host: server.host,
    port: server.port,
    drainDelayMs: server.drainDelay,
    drainTimeoutMs: server.drainTimeout,
    cors: cors === 'off' ? 'off' : { origins: cors === '*' ? ['*'] : cors },
    trustedProxies: server.trustedProxies,
    steering: server.steering,
    faultStatus: faultStatus === 'http' ? 'http' : 'always-200',
    readiness: server.readiness,
    headers: server.headers,
    ...(server.tls !== undefined && { tls: server.tls }),
  };
}

function stateSettings({ state }: ConfigFile): StateSettings {
  return state === 'memory' ? { kind: 'memory', path: '' } : { kind: 'lmdb', path: state.path };
}
