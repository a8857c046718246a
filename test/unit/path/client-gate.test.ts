import { describe, expect, test } from 'vitest';
import type { Client, ClientKey } from '../../../src/model/client.ts';
import type { ServerSettings, Settings } from '../../../src/model/settings.ts';
import { createClientGate } from '../../../src/path/client-gate.ts';
import { noLimits } from '../../support/no-limits.ts';

const key: ClientKey = { name: 'dapp', sha256: 'aa'.repeat(32), steer: false };
const nobody: Client = { bucket: '', key: undefined, rates: undefined };

function steers(steering: ServerSettings['steering'], client: Client, address: 'loopback' | 'elsewhere'): boolean {
  const settings = { server: { steering }, auth: { anonymous: 'allow', keys: [] } } as unknown as Settings;
  const gate = createClientGate(() => settings, noLimits);
  const from = { address: '', loopback: address === 'loopback' };
  return gate.maySteer({ chain: 'eth', body: Buffer.alloc(0), client: from, steering: new Map() }, client);
}

describe('whose steering headers are obeyed', () => {
  const holder = (steer: boolean): Client => ({ bucket: 'key/dapp', key: { ...key, steer }, rates: undefined });

  test.each([
    ['keys-and-loopback', 'loopback', nobody, true],
    ['keys-and-loopback', 'elsewhere', nobody, false],
    ['keys-and-loopback', 'elsewhere', holder(false), false],
    ['keys-and-loopback', 'elsewhere', holder(true), true],
    ['open', 'elsewhere', nobody, true],
    ['off', 'loopback', holder(true), false],
  ] as const)('%s, from %s', (mode, address, client, expected) => {
    expect(steers(mode, client, address)).toBe(expected);
  });
});

test('a configuration that was reloaded holds from the next request on', () => {
  const present = { server: {}, auth: { anonymous: 'allow', keys: [] } } as unknown as Settings;
  let settings = present;
  const gate = createClientGate(() => settings, noLimits);
  const request = { client: { address: '192.0.2.1', loopback: false }, credential: key.sha256 };
  expect(gate.know({ client: request.client })).toMatchObject({ key: undefined });
  settings = { ...present, auth: { anonymous: 'deny', keys: [key] } };
  expect(gate.know({ client: request.client })).toMatchObject({ fault: 'UNAUTHORIZED' });
  expect(gate.know(request)).toMatchObject({ key });
});
