import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type BackgroundCalls, expectedCalls, type WatchFacts } from '../../../src/config/background-calls.ts';
import { type PrintFacts, printable } from '../../../src/config/printable.ts';
import { chainText, ethereumOf, settingsOf } from '../../support/read-text.ts';

const facts: PrintFacts = {
  blockTimeMs: 12_000,
  finality: { kind: 'depth', depth: 64 },
  identity: [{ all: [{ method: 'chainId', params: '[]', path: [], expect: '1', compare: 'quantity' }] }],
  broadcast: 2,
};

function page(...lines: readonly string[]): string {
  return printable(settingsOf(chainText(lines)), () => facts);
}

const primary = 'primary: [https://h.example/KEY]';

describe('the printed configuration', () => {
  test('is YAML in the spelling of the file, with units, and without URLs and headers', () => {
    const text = page('primary: [{ url: https://h.example/KEY, ws: wss://h.example/KEY, headers: { x-key: abc } }]');
    expect(parse(text)).toMatchObject({
      server: { host: '127.0.0.1', port: 3_400, drainDelay: '5s', cors: '*', faultStatus: 'http' },
      limits: { maxBodyBytes: '10MiB', callTimeout: '30s', maxBatchCalls: 1_000 },
      startWait: '2s',
      state: { path: '.switchyard/state' },
      chains: {
        ethereum: {
          spec: 'ethereum',
          primary: [
            {
              name: 'h.example',
              group: 'h.example',
              url: 'https://***',
              ws: 'wss://***',
              headers: { 'x-key': '***' },
              writes: 'public',
            },
          ],
          backup: [],
        },
      },
    });
  });

  test('shows of a chain what is its own', () => {
    const { chains } = parse(page('limits: { lightTimeout: 1s }', 'health: { lagLimit: 3 }', 'startWait: 9s', primary));
    expect(chains.ethereum).toMatchObject({ limits: { lightTimeout: '1s' }, health: { lagLimit: 3 }, startWait: '9s' });
    const { chains: usual } = parse(page(primary));
    expect(Object.keys(usual.ethereum)).toEqual(['spec', 'writes', 'methods', 'background', 'primary', 'backup']);
  });

  test('hides the admin token and keeps short forms', () => {
    const text = `admin: { token: abcdefgh }\nserver: { cors: off, faultStatus: 200 }\nstate: memory\n${chainText([primary])}`;
    const parsed = parse(printable(settingsOf(text), () => undefined));
    expect(parsed).toMatchObject({
      admin: { token: '***' },
      server: { cors: 'off', faultStatus: 200 },
      state: 'memory',
    });
  });

  test('says the groups, and when nobody can vouch for anybody', () => {
    expect(page('primary: [https://a.h.example, http://geth:8545]')).toContain(
      'groups: h.example (h.example); own (geth)\n',
    );
    expect(page('primary: [https://a.h.example, https://b.h.example]')).toContain(
      'groups: h.example (h.example, h.example-2): one group only, so no provider is an independent witness for another',
    );
  });

  test.each([
    [
      'to the spec’s number at once, primaries first',
      [primary, 'backup: [https://b.example]'],
      '2 at once of h.example, then of b.example',
    ],
    ['to the chain’s own number', ['broadcast: 1', primary], '1 at once of h.example'],
    [
      'to private providers alone',
      ['primary: [https://h.example, { name: p, url: https://p.example, writes: private }]'],
      'one after another to p, never to a public provider',
    ],
    [
      'to public ones after the private, where that is allowed',
      [
        'writes: { publicFallback: true }',
        'primary: [https://h.example, { name: p, url: https://p.example, writes: private }]',
      ],
      'one after another to p; should that fail, h.example',
    ],
    ['nowhere', ['primary: [{ url: https://h.example, writes: never }]'], 'nowhere, every provider has writes: never'],
  ])('says where transactions go: %s', (_, lines, said) => {
    expect(page(...lines)).toContain(`#   signed transactions: ${said}\n`);
  });

  test('says the background calls of each provider, where the spec is known', () => {
    expect(page(primary)).toContain('#   background calls a day to h.example: about 10,080 in use, 7,200 idle\n');
    expect(printable(settingsOf(chainText([primary])), () => undefined)).not.toContain('background calls');
  });
});

describe('expected background calls', () => {
  function calls(lines: readonly string[], watch: Partial<WatchFacts> = {}): readonly BackgroundCalls[] {
    return expectedCalls(ethereumOf(lines), { ...facts, ...watch });
  }

  const read = { method: 'm', params: '[]', height: [], quantity: 'hex' } as const;

  test.each([
    ['slow blocks are polled every 10 s', 12_000, 8_640 + 1_440],
    ['blocks of 5 s are polled each', 5_000, 17_280 + 1_440],
    ['fast blocks are polled every second', 250, 86_400 + 1_440],
  ])('%s, and identity every minute', (_, blockTimeMs, inUse) => {
    expect(calls([primary], { blockTimeMs })).toEqual([{ provider: 'h.example', inUse, idle: 5_760 + 1_440 }]);
  });

  test('a question for its health costs as much as one for its identity', () => {
    const health = { method: 'well', params: '[]' };
    expect(calls([primary], { health })).toMatchObject([{ inUse: 8_640 + 2 * 1_440, idle: 5_760 + 2 * 1_440 }]);
  });

  test('finality that is read costs a poll every 5 s at most', () => {
    const [{ inUse, idle } = { inUse: 0, idle: 0 }] = calls([primary], {
      blockTimeMs: 1_000,
      finality: { kind: 'read', read },
    });
    expect({ inUse, idle }).toEqual({ inUse: 86_400 + 17_280 + 1_440, idle: 5_760 + 5_760 + 1_440 });
  });

  test('a provider pays for each of its URLs, and for a shared one only where it is first named', () => {
    const lines = [
      'primary: [{ name: a, urls: [https://1.example, https://2.example] }, { name: b, url: https://1.example }]',
    ];
    expect(calls(lines).map(({ provider, inUse }) => [provider, inUse])).toEqual([
      ['a', 2 * 10_080],
      ['b', 0],
    ]);
  });

  test('the same URL with other headers is another account', () => {
    const lines = [
      'primary: [{ name: a, url: https://1.example }, { name: b, url: https://1.example, headers: { k: v } }]',
    ];
    expect(calls(lines).map(({ inUse }) => inUse)).toEqual([10_080, 10_080]);
  });

  test('a budget caps them, and an idle chain never costs more than one in use', () => {
    expect(calls(['background: { maxCallsPerDay: 5000 }', primary])).toEqual([
      { provider: 'h.example', inUse: 5_000, idle: 5_000 },
    ]);
    expect(calls(['background: { idlePoll: 1s }', primary])).toEqual([
      { provider: 'h.example', inUse: 10_080, idle: 10_080 },
    ]);
  });

  test('shows quorums as they are written, and warns of those that there are not enough groups for', () => {
    const two = 'primary: [https://one.example, https://two.example]';
    const text = page('quorum: { eth_call: 2/2, eth_getBalance: 2/3, eth_getLogs: 3/4 }', 'consistency: session', two);
    const { chains } = parse(text);
    expect(chains.ethereum).toMatchObject({
      consistency: 'session',
      quorum: { eth_call: '2/2', eth_getBalance: '2/3', eth_getLogs: '3/4' },
    });
    expect(text).toContain('#   quorum of eth_call: 2/2, of 2 groups\n');
    expect(text).toContain('#   quorum of eth_getBalance: 2/3, and there are 2 groups: both are asked\n');
    expect(text).toContain(
      '#   quorum of eth_getLogs: 3/4, but there are 2 groups: WARNING, every call of it is refused\n',
    );
  });
});
