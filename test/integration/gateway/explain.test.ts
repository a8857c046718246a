import { describe, expect, test } from 'vitest';
import { askHttp, eventually, post } from '../../support/ask-gateway.ts';
import { devnetOf, type OpenGateway, openGateway, openOver, startUpstreams } from '../../support/open-gateway.ts';

const json = { 'content-type': 'application/json' };

/** What the gateway remembers of a request. */
async function recall({ adminUrl }: OpenGateway, requestId: string): Promise<{ calls: readonly object[] }> {
  const { text } = await askHttp(`${adminUrl}/api/explain?request=${encodeURIComponent(requestId)}`);
  return JSON.parse(text);
}

describe('a past call is explained', () => {
  test('by the id its client gave it: every attempt, what came of it, and who would be asked next', async () => {
    const [broken, good] = await startUpstreams({}, {});
    if (broken === undefined || good === undefined) throw new Error('no upstreams');
    for (const upstream of [broken, good]) {
      upstream.on('eth_getBalance', { error: { code: -32603, message: 'internal error' } });
    }
    const gateway = await openGateway({ chains: devnetOf([broken, good]) });
    await eventually(
      () => askHttp(`${gateway.url}/readyz/devnet`),
      ({ text }) => JSON.parse(text).serving === 2,
    );
    const headers = { 'x-request-id': 'why-did-this-fail' };
    const answer = await gateway.call('eth_getBalance', ['0x01', 'latest'], { headers });
    expect(answer.headers.get('x-request-id')).toBe('why-did-this-fail');
    const { calls } = await recall(gateway, 'why-did-this-fail');
    const attempt = { meaning: 'internal-error', afterMs: expect.any(Number), tookMs: expect.any(Number) };
    const refused = { verdict: 'refused', reason: 'already-asked' };
    expect(calls).toMatchObject([
      {
        chain: 'devnet',
        method: 'eth_getBalance',
        params: '["0x01","latest"]',
        attempts: [
          { ...attempt, purpose: 'client' },
          { ...attempt, purpose: 'retry' },
        ],
        next: [refused, refused],
      },
    ]);
  });

  test('by the id the gateway gave it where it came to no result, each call of a batch by itself', async () => {
    const gateway = await openOver({ methods: { deny: ['eth_gasPrice'] } });
    expect((await gateway.call('eth_chainId')).headers.get('x-request-id')).toBeNull();
    const calls = ['eth_gasPrice', 'eth_gasPrice'].map((method, id) => ({ jsonrpc: '2.0', id, method }));
    const { headers } = await gateway.post(JSON.stringify(calls));
    const remembered = await recall(gateway, headers.get('x-request-id') ?? '');
    expect(remembered.calls).toMatchObject([{ outcome: 'METHOD_FORBIDDEN' }, { outcome: 'METHOD_FORBIDDEN' }]);
  });

  test('without the key of an upstream, though a client knew it', async () => {
    const key = 'a-secret-of-an-upstream-0123456789';
    const [upstream] = await startUpstreams({});
    if (upstream === undefined) throw new Error('no upstream');
    const gateway = await openGateway({ chains: devnetOf([{ url: `${upstream.url}?key=${key}` }]) });
    const headers = { 'x-request-id': 'leaky' };
    await gateway.call('eth_getBalance', [key, 'latest'], { headers });
    const text = JSON.stringify(await recall(gateway, 'leaky'));
    expect(text).toContain('***');
    expect(text).not.toContain(key);
  });

  test('not at all where nothing is remembered, and then it has no id of ours either', async () => {
    const gateway = await openOver({ methods: { deny: ['eth_gasPrice'] } }, { explain: { remember: 0 } });
    const { headers } = await gateway.call('eth_gasPrice');
    expect(headers.get('x-request-id')).toBeNull();
    expect(await recall(gateway, 'any')).toEqual({ error: 'calls are not remembered: explain.remember is 0' });
  });

  test('and so is one that might be made, posted with its params as they are', async () => {
    const gateway = await openOver();
    const body = JSON.stringify({ chain: 'devnet', method: 'eth_getBalance', params: ['0x01', '0x10'] });
    const { text } = await post(`${gateway.adminUrl}/api/explain`, body, json);
    expect(JSON.parse(text)).toMatchObject({
      method: 'eth_getBalance',
      block: { kind: 'height', height: 16 },
      upstreams: [{ upstream: 'devnet/p0/json-rpc', verdict: 'eligible' }],
    });
  });
});
