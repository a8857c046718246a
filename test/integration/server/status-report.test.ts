import { expect, test } from 'vitest';
import type { StatusReport, UpstreamStatus } from '../../../src/model/status-report.ts';
import { askHttp, eventually } from '../../support/ask-gateway.ts';
import { devnetOf, openGateway, openOver, startUpstreams } from '../../support/open-gateway.ts';
import { devnetOf as devnetFor, startReloadable } from '../../support/reloadable-gateway.ts';

async function reportOf({ adminUrl }: { readonly adminUrl: string }): Promise<StatusReport> {
  return JSON.parse((await askHttp(`${adminUrl}/api/status`)).text);
}

function firstOf({ chains }: StatusReport): UpstreamStatus | undefined {
  return chains[0]?.upstreams[0];
}

test('the status says that all is well, who is asked next, and what it all rests on', async () => {
  const gateway = await openOver();
  const report = await eventually(
    () => reportOf(gateway),
    ({ condition, chains: [first] }) => condition === 'well' && first?.tip !== undefined,
  );
  expect(report).toMatchObject({
    version: 1,
    whose: 'nobody',
    sentence: 'All is well: devnet is served.',
    gateway: { version: '0.0.0', state: 'serving' },
    configuration: { revision: 1 },
    chains: [
      {
        chain: 'devnet',
        condition: 'well',
        sentence: 'serving from 1 of 1',
        next: ['devnet/p0/json-rpc'],
        upstreams: [{ upstream: 'devnet/p0/json-rpc', standing: 'serving', avoidances: [] }],
      },
    ],
  });
  expect(report.chains[0]?.tipAgeMs).toBeGreaterThanOrEqual(0);
  await gateway.call('eth_chainId');
  expect(firstOf(await reportOf(gateway))?.lastGoodAgoMs).toBeGreaterThanOrEqual(0);
});

test('what an upstream was sent is told by purpose, with its share of what clients cause', async () => {
  const upstreams = await startUpstreams({}, {});
  const gateway = await openGateway({ chains: devnetOf(upstreams) });
  for (const upstream of upstreams) upstream.on('eth_call', { error: { code: -32_603, message: 'header not found' } });
  for (let made = 0; made < 10; made += 1) await gateway.call('eth_gasPrice', [made]);
  await gateway.call('eth_call', [{ to: `0x${'11'.repeat(20)}` }, 'latest']);
  const { chains } = await reportOf(gateway);
  const sent = chains.flatMap((chain) => chain.upstreams);
  const clientCalls = sent.map(({ usage }) => usage.callsToday.client ?? 0);
  expect(clientCalls.reduce((sum, count) => sum + count, 0)).toBe(11);
  expect(sent.every(({ usage }) => (usage.callsToday.probe ?? 0) > 0)).toBe(true);
  expect(sent.reduce((sum, { share = 0 }) => sum + share, 0)).toBeCloseTo(1, 2);
  expect(sent.flatMap(({ usage }) => usage.errorsToday).length).toBeGreaterThan(0);
});

test('a chain whose only upstream is cordoned suffers from us', async () => {
  const gateway = await openOver();
  const body = '{"upstream":"devnet/p0/json-rpc"}';
  const headers = { 'content-type': 'application/json' };
  await askHttp(`${gateway.adminUrl}/api/cordon`, { method: 'POST', body, headers });
  const report = await reportOf(gateway);
  expect(report).toMatchObject({ condition: 'impaired', whose: 'us', chains: [{ whose: 'us', next: [] }] });
  expect(firstOf(report)).toMatchObject({ cordoned: true });
});

test('a drain is ours, and told', async () => {
  const gateway = await openOver();
  await gateway.drain();
  expect(await reportOf(gateway)).toMatchObject({ whose: 'us', gateway: { state: 'draining' } });
});

test('a configuration that was refused is told of until one is taken', async () => {
  const [upstream] = await startUpstreams({});
  const config = { chains: { devnet: devnetFor([upstream?.url]) } };
  const gateway = await startReloadable(config);
  await gateway.take({ chains: { devnet: { ...devnetFor([upstream?.url]), tls: 1 } } });
  const { configuration } = await reportOf(gateway);
  expect(configuration).toMatchObject({ revision: 1, refused: { problems: [expect.stringContaining('tls')] } });
  await gateway.take({ chains: { devnet: devnetFor([upstream?.url], { startWait: '3s' }) } });
  const taken = (await reportOf(gateway)).configuration;
  expect({ revision: taken.revision, refused: taken.refused }).toEqual({ revision: 2, refused: undefined });
});
