import { describe, expect, test } from 'vitest';
import { chainText, endpointsOf, ethereumOf, problemsOf, settingsOf } from '../../support/read-text.ts';

function names(...primaries: readonly string[]): readonly string[] {
  return endpointsOf(...primaries).map(({ provider }) => provider);
}

function primaryProblems(...primaries: readonly string[]): readonly string[] {
  return problemsOf(chainText(['primary:', ...primaries.map((primary) => `  - ${primary}`)]));
}

describe('names of providers', () => {
  test('are the registrable domain, numbered where it repeats, over both tiers', () => {
    const chain = ethereumOf([
      'primary: [https://a.eth.example/KEY, https://b.eth.example, https://h.co.uk]',
      'backup: [https://eth.example]',
    ]);
    expect(chain.endpoints.map(({ provider, tier }) => `${tier} ${provider}`)).toEqual([
      'primary eth.example',
      'primary eth.example-2',
      'primary h.co.uk',
      'backup eth.example-3',
    ]);
  });

  test('are the host for an address or host of our own', () => {
    expect(names('http://10.0.0.5:8545', 'http://localhost:1', 'http://localhost:2', 'http://geth:8545')).toEqual([
      '10.0.0.5',
      'localhost',
      'localhost-2',
      'geth',
    ]);
  });

  test('give way to names that were chosen, wherever those stand', () => {
    expect(names('https://eth.example', '{ name: eth.example, url: https://x.example }')).toEqual([
      'eth.example-2',
      'eth.example',
    ]);
  });

  test('may repeat in another chain', () => {
    const text = 'chains: { ethereum: { primary: [https://h.example] }, base: { primary: [https://h.example] } }';
    expect(settingsOf(text).chains.map(({ endpoints }) => endpoints[0]?.provider)).toEqual(['h.example', 'h.example']);
  });

  test('fit into labels, however long the host', () => {
    const [name = ''] = names(`https://${'a'.repeat(63)}.example`);
    expect(name).toBe('a'.repeat(60));
  });

  test('B16, F-236: the same name twice is refused, over both tiers', () => {
    const text = chainText([
      'primary: [{ name: a, url: https://x.example }]',
      'backup: [{ name: a, url: https://y.example }]',
    ]);
    expect(problemsOf(text)).toEqual([
      'c.yaml:4 chains.ethereum.backup[0].name: names two providers of this chain (choose another; primary and backup count together)',
    ]);
  });

  test.each(['a/b', '"a b"', '""', `"${'a'.repeat(65)}"`, '.a', '"é"'])('%s is no name', (name) => {
    expect(primaryProblems(`{ name: ${name}, url: https://h.example }`)).toHaveLength(1);
  });
});

describe('groups', () => {
  test('are the registrable domain, `own` for a host of our own, or as chosen', () => {
    const endpoints = endpointsOf(
      'https://a.eth.example',
      'http://192.168.1.1',
      'http://geth:8545',
      'http://8.8.8.8',
      '{ url: https://b.eth.example, group: cloud }',
    );
    expect(endpoints.map(({ group }) => group)).toEqual(['eth.example', 'own', 'own', '8.8.8.8', 'cloud']);
  });

  test('are one per provider, that of its first URL', () => {
    const endpoints = endpointsOf('{ urls: [https://a.example, https://b.example] }');
    expect(endpoints.map(({ provider, group }) => `${provider} ${group}`)).toEqual([
      'a.example a.example',
      'a.example a.example',
    ]);
  });
});

describe('endpoints', () => {
  test('a URL alone is a provider', () => {
    expect(endpointsOf('https://h.example/v2/KEY')).toEqual([
      {
        provider: 'h.example',
        name: 'json-rpc',
        tier: 'primary',
        interface: 'json-rpc',
        url: 'https://h.example/v2/KEY',
        headers: {},
        group: 'h.example',
        weight: 1,
        listed: false,
        kind: 'single',
        writes: 'public',
        addons: [],
        identity: 'check',
      },
    ]);
  });

  test('several URLs of a provider are numbered, each with its WebSocket', () => {
    const endpoints = endpointsOf(
      '{ name: a, urls: [https://1.example, wss://1.example, { url: https://2.example, ws: wss://2.example }, https://3.example] }',
    );
    expect(endpoints.map(({ name, url, ws }) => [name, url, ws])).toEqual([
      ['json-rpc', 'https://1.example/', 'wss://1.example/'],
      ['json-rpc-2', 'https://2.example/', 'wss://2.example/'],
      ['json-rpc-3', 'https://3.example/', undefined],
    ]);
  });

  test('user info becomes a header, and headers are in lower case', () => {
    const [endpoint] = endpointsOf(
      '{ url: "https://u:p@h.example", ws: "wss://u:p@h.example", headers: { X-Key: abc } }',
    );
    expect(endpoint).toMatchObject({
      url: 'https://h.example/',
      ws: 'wss://h.example/',
      headers: { 'x-key': 'abc', authorization: 'Basic dTpw' },
    });
  });

  test('a provider says how it behaves, and `defaults` says the rest', () => {
    const text = `
defaults: { order: listed, weight: 3, methods: { deny: [a] }, concurrency: 9 }
${chainText([
  'primary:',
  '  - https://a.example',
  '  - { url: https://b.example, order: fastest, weight: 2, kind: pool, writes: private, identity: trust, history: 128, addons: [archive], methods: { allow: [b] } }',
])}`;
    const [first, second] = settingsOf(text).chains[0]?.endpoints ?? [];
    expect(first).toMatchObject({ listed: true, weight: 3, methods: { deny: ['a'] }, concurrency: 9 });
    expect(second).toMatchObject({
      listed: false,
      weight: 2,
      kind: 'pool',
      writes: 'private',
      identity: 'trust',
      history: 128,
      addons: ['archive'],
      methods: { allow: ['b'], deny: ['a'] },
      concurrency: 9,
    });
  });

  test('a URL may be shared by two providers', () => {
    expect(names('{ name: a, url: https://h.example }', '{ name: b, url: https://h.example }')).toEqual(['a', 'b']);
  });

  test.each([
    ['no URL', '{ name: a }', 'has neither url nor urls'],
    ['url and urls', '{ url: https://a.example, urls: [https://b.example] }', 'has both url and urls'],
    ['ws without url', '{ ws: wss://a.example, urls: [https://b.example] }', 'has ws but no url beside it'],
    ['a WebSocket URL alone', 'wss://a.example', 'is a WebSocket URL (give the HTTP URL as url'],
    ['an HTTP URL as ws', '{ url: https://a.example, ws: https://a.example }', 'ws: is no WebSocket URL'],
    [
      'a WebSocket URL first in a list',
      '{ urls: [wss://a.example, https://a.example] }',
      'urls[0]: is a WebSocket URL without',
    ],
    [
      'a second WebSocket URL',
      '{ urls: [https://a.example, wss://a.example, wss://b.example] }',
      'urls[2]: is a WebSocket URL',
    ],
    ['the same URL twice', '{ urls: [https://a.example, "https://a.example/"] }', 'urls[1]: is listed twice'],
    ['other user info on ws', '{ url: "https://u:p@a.example", ws: "wss://v:p@a.example" }', 'ws: has other user info'],
    [
      'user info and an Authorization header',
      '{ url: "https://u:p@a.example", headers: { authorization: "Bearer x" } }',
      'url: has user info, and headers has an authorization',
    ],
    ['a header twice', '{ url: https://a.example, headers: { A: b, a: c } }', 'headers.a: is there twice'],
    [
      'F-116: a line break in a header',
      '{ url: https://a.example, headers: { a: "b\\r\\nc: d" } }',
      'headers.a: must be one line',
    ],
    [
      'a header of the connection',
      '{ url: https://a.example, headers: { Transfer-Encoding: x } }',
      'is a reserved word',
    ],
    ['a number as header', '{ url: https://a.example, headers: { a: 12 } }', 'headers.a: must be one line'],
    [
      'another interface',
      '{ url: https://a.example, interface: rest }',
      'rest, tendermint and grpc are not served by this version',
    ],
    ['a gRPC URL', 'grpcs://a.example', 'has a scheme that is not served'],
    ['F-120: a metadata address', 'http://169.254.169.254', 'points at a link-local, metadata or unspecified address'],
    ['nothing', '', 'is empty'],
  ])('%s is refused', (_, primary, said) => {
    const found = primaryProblems(primary);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`c.yaml:4 chains.ethereum.primary[0]`);
    expect(found[0]).toContain(said);
  });
});
