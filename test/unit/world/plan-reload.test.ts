import { describe, expect, test } from 'vitest';
import type { Settings } from '../../../src/model/settings.ts';
import { planReload } from '../../../src/world/plan-reload.ts';
import { devnetOf, readOverUsual } from '../../support/reloadable-gateway.ts';

const url = 'http://10.0.0.1:8545';
const devnet = devnetOf([url]);

function settings(config: object): Settings {
  const reading = readOverUsual(config);
  if (reading.kind === 'refused') throw new Error(reading.problems.join('\n'));
  return reading.settings;
}

function fates(now: object, next: object): Readonly<Record<string, string>> {
  return Object.fromEntries(planReload(settings({ chains: now }), settings({ chains: next })).fates);
}

describe('a chain', () => {
  test('is the same where nothing of it changed, wherever it stands in the file', () => {
    const other = devnetOf(['http://10.0.0.2:8545']);
    expect(fates({ devnet, other }, { other, devnet })).toEqual({ other: 'same', devnet: 'same' });
  });

  test.each([
    { what: 'another endpoint', next: devnetOf([url, 'http://10.0.0.2:8545']) },
    { what: 'another tier', next: devnetOf(['http://10.0.0.2:8545'], { backup: [url] }) },
    { what: 'another weight', next: devnetOf([{ url, weight: 7 }]) },
    { what: 'another header', next: devnetOf([{ url, headers: { 'x-key': 'a' } }]) },
    { what: 'another limit', next: devnetOf([url], { limits: { callTimeout: '7s' } }) },
    { what: 'another number of the health machine', next: devnetOf([url], { health: { failedPolls: 9 } }) },
    { what: 'another broadcast', next: devnetOf([url], { broadcast: 3 }) },
    { what: 'other methods', next: devnetOf([url], { methods: { deny: ['eth_call'] } }) },
  ])('goes on with $what', ({ next }) => {
    expect(fates({ devnet }, { devnet: next })).toEqual({ devnet: 'changed' });
  });

  test.each([
    { what: 'id', next: { ...devnet, chainId: 5 } },
    { what: 'length of epochs', next: { ...devnet, epochBlocks: 77 } },
    { what: 'block time', next: { ...devnet, blockTime: '3s' } },
  ])('starts anew with another $what', ({ next }) => {
    expect(fates({ devnet }, { devnet: next })).toEqual({ devnet: 'rebuilt' });
  });

  test('is added and removed by its name', () => {
    const plan = planReload(settings({ chains: { devnet } }), settings({ chains: { other: devnet } }));
    expect([...plan.fates]).toEqual([['other', 'added']]);
    expect(plan.removed).toEqual(['devnet']);
  });

  test('changes with a number that holds for all chains', () => {
    const next = settings({ chains: { devnet }, health: { failedPolls: 9 } });
    expect(planReload(settings({ chains: { devnet } }), next).fates.get('devnet')).toBe('changed');
  });
});

describe('what only a restart can change', () => {
  const now = settings({ chains: { devnet } });

  test.each([
    { key: 'server.host', next: { server: { port: 0, host: '127.0.0.2' } } },
    { key: 'server.port', next: { server: { port: 9 } } },
    { key: 'server.cors', next: { server: { port: 0, cors: 'off' } } },
    { key: 'admin.host', next: { admin: { port: 0, host: '127.0.0.2' } } },
    { key: 'admin.port', next: { admin: { port: 9 } } },
    { key: 'admin.token', next: { admin: { port: 0, token: 'long-enough' } } },
    { key: 'limits.maxBodyBytes', next: { limits: { maxBodyBytes: '1MiB' } } },
    { key: 'limits.maxBufferedBytes', next: { limits: { maxBufferedBytes: '99MiB' } } },
    { key: 'limits.connectTimeout', next: { limits: { connectTimeout: '9s' } } },
    { key: 'state', next: { state: { path: '/elsewhere' } } },
    { key: 'log.access', next: { log: { level: 'silent', access: 'on' } } },
  ])('$key is named, and stays as it is', ({ key, next }) => {
    const plan = planReload(now, settings({ chains: { devnet }, ...next }));
    expect(plan.needsRestart).toEqual([key]);
    const { chains: _chains, ...inForce } = plan.settings;
    const { chains: _before, ...before } = now;
    const { drainDelayMs } = plan.settings.server;
    expect({ ...inForce, server: { ...inForce.server, drainDelayMs } }).toEqual({
      ...before,
      server: { ...before.server, drainDelayMs },
    });
  });

  test('is named again by each reload until the restart', () => {
    const next = settings({ chains: { devnet }, server: { port: 9 } });
    const first = planReload(now, next);
    expect(planReload(first.settings, next).needsRestart).toEqual(['server.port']);
  });

  test('an admin token that is exchanged for another is in force at once', () => {
    const tokened = (token: string) => settings({ chains: { devnet }, admin: { port: 0, token } });
    const plan = planReload(tokened('first-token'), tokened('other-token'));
    expect([plan.needsRestart, plan.settings.admin.token]).toEqual([[], 'other-token']);
  });

  test('an admin token that is taken away goes on being asked for', () => {
    const plan = planReload(settings({ chains: { devnet }, admin: { port: 0, token: 'first-token' } }), now);
    expect([plan.needsRestart, plan.settings.admin.token]).toEqual([['admin.token'], 'first-token']);
  });
});
