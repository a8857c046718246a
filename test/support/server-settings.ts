import type { ServerSettings } from '../../src/model/settings.ts';

/** Settings of a public door: on a free port of loopback, without a drain, open to pages of all origins. */
export function buildServerSettings(traits: Partial<ServerSettings> = {}): ServerSettings {
  return {
    host: '127.0.0.1',
    port: 0,
    drainDelayMs: 0,
    drainTimeoutMs: 0,
    cors: { origins: ['*'] },
    steering: 'keys-and-loopback',
    faultStatus: 'http',
    readiness: 'any',
    headers: 'on',
    trustedProxies: [],
    ...traits,
  };
}
