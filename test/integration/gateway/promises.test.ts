import { describe, expect, test } from 'vitest';
import { eventually, standings } from '../../support/ask-gateway.ts';
import { devnetOf, openGateway, startUpstreams } from '../../support/open-gateway.ts';

const account = `0x${'0'.repeat(40)}`;

/** A gateway over upstreams of groups of their own, all of which serve; by itself it asks the first. */
async function openApart(count: number, keys: object = {}) {
  const upstreams = await startUpstreams(...Array.from({ length: count }, () => ({})));
  const primary = upstreams.map(({ url }, at) => ({ name: `p${at}`, group: `g${at}`, url, order: 'listed' }));
  const gateway = await openGateway({ chains: devnetOf([], { primary, ...keys }) });
  await eventually(
    () => standings(gateway.adminUrl),
    (found) => Object.values(found).filter((standing) => standing === 'serving').length === count,
  );
  return { ...gateway, upstreams };
}

type Apart = Awaited<ReturnType<typeof openApart>>;

/** Providers that answer the same read, asked again and again. */
async function answering(gateway: Apart, method: string, headers: Record<string, string> = {}) {
  const found = new Set<string | null>();
  for (let turn = 0; turn < 10; turn += 1) {
    const { status, headers: said } = await gateway.call(method, [account, 'pending'], { headers });
    expect(status).toBe(200);
    found.add(said.get('x-switchyard-upstream'));
  }
  return [...found].sort();
}

describe('who has just written', () => {
  test('reads the nonce where the write went, and everything else where it always is', async () => {
    const gateway = await openApart(2, { broadcast: 1, blockTime: '1h' });
    const method = 'eth_getTransactionCount';
    expect(await answering(gateway, method)).toEqual(['p0/json-rpc']);
    await gateway.call('eth_sendRawTransaction', ['0x02f8'], { headers: { 'x-switchyard-provider': 'p1' } });
    expect(await answering(gateway, method)).toEqual(['p1/json-rpc']);
    expect(await answering(gateway, 'eth_getBalance')).toEqual(['p0/json-rpc']);
    expect(await answering(gateway, method, { 'x-switchyard-session': 'another' })).toEqual(['p0/json-rpc']);
  });

  test('loses nothing by it: where that upstream fails, another answers', async () => {
    const gateway = await openApart(2, { broadcast: 1, blockTime: '1h' });
    await gateway.call('eth_sendRawTransaction', ['0x02f8'], { headers: { 'x-switchyard-provider': 'p1' } });
    gateway.upstreams[1]?.behave({ kind: 'resets' });
    expect(await answering(gateway, 'eth_getTransactionCount')).toEqual(['p0/json-rpc']);
  });
});

describe('over HTTP', () => {
  test('a quorum answers with the bytes of one of those that agree', async () => {
    const gateway = await openApart(3);
    gateway.upstreams[0]?.on('eth_getBalance', { result: '0xAB' });
    gateway.upstreams[1]?.on('eth_getBalance', { result: '0xab' });
    gateway.upstreams[2]?.on('eth_getBalance', { result: '0xcd' });
    const headers = { 'x-switchyard-quorum': '2/3' };
    const { status, body } = await gateway.call('eth_getBalance', [account, 'latest'], { headers });
    expect(status).toBe(200);
    expect(['0xAB', '0xab']).toContain(body.result);
  });

  test.each([
    { 'x-switchyard-quorum': '4/3' },
    { 'x-switchyard-consistency': 'strict' },
    { 'x-switchyard-session': 'a name with spaces' },
  ])('a promise that cannot be read is refused: %j', async (headers) => {
    const gateway = await openApart(1);
    const { status, body } = await gateway.call('eth_getBalance', [account, 'latest'], { headers });
    expect(status).toBe(400);
    expect(body.error?.data?.fault).toBe('INVALID_REQUEST');
  });

  test('in a batch a write that asks for a quorum is refused by itself', async () => {
    const gateway = await openApart(2);
    const call = (id: number, method: string, params: readonly unknown[]) => ({ jsonrpc: '2.0', id, method, params });
    const batch = [call(1, 'eth_getBalance', [account, 'latest']), call(2, 'eth_sendRawTransaction', ['0x02f8'])];
    const { text } = await gateway.post(JSON.stringify(batch), { headers: { 'x-switchyard-quorum': '2/2' } });
    const [read, write] = JSON.parse(text);
    expect(read).toHaveProperty('result');
    expect(write.error.data.fault).toBe('INVALID_REQUEST');
  });
});
