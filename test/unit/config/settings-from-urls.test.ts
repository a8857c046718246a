import { describe, expect, test } from 'vitest';
import { overrideSettings } from '../../../src/config/override-settings.ts';
import type { ConfigReading } from '../../../src/config/read-config.ts';
import { detectedChain, settingsFromUrls } from '../../../src/config/settings-from-urls.ts';
import { chainText, memoryBytes, settingsOf } from '../../support/read-text.ts';

function read(...urls: readonly string[]): ConfigReading {
  return settingsFromUrls(urls, memoryBytes);
}

function endpoints(...urls: readonly string[]): readonly (readonly [string, string | undefined])[] {
  const reading = read(...urls);
  const chain = reading.kind === 'read' ? reading.settings.chains[0] : undefined;
  return chain?.endpoints.map(({ url, ws }) => [url, ws] as const) ?? [];
}

describe('settings from URLs alone', () => {
  test('are one chain to be detected, of primaries, with every default', () => {
    const reading = read('https://eth.example/v2/KEY', 'http://127.0.0.1:8545');
    expect(reading).toMatchObject({
      kind: 'read',
      settings: {
        server: { port: 3_400 },
        chains: [
          {
            name: detectedChain,
            detect: true,
            endpoints: [
              { provider: 'eth.example', tier: 'primary', url: 'https://eth.example/v2/KEY', group: 'eth.example' },
              { provider: '127.0.0.1', tier: 'primary', url: 'http://127.0.0.1:8545/', group: 'own' },
            ],
          },
        ],
      },
    });
    expect(JSON.stringify(reading)).not.toContain('"spec"');
  });

  test('take user info out of URLs like a file', () => {
    const reading = read('https://u:p@h.example');
    expect(reading).toMatchObject({
      settings: { chains: [{ endpoints: [{ url: 'https://h.example/', headers: { authorization: 'Basic dTpw' } }] }] },
    });
  });

  test.each([
    ['of the same host', ['wss://b.example/w', 'https://a.example', 'https://b.example'], [null, 'wss://b.example/w']],
    [
      'of the same operator',
      ['https://a.example', 'https://rpc.b.example', 'wss://ws.b.example'],
      [null, 'wss://ws.b.example/'],
    ],
    ['that is the only one', ['https://a.example', 'ws://127.0.0.1:1'], ['ws://127.0.0.1:1/']],
  ])('give a WebSocket URL to the HTTP URL %s', (_, urls, sockets) => {
    expect(endpoints(...urls).map(([, ws]) => ws ?? null)).toEqual(sockets);
  });

  test.each([
    ['a broken URL', ['https://a.example', 'htps:/x'], 'URL 2 is no URL'],
    ['a forbidden address', ['http://169.254.169.254'], 'URL 1 points at a link-local'],
    ['a WebSocket URL alone', ['wss://a.example'], 'URL 1 is a WebSocket URL without its HTTP URL'],
    [
      'a WebSocket URL of another operator',
      ['https://a.example', 'https://b.example', 'wss://c.example'],
      'URL 3 is a WebSocket',
    ],
    [
      'a second WebSocket URL',
      ['https://a.example', 'wss://a.example', 'wss://a.example/2'],
      'URL 3 is a WebSocket URL',
    ],
    ['the same URL twice', ['https://a.example', 'https://A.example/'], 'URL 2 was given before'],
    ['other user info on the WebSocket', ['https://u:p@a.example', 'wss://v:p@a.example'], 'a URL has other user info'],
  ])('refuse %s', (_, urls, said) => {
    const reading = read(...urls);
    const problems = reading.kind === 'refused' ? reading.problems : [];
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(said);
  });

  test('F-131: refuse without repeating a URL', () => {
    const reading = read('htps:/SECRET', 'https://SECRET.example/#SECRET', 'wss://SECRET.example');
    expect(reading).toMatchObject({ kind: 'refused' });
    expect(JSON.stringify(reading)).not.toMatch(/SECRET/i);
  });
});

describe('overrides of the command line', () => {
  const settings = settingsOf(`server: { port: 1 }\n${chainText(['primary: [https://h.example]'])}`);

  test('replace the doors they name and nothing else', () => {
    const overridden = overrideSettings(settings, { host: '0.0.0.0', adminPort: 9 });
    expect(overridden).toEqual({
      ...settings,
      server: { ...settings.server, host: '0.0.0.0', port: 1 },
      admin: { ...settings.admin, port: 9 },
    });
    expect([overridden, overridden.server, overridden.admin].every(Object.isFrozen)).toBe(true);
  });

  test('of nothing leave the settings as they are', () => {
    expect(overrideSettings(settings, {})).toEqual(settings);
  });
});
