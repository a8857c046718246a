import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { eventually } from '../../support/ask-gateway.ts';
import { openOver } from '../../support/open-gateway.ts';

const dapp = 'dapp-key-with-letters-enough';
const other = 'other-key-with-letters-enough';
const digest = createHash('sha256').update(other).digest('hex');

const balance = '{"jsonrpc":"2.0","id":1,"method":"eth_getBalance","params":["0x00","latest"]}';
const chainId = '{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}';

function open(keys: readonly object[], auth: object = {}) {
  return openOver({}, { auth: { keys, ...auth } });
}

async function faultOf(answer: Promise<{ readonly text: string }>): Promise<string | undefined> {
  return JSON.parse((await answer).text).error?.data?.fault;
}

describe('a key', () => {
  test.each([
    ['as a bearer', { headers: { authorization: `Bearer ${dapp}` } }],
    ['as x-api-key', { headers: { 'x-api-key': dapp } }],
    ['behind the chain in the path', { path: `/devnet/${dapp}` }],
    ['behind the id of the chain', { path: `/evm/31337/${dapp}` }],
    ['in the query', { path: `/devnet?key=${dapp}` }],
  ])('is taken %s', async (_, options) => {
    const gateway = await open([{ name: 'dapp', key: dapp }]);
    expect((await gateway.post(balance, options)).status).toBe(200);
  });

  test.each([
    ['none', {}],
    ['a wrong one', { headers: { authorization: 'Bearer dapp-key-with-letters-enougH' } }],
    ['an empty one', { headers: { authorization: 'Bearer' } }],
    ['a wrong one in the path, beside a right one', { path: '/devnet/nobody', headers: { 'x-api-key': dapp } }],
    ['its digest', { headers: { 'x-api-key': digest } }],
  ])('is refused where it is %s', async (_, options) => {
    const gateway = await open([
      { name: 'dapp', key: dapp },
      { name: 'other', sha256: digest },
    ]);
    const { status, text } = await gateway.post(balance, options);
    expect({ status, fault: JSON.parse(text).error.data.fault }).toEqual({ status: 401, fault: 'UNAUTHORIZED' });
    expect(text).not.toContain(dapp);
  });

  test('can stand in the file as a digest', async () => {
    const gateway = await open([{ name: 'other', sha256: digest }]);
    expect((await gateway.post(balance, { headers: { 'x-api-key': other } })).status).toBe(200);
  });

  test('is not asked for where nobody has one, and one that is brought along does no harm', async () => {
    const gateway = await open([]);
    expect((await gateway.post(balance, { headers: { authorization: 'Bearer whatever' } })).status).toBe(200);
  });

  test('may be left out where the config says so', async () => {
    const gateway = await open([{ name: 'dapp', key: dapp }], { anonymous: 'allow' });
    expect((await gateway.post(balance)).status).toBe(200);
    expect(await faultOf(gateway.post(balance, { headers: { 'x-api-key': 'wrong' } }))).toBe('UNAUTHORIZED');
  });

  test('is for its methods only, in a batch call by call', async () => {
    const gateway = await open([{ name: 'dapp', key: dapp, methods: { allow: ['eth_getBalance'] } }]);
    const { text } = await gateway.post(`[${balance},${chainId}]`, { headers: { 'x-api-key': dapp } });
    expect(JSON.parse(text)).toMatchObject([{ result: '0x3e8' }, { error: { data: { fault: 'METHOD_FORBIDDEN' } } }]);
  });
});

describe('limits of clients', () => {
  test('a key over its rate is told when to come back, and takes nothing from others', async () => {
    const gateway = await open([
      { name: 'dapp', key: dapp, limits: { callsPerSecond: 5 } },
      { name: 'other', sha256: digest },
    ]);
    const flood = await Promise.all(
      Array.from({ length: 200 }, () => gateway.post(balance, { headers: { 'x-api-key': dapp } })),
    );
    const refused = flood.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(100);
    expect(new Set(refused.map(({ headers }) => headers.get('retry-after')))).toEqual(new Set(['1']));
    expect((await gateway.post(balance, { headers: { 'x-api-key': other } })).status).toBe(200);
    await eventually(
      () => gateway.post(balance, { headers: { 'x-api-key': dapp } }),
      ({ status }) => status === 200,
    );
    const metrics = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
    expect(metrics).toMatch(/switchyard_client_requests_total\{client="other",chain="devnet",outcome="ok"\} 1\n/);
    expect(metrics).toMatch(/switchyard_rate_limited_total\{chain="devnet"\} \d+\n/);
    expect(metrics).not.toContain(dapp);
  });

  test('calls in flight are bounded for one key', async () => {
    const gateway = await open([{ name: 'dapp', key: dapp, limits: { concurrency: 2 } }]);
    gateway.upstream.on('eth_gasPrice', { kind: 'silent' });
    const hang = '{"jsonrpc":"2.0","id":1,"method":"eth_gasPrice"}';
    const headers = { 'x-api-key': dapp, 'x-switchyard-timeout-ms': '1500' };
    const { text } = await gateway.post(`[${hang},${hang},${hang}]`, { headers });
    const faults = JSON.parse(text).map(({ error }: { error: { data: { fault: string } } }) => error.data.fault);
    expect(faults).toEqual(['DEADLINE_PASSED', 'DEADLINE_PASSED', 'RATE_LIMITED']);
    expect((await gateway.post(balance, { headers })).status).toBe(200);
  });

  test('a log query is bounded by the key where that is less', async () => {
    const gateway = await open([{ name: 'dapp', key: dapp, getLogsMaxRange: 2 }]);
    const logs = (to: string) =>
      gateway.post(`{"jsonrpc":"2.0","id":1,"method":"eth_getLogs","params":[{"fromBlock":"0x1","toBlock":"${to}"}]}`, {
        headers: { 'x-api-key': dapp },
      });
    expect(await faultOf(logs('0x3'))).toBe('RANGE_TOO_WIDE');
    expect(await faultOf(logs('0x2'))).toBeUndefined();
  });
});
