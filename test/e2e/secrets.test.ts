import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askHttp, eventually, post, standings } from '../support/ask-gateway.ts';
import { canariesIn } from '../support/canary.ts';
import { createFakeChain } from '../support/fake-chain.ts';
import { type FakeUpstream, startFakeUpstream } from '../support/fake-upstream.ts';
import { saysAndCloses } from '../support/fault-scripts.ts';
import { refusedUrl, startFaultUpstream } from '../support/fault-upstream.ts';
import { type GatewayProcess, runSwitchyard, startGatewayProcess, writeConfig } from '../support/gateway-process.ts';
import { selfSigned } from '../support/tls-fixtures.ts';

/** A URL with secrets wherever a URL can have them. */
function withSecrets(url: string): string {
  const bare = new URL(url);
  return `${bare.protocol}//SECRET-user:SECRET-pass+word@${bare.host}/v2/SECRET-path%20key?apikey=SECRET-query%26x`;
}

const headers = { 'x-api-key': 'SECRET-header', 'x-token': 'Bearer SECRET-bearer' };

/** What an indiscreet upstream knows of the call it got. */
function gossip(url: string): string {
  const basic = Buffer.from('SECRET-user:SECRET-pass+word').toString('base64');
  return `POST ${withSecrets(url)} with key ${headers['x-api-key']}, ${headers['x-token']}, Basic ${basic}`;
}

/** Ways to pass on in an answer what should stay between the gateway and the upstream. */
function teachGossip(upstream: FakeUpstream): void {
  const text = gossip(upstream.url);
  upstream.on('eth_getBalance', { error: { code: -32000, message: text, data: { request: text } } });
  upstream.on('eth_call', { error: { code: 3, message: 'execution reverted', data: text } });
  upstream.on('eth_getCode', { kind: 'status', status: 500, body: `<html>${text}</html>` });
  upstream.on('eth_gasPrice', { kind: 'status', status: 401, body: JSON.stringify({ error: text }) });
  upstream.on('eth_syncing', {
    kind: 'status',
    status: 302,
    headers: { location: withSecrets(upstream.url) },
    body: '',
  });
  upstream.on('eth_estimateGas', {
    kind: 'status',
    status: 200,
    headers: { 'x-powered-by': text, 'set-cookie': text },
  });
  upstream.on('eth_sendRawTransaction', { kind: 'status', status: 502, body: text });
}

const gossiped = [
  'eth_getBalance',
  'eth_call',
  'eth_getCode',
  'eth_gasPrice',
  'eth_syncing',
  'eth_estimateGas',
  'eth_getTransactionCount',
];

/** Params that suit any of them. */
const params = [`0x${'00'.repeat(20)}`, 'latest'];

const closing: (() => unknown)[] = [];
let upstream: FakeUpstream;
let gateway: GatewayProcess;
let configFile: string;

/** An account whose URL and headers are its providers' secrets. */
const account = {
  url: `https://\${network}.SECRET-vendor.rpc.invalid/v2/SECRET-account-key`,
  headers: { 'x-account': 'SECRET-account-header' },
  monthlyBudget: { calls: 1_000_000 },
};

/** One chain of each kind of upstream, good and bad. */
async function chains(): Promise<Record<string, object>> {
  const chain = createFakeChain({ chainId: 31_337 });
  upstream = await startFakeUpstream({ chain });
  const gossiping = await startFakeUpstream({
    handler: () => ({ error: { code: -32000, message: gossip(upstream.url) } }),
  });
  const tls = await startFaultUpstream(() => undefined, selfSigned);
  const banner = await startFaultUpstream(saysAndCloses(`SSH-2.0-${gossip(upstream.url)}\r\n`));
  closing.push(() => Promise.all([upstream, gossiping, tls, banner].map((each) => each.close())));
  const urls = {
    good: upstream.url,
    gossiping: gossiping.url,
    refused: await refusedUrl(),
    tls: tls.url,
    banner: banner.url,
    unknown: 'http://SECRET-label.rpc.invalid/',
  };
  const of = ([name, url]: readonly [string, string]) => ({ name, url: withSecrets(url), headers });
  const unnamed = { url: 'https://SECRET-sub.rpc.invalid/SECRET-unnamed-key' };
  const billed = { account: 'vendor', network: 'mainnet' };
  return {
    devnet: {
      family: 'evm',
      chainId: 31_337,
      blockTime: '1s',
      primary: [...Object.entries(urls).map(of), unnamed, billed],
    },
    dead: { family: 'evm', chainId: 31_338, primary: [of(['refused-too', urls.refused]), of(['tls-too', urls.tls])] },
  };
}

beforeAll(async () => {
  const config = {
    log: { level: 'trace', access: 'on' },
    admin: { port: 0, token: 'SECRET-token' },
    accounts: { vendor: account },
    chains: await chains(),
  };
  configFile = writeConfig(config);
  gateway = await startGatewayProcess(config);
  await eventually(
    () => standings(gateway.adminUrl),
    (found) => found.good === 'serving' && Object.values(found).every((standing) => standing !== 'unproven'),
  );
  teachGossip(upstream);
});

afterAll(async () => {
  await gateway.stop();
  await Promise.all(closing.map((close) => close()));
});

/** All that a client can see of an answer. */
async function seen(answer: Promise<{ status: number; headers: Headers; text: string }>): Promise<string> {
  const { status, headers: names, text } = await answer;
  return [status, ...[...names].map(([name, value]) => `${name}: ${value}`), text].join('\n');
}

function call(method: string): string {
  return JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
}

test('a planted secret is found in whatever shape it comes', () => {
  const secret = 'user:SECRET-1';
  const shapes = [0, 1, 2].map((offset) => Buffer.from('x'.repeat(offset) + secret).toString('base64'));
  const others = [
    secret,
    'secret-1',
    Buffer.from(secret).toString('hex'),
    '%53%45%43%52%45%54',
    '"\\u0053\\u0045\\u0043\\u0052\\u0045\\u0054"',
  ];
  expect([...shapes, ...others].filter((text) => canariesIn(text).length === 0)).toEqual([]);
  expect(canariesIn('no such thing')).toEqual([]);
});

describe('F-130: no secret of an upstream leaves the process', () => {
  test('though they are sent to the upstream itself', () => {
    const { headers: sent } = upstream.calls[0] ?? {};
    expect(sent).toMatchObject({ 'x-api-key': 'SECRET-header' });
  });

  test.each(gossiped)('F-133: in the answer to %s, whose upstream tells all it knows', async (method) => {
    const answer = await seen(post(`${gateway.url}/devnet`, call(method)));
    expect(answer).toMatch(/"(result|error)":/);
    expect(canariesIn(answer)).toEqual([]);
  });

  test('in the answer to a batch, to a write that failed, and for a chain with nobody to answer', async () => {
    const batch = `[${gossiped.map(call).join(',')}]`;
    const write = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_sendRawTransaction', params: ['0x02f8'] });
    const answers = await Promise.all([
      seen(post(`${gateway.url}/devnet`, batch)),
      seen(post(`${gateway.url}/devnet`, write)),
      seen(post(`${gateway.url}/dead`, call('eth_chainId'))),
    ]);
    expect(answers[2]).toContain('"fault"');
    expect(answers.flatMap(canariesIn)).toEqual([]);
  });

  test('in the metrics, the probes, the status, the explanation, and the refusals of the operators’ door', async () => {
    const paths = ['metrics', 'livez', 'readyz', 'readyz/devnet', 'readyz/dead', 'api/status', 'nothing'];
    const explain = `api/explain?chain=devnet&method=eth_call&params=${encodeURIComponent(JSON.stringify(params))}`;
    const reads = [...paths, explain].map((path) => seen(askHttp(`${gateway.adminUrl}/${path}`)));
    const body = '{"upstream":"devnet/refused/json-rpc"}';
    const json = { 'content-type': 'application/json' };
    const writes = ['probe', 'cordon'].flatMap((name) => [
      seen(post(`${gateway.adminUrl}/api/${name}`, body, json)),
      seen(post(`${gateway.adminUrl}/api/${name}`, body, { ...json, authorization: 'Bearer wrong' })),
    ]);
    const answers = await Promise.all([...reads, ...writes, seen(askHttp(`${gateway.url}/readyz`))]);
    expect(answers.join('\n')).toContain('devnet/unknown/json-rpc');
    expect(answers.flatMap(canariesIn)).toEqual([]);
  });

  test('in what check and health print', async () => {
    const [check, health] = await Promise.all([
      runSwitchyard(['check', configFile]),
      runSwitchyard(['health', configFile]),
    ]);
    expect([check.code, health.code]).toEqual([0, 1]);
    expect(`${check.output}${health.output}`.length).toBeGreaterThan(1000);
    expect([check, health].flatMap(({ output }) => canariesIn(output))).toEqual([]);
  });

  test('in all it wrote at the most talkative level', () => {
    expect(gateway.output()).toContain('attempt failed');
    expect(canariesIn(gateway.output())).toEqual([]);
  });
});

const badProviders: readonly (readonly [string, object])[] = [
  ['a URL that is none', { url: 'https://SECRET-host:port/SECRET-key' }],
  ['a scheme nobody speaks', { url: 'ftp://SECRET-user@127.0.0.1/SECRET-key' }],
  ['a WebSocket URL that is none', { url: 'http://127.0.0.1:1', ws: 'wss//SECRET-host/SECRET-key' }],
  ['a header that cannot be sent', { url: 'http://127.0.0.1:1', headers: { 'x-key': 'SECRET\nheader' } }],
  ['a URL of the wrong type', { url: ['https://SECRET.example/SECRET-key'] }],
  ['an unknown key', { url: 'http://127.0.0.1:1/SECRET-key', key: 'SECRET-value' }],
  ['the same URL twice', { urls: ['http://127.0.0.1:1/SECRET-key', 'http://127.0.0.1:1/SECRET-key'], name: 'a' }],
];

describe('F-131: what is wrong with a configuration is said without the secrets in it:', () => {
  test.each(badProviders)('%s', async (_, provider) => {
    const file = writeConfig({ chains: { ethereum: { primary: [provider] } } });
    const { output } = await runSwitchyard(['check', file]);
    expect(output).not.toBe('');
    expect(canariesIn(output)).toEqual([]);
  });

  test('F-241: a variable that is not set, beside others that are', async () => {
    const url = 'https://rpc.example/$' + '{SWITCHYARD_MISSING}/SECRET-key';
    const { code, output } = await runSwitchyard([
      'check',
      writeConfig({ chains: { ethereum: { primary: [{ url }] } } }),
    ]);
    expect(code).toBe(2);
    expect(output).toContain('SWITCHYARD_MISSING');
    expect(canariesIn(output)).toEqual([]);
  });
});
