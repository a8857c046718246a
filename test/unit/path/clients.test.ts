import { describe, expect, test } from 'vitest';
import type { ClientKey } from '../../../src/model/client.ts';
import type { AuthSettings } from '../../../src/model/settings.ts';
import { createKnowClient } from '../../../src/path/clients.ts';

const key: ClientKey = { name: 'dapp', sha256: 'aa'.repeat(32), steer: false, rates: { callsPerSecond: 5 } };
const closed: AuthSettings = { anonymous: 'deny', keys: [key] };
const open: AuthSettings = { anonymous: 'allow', anonymousRates: { callsPerSecond: 1 }, keys: [] };

function from(address: string, credential?: string) {
  return { client: { address, loopback: false }, credential };
}

describe('who calls', () => {
  test('the holder of a key is counted by its name, wherever it calls from', () => {
    const know = createKnowClient(closed);
    const buckets = ['192.0.2.1', '192.0.2.2'].map((address) => know(from(address, key.sha256)));
    expect(buckets).toEqual([
      { bucket: 'key/dapp', key, rates: key.rates },
      { bucket: 'key/dapp', key, rates: key.rates },
    ]);
  });

  test('nobody without a key where keys are needed, and nobody with an unknown one', () => {
    const know = createKnowClient(closed);
    expect([know(from('192.0.2.1')), know(from('192.0.2.1', 'bb'.repeat(32)))]).toEqual([
      expect.objectContaining({ fault: 'UNAUTHORIZED' }),
      expect.objectContaining({ fault: 'UNAUTHORIZED' }),
    ]);
  });

  test.each([
    ['192.0.2.1', 'address/192.0.2.1'],
    ['::ffff:192.0.2.1', 'address/::ffff:192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', 'address/2001:db8:1:2'],
    ['2001:db8:1:2::9', 'address/2001:db8:1:2'],
    ['2001:db8::9', 'address/2001:db8:0:0'],
    ['::1', 'address/0:0:0:0'],
  ])('a stranger at %s is counted as %s', (address, bucket) => {
    expect(createKnowClient(open)(from(address))).toEqual({ bucket, key: undefined, rates: { callsPerSecond: 1 } });
  });

  test('a path with a key in it leads nowhere where nobody has one', () => {
    const request = { ...from('192.0.2.1', 'bb'.repeat(32)), credentialIn: 'path' } as const;
    expect(createKnowClient(open)(request)).toMatchObject({ fault: 'UNKNOWN_CHAIN' });
    expect(createKnowClient(closed)(request)).toMatchObject({ fault: 'UNAUTHORIZED' });
  });

  test('strangers are one and the same where nothing bounds them', () => {
    const know = createKnowClient({ anonymous: 'allow', keys: [] });
    expect(know(from('192.0.2.1'))).toBe(know(from('192.0.2.2')));
  });
});
