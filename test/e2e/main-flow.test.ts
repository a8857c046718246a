import { expect, onTestFinished, test } from 'vitest';
import { askHttp, eventually, post } from '../support/ask-gateway.ts';
import { createFakeChain } from '../support/fake-chain.ts';
import { startFakeUpstream } from '../support/fake-upstream.ts';
import { startGatewayProcess } from '../support/gateway-process.ts';
import { type ExposedMetric, readExposition, seriesValue } from '../support/metrics-text.ts';
import { startTwinAnvils } from '../support/twin-anvils.ts';

const quick = { probeFirst: '250ms', probeClean: '250ms', probationStep: '500ms' };
const chainId = '{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}';

async function scrape(adminUrl: string): Promise<readonly ExposedMetric[]> {
  return readExposition((await askHttp(`${adminUrl}/metrics`)).text);
}

test('both doors tell load balancers the truth from the first moment on', async () => {
  const upstream = await startFakeUpstream({
    chain: createFakeChain({ chainId: 31_337 }),
    behaviour: { kind: 'silent' },
  });
  onTestFinished(() => upstream.close());
  const devnet = {
    family: 'evm',
    chainId: 31_337,
    blockTime: '1s',
    health: quick,
    primary: [{ name: 'a', url: upstream.url }],
  };
  const gateway = await startGatewayProcess({ chains: { devnet } });
  onTestFinished(() => gateway.stop());
  for (const door of [gateway.url, gateway.adminUrl]) {
    expect((await askHttp(`${door}/livez`)).status).toBe(200);
    const ready = await askHttp(`${door}/readyz`);
    expect({ status: ready.status, retryAfter: ready.headers.get('retry-after') }).toEqual({
      status: 503,
      retryAfter: '2',
    });
    const chain = await askHttp(`${door}/readyz/devnet`);
    expect(chain.status).toBe(503);
    expect(JSON.parse(chain.text)).toMatchObject({
      ready: false,
      serving: 0,
      tip: null,
      reason: expect.stringContaining('no upstream'),
    });
    expect((await askHttp(`${door}/readyz/mainnet`)).status).toBe(404);
    expect((await askHttp(`${door}/livez`, { method: 'HEAD' })).status).toBe(200);
  }
  upstream.behave({ kind: 'answers' });
  const ready = await eventually(
    () => askHttp(`${gateway.url}/readyz`),
    ({ status }) => status === 200,
  );
  expect(JSON.parse(ready.text)).toMatchObject({ ready: true, chains: { devnet: { ready: true, serving: 1 } } });
  expect((await askHttp(`${gateway.adminUrl}/readyz/31337`)).status).toBe(200);
});

test('what the operators see follows providers that die and come back', async () => {
  const twins = await startTwinAnvils(2, 20);
  onTestFinished(() => twins.stop());
  const [alpha, bravo] = ['alpha', 'bravo'].map((name, at) => ({ name, url: `http://127.0.0.1:${twins.ports[at]}` }));
  const devnet = {
    family: 'evm',
    chainId: 31_337,
    blockTime: '1s',
    health: quick,
    primary: [alpha],
    backup: [bravo],
  };
  const gateway = await startGatewayProcess({ chains: { devnet } });
  onTestFinished(() => gateway.stop());
  const until = (holds: (metrics: readonly ExposedMetric[]) => boolean) =>
    eventually(() => scrape(gateway.adminUrl), holds);
  const healthy = (metrics: readonly ExposedMetric[], provider: string) =>
    seriesValue(metrics, 'switchyard_endpoint_healthy', { provider });

  const running = await until(
    (metrics) =>
      healthy(metrics, 'alpha') === 1 &&
      healthy(metrics, 'bravo') === 1 &&
      seriesValue(metrics, 'switchyard_chain_latest_block') === 20,
  );
  expect(seriesValue(running, 'switchyard_endpoint_latest_block', { provider: 'bravo' })).toBe(20);

  await twins.kill(0);
  const broken = await until((metrics) => healthy(metrics, 'alpha') === 0);
  expect(seriesValue(broken, 'switchyard_endpoint_standing', { provider: 'alpha', standing: 'blocked' })).toBe(1);
  expect(seriesValue(broken, 'switchyard_chain_serving_endpoints', { tier: 'primary' })).toBe(0);
  expect(seriesValue(broken, 'switchyard_chain_serving_endpoints', { tier: 'backup' })).toBe(1);
  expect(seriesValue(broken, 'switchyard_chain_ready')).toBe(1);
  const answer = await post(`${gateway.url}/devnet`, chainId);
  expect(answer.headers.get('x-switchyard-upstream')).toBe('bravo/json-rpc');

  await twins.kill(1);
  const dead = await until((metrics) => healthy(metrics, 'bravo') === 0);
  expect(seriesValue(dead, 'switchyard_chain_ready')).toBe(0);
  expect((await askHttp(`${gateway.adminUrl}/readyz/devnet`)).status).toBe(503);
  expect((await askHttp(`${gateway.adminUrl}/livez`)).status).toBe(200);

  await twins.restart(0);
  await twins.restart(1);
  const healed = await until(
    (metrics) =>
      seriesValue(metrics, 'switchyard_endpoint_standing', { provider: 'alpha', standing: 'serving' }) === 1 &&
      seriesValue(metrics, 'switchyard_endpoint_standing', { provider: 'bravo', standing: 'serving' }) === 1,
  );
  expect(healthy(healed, 'alpha')).toBe(1);
  expect((await askHttp(`${gateway.adminUrl}/readyz`)).status).toBe(200);
});

test('F-223: in a drain, load balancers see 503 while calls are still served, and the process ends with 0', async () => {
  const upstream = await startFakeUpstream({ chain: createFakeChain({ chainId: 31_337 }) });
  onTestFinished(() => upstream.close());
  const devnet = { family: 'evm', chainId: 31_337, primary: [{ name: 'a', url: upstream.url }] };
  const gateway = await startGatewayProcess({ server: { port: 0, drainDelay: '2s' }, chains: { devnet } });
  onTestFinished(() => gateway.stop());
  await eventually(
    () => askHttp(`${gateway.url}/readyz`),
    ({ status }) => status === 200,
  );
  gateway.signal('SIGTERM');
  const draining = await eventually(
    () => askHttp(`${gateway.url}/readyz/devnet`),
    ({ status }) => status === 503,
  );
  expect(JSON.parse(draining.text)).toMatchObject({ state: 'draining' });
  const answer = await post(`${gateway.url}/devnet`, chainId);
  expect({ status: answer.status, connection: answer.headers.get('connection') }).toEqual({
    status: 200,
    connection: 'close',
  });
  expect(await gateway.ended).toBe(0);
});
