// biome-ignore-all lint/suspicious/noTemplateCurlyInString: such texts are what is tested.
import { describe, expect, test } from 'vitest';
import { printable } from '../../../src/config/printable.ts';
import { hideSecrets, secretsOf } from '../../../src/config/secrets.ts';
import { chainText, problemsOf, settingsOf } from '../../support/read-text.ts';

function secretsIn(...primaries: readonly string[]): readonly string[] {
  return secretsOf(settingsOf(chainText(['primary:', ...primaries.map((primary) => `  - ${primary}`)])));
}

describe('secrets of settings', () => {
  test.each([
    ['a key in the path', 'https://h.example/v2/SECRET-130', 'SECRET-130'],
    ['a key in the query', 'https://h.example/?k=SECRET-130', 'SECRET-130'],
    ['a short key in the query', 'https://h.example/?key=ab12', 'ab12'],
    ['a key without a name in the query', 'https://h.example/?SECRET-130', 'SECRET-130'],
    ['an encoded key', 'https://h.example/SECRET%20130', 'SECRET 130'],
    ['an encoded key, as it was written', 'https://h.example/SECRET%20130', 'SECRET%20130'],
    ['a user', '"https://SECRET-130:pass@h.example"', 'SECRET-130'],
    ['a password', '"https://user:SECRET-130@h.example"', 'SECRET-130'],
    ['a user alone', '"https://abcd@h.example"', 'abcd'],
    ['user info as it is sent', '"https://u:p@h.example"', 'dTpw'],
    ['a key in a subdomain', 'https://SECRET-130.h.example', 'secret-130'],
    ['a host', 'https://rpc.h.example', 'rpc.h.example'],
    ['a header', '{ url: https://h.example, headers: { x-key: SECRET-130 } }', 'SECRET-130'],
    ['a token in a header', '{ url: https://h.example, headers: { authorization: Bearer SECRET-130 } }', 'SECRET-130'],
    [
      'a token in a Basic header',
      '{ url: https://h.example, headers: { authorization: Basic dTpTRUNSRVQ= } }',
      'SECRET',
    ],
    ['a key in a WebSocket URL', '{ url: https://h.example, ws: wss://h.example/SECRET-130 }', 'SECRET-130'],
    ['a key in a second URL', '{ urls: [https://h.example, https://h.example/SECRET-130] }', 'SECRET-130'],
    ['a whole URL', 'https://h.example/abc', 'https://h.example/abc'],
    ['a whole URL without its last slash', 'https://h.example/', 'https://h.example'],
    ['a whole private URL', 'http://10.0.0.5:8545', 'http://10.0.0.5:8545'],
    ['a key of letters alone', 'https://h.example/abcdefghijkl', 'abcdefghijkl'],
  ])('F-130: %s is one', (_, primary, secret) => {
    expect(secretsIn(primary)).toContain(secret);
  });

  test('F-130: the admin token is one', () => {
    expect(
      secretsOf(settingsOf(`admin: { token: SECRET-130 }\n${chainText(['primary: [https://h.example]'])}`)),
    ).toContain('SECRET-130');
  });

  test('names that are shown anyway, private hosts and plain words are none', () => {
    const secrets = secretsIn(
      'https://h.example/ethereum/mainnet/v2',
      'https://eth-mainnet.h.example/ext/bc/C/rpc?network=mainnet',
      'http://10.0.0.5:8545/',
      '{ name: own-provider, url: http://own-provider:8545 }',
    );
    for (const word of [
      'h.example',
      'ethereum',
      'mainnet',
      'eth-mainnet',
      '10.0.0.5',
      'own-provider',
      'v2',
      'C',
      'rpc',
    ]) {
      expect(secrets).not.toContain(word);
    }
  });

  test('what is too short to be one is none, lest half of every message were blotted out', () => {
    const lengths = secretsIn('"https://u:p@h.example/a?b=c"', '{ url: https://i.example, headers: { a: b } }').map(
      ({ length }) => length,
    );
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(4);
  });

  test('they come longest first, each once', () => {
    const secrets = secretsIn('https://a.h.example/KEY-12345678', 'https://a.h.example/KEY-12345678-9');
    expect([...secrets].sort((left, right) => right.length - left.length)).toEqual(secrets);
    expect(new Set(secrets).size).toBe(secrets.length);
  });

  test('F-133: hiding replaces each, the longer before those it contains', () => {
    const secrets = secretsIn('https://rpc.h.example/v2/KEY-12345678');
    const text =
      'POST https://rpc.h.example/v2/KEY-12345678 to rpc.h.example failed: KEY-12345678 is unknown at h.example';
    expect(hideSecrets(text, secrets)).toBe('POST *** to *** failed: *** is unknown at h.example');
  });
});

/** Secrets in every place one can stand, in texts that are right and in texts that are wrong in every way. */
const canary = /SECRET|s3cr3t/i;

describe('F-130: canaries', () => {
  const right = `
admin: { token: SECRET-token }
chains:
  ethereum:
    answerRules: []
    primary:
      - { name: a, url: "https://SECRET-user:SECRET-pass@SECRET-sub.h.example/SECRET-path?k=SECRET-query", ws: wss://SECRET-ws.h.example/SECRET-path }
      - { name: b, url: "https://i.example/\${KEY}", headers: { x-key: SECRET-header, y: "\${KEY}" } }
      - https://s3cr3t-key-0123456789.j.example/v2/s3cr3t
`;

  test('are not in what is printed of a right configuration', () => {
    const settings = settingsOf(right, { KEY: 'SECRET-env' });
    const page = printable(settings, () => undefined);
    expect(page).not.toMatch(canary);
    expect(page).toContain('https://***');
    expect(JSON.stringify(settings)).toMatch(canary);
  });

  const url = 'https://SECRET-user:SECRET-pass@SECRET-sub.h.example/SECRET-path?k=SECRET-query';
  test.each([
    ['a broken URL', `chains: { ethereum: { primary: ["${url}#SECRET"] } }`],
    ['a URL in place of a list', `chains: { ethereum: { primary: "${url}" } }`],
    ['a URL in place of a map', `chains: "${url}"`],
    [
      'a URL in place of a number',
      `server: { port: "${url}" }\nchains: { ethereum: { primary: ["https://h.example"] } }`,
    ],
    [
      'a URL in place of a choice',
      `log: { level: "${url}" }\nchains: { ethereum: { primary: ["https://h.example"] } }`,
    ],
    ['a URL as a key', `chains: { "${url}": { primary: ["https://h.example"] } }`],
    ['a URL as a name', `chains: { ethereum: { primary: [{ name: "${url}", url: "https://h.example" }] } }`],
    ['a URL as a spec', `chains: { ethereum: { spec: "${url}", primary: ["https://h.example"] } }`],
    ['a URL as the whole', url],
    ['a URL that is listed twice', `chains: { ethereum: { primary: [{ urls: ["${url}", "${url}"] }] } }`],
    [
      'a key with a broken header',
      `chains: { ethereum: { primary: [{ url: "${url}", headers: { x: "SECRET\\n" } }] } }`,
    ],
    ['a key as an unknown key', 'SECRET0123456789abcdef: 1\nchains: { ethereum: { primary: ["https://h.example"] } }'],
    ['a value of the environment', 'chains: { ethereum: { primary: ["${KEY}"] } }'],
    [
      'a value of the environment as a name',
      'chains: { ethereum: { spec: "${KEY}", primary: ["https://h.example"] } }',
    ],
    ['a broken quote', `chains: { ethereum: { primary: ["${url}] } }`],
  ])('are in no problem of a wrong configuration: %s', (_, text) => {
    const problems = problemsOf(text, { KEY: 'SECRET-env' });
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.join('\n')).not.toMatch(canary);
  });
});
