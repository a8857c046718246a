import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { printable } from '../../../src/config/printable.ts';
import { problemsOf, settingsOf } from '../../support/read-text.ts';

/** A file with these accounts (in flow style) and these primaries of two chains. */
function fileOf(accounts: string, ethereum: string, base = 'https://b.example', top = ''): string {
  return `${top}accounts: ${accounts}\nchains:\n  ethereum: { primary: [${ethereum}] }\n  base: { primary: [${base}] }\n`;
}

const vendor = `{ vendor: { url: 'https://eth-\${network}.vendor.example/v2/\${KEY}', monthlyBudget: { calls: 1000 } } }`;
const env = { KEY: 'the-secret-key' };

describe('a provider of an account', () => {
  test('has the account’s URL with its own network, its name, and the operator’s group', () => {
    const text = fileOf(vendor, '{ account: vendor, network: mainnet }', '{ account: vendor, network: base-mainnet }');
    const endpoints = settingsOf(text, env).chains.flatMap((chain) => chain.endpoints);
    expect(endpoints.map(({ url, provider, group, account }) => ({ url, provider, group, account }))).toEqual([
      {
        url: 'https://eth-mainnet.vendor.example/v2/the-secret-key',
        provider: 'vendor',
        group: 'vendor.example',
        account: 'vendor',
      },
      {
        url: 'https://eth-base-mainnet.vendor.example/v2/the-secret-key',
        provider: 'vendor',
        group: 'vendor.example',
        account: 'vendor',
      },
    ]);
  });

  test('has the account’s headers, group and WebSocket URL, and its own stand above them', () => {
    const account = `{ v: { url: 'https://\${network}.v.example', ws: 'wss://\${network}.v.example', group: cloud, headers: { X-Key: a, x-team: t } } }`;
    const text = fileOf(account, '{ account: v, network: m, headers: { x-key: b }, name: mine }');
    expect(settingsOf(text).chains[0]?.endpoints[0]).toMatchObject({
      provider: 'mine',
      group: 'cloud',
      ws: 'wss://m.v.example/',
      headers: { 'x-key': 'b', 'x-team': 't' },
    });
  });

  test('may have URLs of its own, and is billed to the account all the same', () => {
    const text = fileOf('{ v: { rateLimit: 5 } }', '{ account: v, url: https://x.example/a }');
    expect(settingsOf(text).chains[0]?.endpoints[0]).toMatchObject({ url: 'https://x.example/a', account: 'v' });
  });

  test('is numbered where the chain has more of the account', () => {
    const text = fileOf(vendor, '{ account: vendor, network: a }, { account: vendor, network: b }');
    const endpoints = settingsOf(text, env).chains[0]?.endpoints ?? [];
    expect(endpoints.map(({ provider }) => provider)).toEqual(['vendor', 'vendor-2']);
  });
});

describe('the limits of an account', () => {
  test('are one rate, one number of calls in flight and one budget', () => {
    const account =
      '{ v: { rateLimit: { callsPerSecond: 50, burst: 200 }, concurrency: 9, monthlyBudget: { cost: 5000000 }, resetDay: 15, whenSpent: last-resort } }';
    expect(settingsOf(fileOf(account, '{ account: v, url: https://x.example }')).accounts).toEqual([
      {
        name: 'v',
        rate: { callsPerSecond: 50, burst: 200 },
        concurrency: 9,
        budget: { unit: 'cost', limit: 5_000_000, resetDay: 15, whenSpent: 'last-resort' },
      },
    ]);
  });

  test('have a burst of one second, the first of the month, and stop, where nothing else is said', () => {
    const account = '{ v: { rateLimit: 50, monthlyBudget: { calls: 7 } } }';
    expect(settingsOf(fileOf(account, '{ account: v, url: https://x.example }')).accounts).toMatchObject([
      { rate: { callsPerSecond: 50, burst: 50 }, budget: { unit: 'calls', limit: 7, resetDay: 1, whenSpent: 'stop' } },
    ]);
  });

  test('are a provider’s own where it has no account, under its chain and name', () => {
    const text = fileOf('{}', '{ name: a, url: https://x.example, rateLimit: 3, monthlyBudget: { calls: 9 } }');
    const settings = settingsOf(text);
    expect(settings.accounts.map(({ name }) => name)).toEqual(['ethereum/a']);
    expect(settings.chains.flatMap(({ endpoints }) => endpoints.map(({ account }) => account))).toEqual([
      'ethereum/a',
      undefined,
    ]);
  });

  test('take the rate of the defaults: each account as one, each other provider for itself', () => {
    const text = fileOf(
      '{ v: {} }',
      '{ account: v, url: https://x.example }',
      'https://b.example',
      'defaults: { rateLimit: 4 }\n',
    );
    expect(settingsOf(text).accounts).toEqual([
      { name: 'v', rate: { callsPerSecond: 4, burst: 4 } },
      { name: 'base/b.example', rate: { callsPerSecond: 4, burst: 4 } },
    ]);
  });
});

describe('what is wrong with accounts is said', () => {
  test.each([
    ['{}', '{ account: v }', 'chains.ethereum.primary[0].account: is no account of this file (none is under accounts)'],
    [
      '{ w: {} }',
      '{ account: v, url: https://x.example }',
      'chains.ethereum.primary[0].account: is no account of this file (w under accounts)',
    ],
    ['{ v: {} }', '{ account: v }', 'accounts.v: has no url, and neither has a provider of it (give one of them one)'],
    [
      `{ v: { url: 'https://\${network}.v.example' } }`,
      '{ account: v }',
      `chains.ethereum.primary[0]: has no network, which its account's URL needs (the word that stands for \${network} there)`,
    ],
    [
      '{ v: { url: https://v.example } }',
      '{ account: v, network: mainnet }',
      `chains.ethereum.primary[0].network: has no place in the account's URL (write \${network} there, or remove this)`,
    ],
    [
      '{}',
      '{ url: https://x.example, network: mainnet }',
      'chains.ethereum.primary[0].network: is of no use without account (name one, or remove this)',
    ],
    [
      '{ v: {} }',
      '{ account: v, url: https://x.example, rateLimit: 5 }',
      'chains.ethereum.primary[0].rateLimit: belongs to the account, whose providers share it (write it under accounts.v)',
    ],
    [
      '{}',
      '{ url: https://x.example, monthlyBudget: { calls: 5, cost: 5 } }',
      'chains.ethereum.primary[0].monthlyBudget: needs calls or cost, one of them (what the vendor bills by)',
    ],
    [
      '{}',
      '{ url: https://x.example, whenSpent: stop }',
      'chains.ethereum.primary[0].whenSpent: is of no use without monthlyBudget (give one, or remove this)',
    ],
    [
      `{ v: { url: 'https://\${network}' } }`,
      '{ account: v, network: 169.254.169.254 }',
      "chains.ethereum.primary[0].account: gives a URL that points at a link-local, metadata or unspecified address (use the upstream's own address)",
    ],
  ])('%s with %s', (accounts, provider, problem) => {
    expect(problemsOf(fileOf(accounts, provider)).map((line) => line.replace(/^c\.yaml:\d+ /, ''))).toEqual([problem]);
  });

  test('F-241: a variable of an account’s URL is missed like any other', () => {
    expect(problemsOf(fileOf(vendor, '{ account: vendor, network: mainnet }'))).toEqual([
      expect.stringContaining('needs the environment variable KEY, which is not set'),
    ]);
  });

  test(`outside of accounts \${network} is a variable`, () => {
    expect(problemsOf(fileOf('{}', `'https://\${network}.x.example'`))).toEqual([
      expect.stringContaining('needs the environment variable network, which is not set'),
    ]);
  });
});

describe('the printed configuration', () => {
  const facts = () => ({
    blockTimeMs: 12_000,
    finality: { kind: 'depth', depth: 64 } as const,
    identity: [],
    broadcast: 2,
  });

  test('shows accounts without their URLs, and who is billed for what', () => {
    const text = fileOf(
      vendor,
      '{ account: vendor, network: mainnet }',
      '{ name: b, url: https://b.example, rateLimit: 3 }',
    );
    const page = printable(settingsOf(text, env), facts);
    const { accounts, chains } = parse(page);
    expect(accounts).toEqual({ vendor: { monthlyBudget: { calls: 1000 }, resetDay: 1, whenSpent: 'stop' } });
    expect(chains.ethereum.primary[0]).toMatchObject({ name: 'vendor', account: 'vendor', url: 'https://***' });
    expect(chains.base.primary[0]).toMatchObject({ rateLimit: { callsPerSecond: 3, burst: 3 } });
    expect(page).not.toContain('secret');
  });

  test('warns where our own calls alone are more than a budget', () => {
    const page = printable(settingsOf(fileOf(vendor, '{ account: vendor, network: mainnet }'), env), facts);
    expect(page).toMatch(
      /# account vendor \(ethereum\): 1,000 calls a month from day 1, then nothing; background calls take about [\d,]+ \([\d,]+ %\): WARNING, it is spent before the month is over\n/,
    );
  });
});
