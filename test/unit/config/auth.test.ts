import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type ConfigReading, readConfig } from '../../../src/config/read-config.ts';

const key = 'a-key-of-enough-letters';

function read(config: object): ConfigReading {
  const chains = { devnet: { family: 'evm', chainId: 1, primary: ['https://eth.example'] } };
  const text = JSON.stringify({ chains, ...config });
  return readConfig(text, 'test.json', { env: {}, known: [], memoryBytes: 1024 ** 3 });
}

function auth(config: object) {
  const reading = read(config);
  if (reading.kind === 'refused') throw new Error(reading.problems.join('\n'));
  return reading.settings.auth;
}

function problems(config: object): readonly string[] {
  const reading = read(config);
  return reading.kind === 'refused' ? reading.problems : [];
}

describe('auth in the configuration', () => {
  test('keeps the digest of a key, never the key', () => {
    const settings = auth({ auth: { keys: [{ name: 'dapp', key }] } });
    expect(settings.keys[0]?.sha256).toBe(createHash('sha256').update(key).digest('hex'));
    expect(JSON.stringify(settings)).not.toContain(key);
  });

  test('closes the door to those without a key as soon as there is one, unless it says otherwise', () => {
    expect(auth({}).anonymous).toBe('allow');
    expect(auth({ auth: { keys: [{ name: 'dapp', key }] } }).anonymous).toBe('deny');
    expect(auth({ auth: { anonymous: 'allow', keys: [{ name: 'dapp', key }] } }).anonymous).toBe('allow');
  });

  test('bounds each address where others than this machine can come', () => {
    expect(auth({}).anonymousRates).toBeUndefined();
    expect(auth({ server: { host: '0.0.0.0' } }).anonymousRates).toEqual({
      callsPerSecond: 100,
      costPerSecond: 4000,
      concurrency: 200,
    });
    const anonymousLimits = { callsPerSecond: 7 };
    expect(auth({ server: { host: '0.0.0.0' }, auth: { anonymousLimits } }).anonymousRates).toEqual(anonymousLimits);
  });

  test.each([
    [{ name: 'dapp' }, /auth\.keys\[0\]: needs key or sha256/],
    [{ name: 'dapp', key, sha256: 'aa'.repeat(32) }, /auth\.keys\[0\].*one of them/],
    [{ name: 'dapp', key: 'short' }, /auth\.keys\[0\]\.key: must be 16 to 512/],
    [{ name: 'dapp', key, chains: ['base'] }, /chains\[0\]: is no chain of this file \(devnet are\)/],
    [{ name: 'dapp', key, contracts: [{ address: '0x1' }] }, /address: must be an address/],
  ])('says what is wrong with a key: %j', (config, expected) => {
    const found = problems({ auth: { keys: [config] } });
    expect(found.join('\n')).toMatch(expected);
    expect(found.join('\n')).not.toContain(key);
  });

  test('says so where two keys have one name, or are one', () => {
    const found = problems({
      auth: {
        keys: [
          { name: 'dapp', key },
          { name: 'dapp', key },
        ],
      },
    });
    expect(found.join('\n')).toMatch(/name of another key/);
    expect(found.join('\n')).toMatch(/same key as another/);
  });
});
