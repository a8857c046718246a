import type { ServerSettings, Settings, StateSettings } from '../model/settings.ts';
import { checkHealth, checkRules, checkServer } from './check-contradictions.ts';
import { limitSettings } from './policy-settings.ts';
import { resolveChain } from './resolve-chain.ts';
import type { ResolveContext } from './resolve-context.ts';
import type { ConfigFile } from './settings-schema.ts';

/** Turns a checked file into settings, chain by chain, and notes what contradicts itself. Never throws. */
export function resolveSettings(file: ConfigFile, context: ResolveContext): Settings {
  checkServer(file, context);
  checkHealth(file.health, file.health, context);
  checkRules(file.answerRules, context);
  return {
    server: serverSettings(file),
    admin: file.admin,
    limits: limitSettings(file.limits, context.memoryBytes),
    startWaitMs: file.startWait,
    serveWhileStarting: file.serveWhileStarting,
    state: stateSettings(file),
    log: file.log,
    chains: Object.entries(file.chains).map(([name, chain]) => resolveChain(file, { name, chain }, context)),
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
    steering: server.steering,
    faultStatus: faultStatus === 'http' ? 'http' : 'always-200',
    readiness: server.readiness,
    headers: server.headers,
  };
}

function stateSettings({ state }: ConfigFile): StateSettings {
  return state === 'memory' ? { kind: 'memory', path: '' } : { kind: 'lmdb', path: state.path };
}
