import { expect, onTestFinished, test } from 'vitest';
import { post } from '../../support/ask-gateway.ts';
import { createFakeChain } from '../../support/fake-chain.ts';
import { type FakeUpstream, type FakeUpstreamOptions, startFakeUpstream } from '../../support/fake-upstream.ts';
import { lookUntil } from '../../support/look-until.ts';
import { devnetOf, type ReloadableGateway, startReloadable } from '../../support/reloadable-gateway.ts';
import { readMany, scrape } from '../../support/watched-chain.ts';

/** The usual schedule, but faster. */
const health = { probeFirst: '100ms', probeMax: '300ms', probeClean: '100ms', probationStep: '100ms' };

async function upstreamWith(options: FakeUpstreamOptions = {}): Promise<FakeUpstream> {
  const upstream = await startFakeUpstream({ chain: createFakeChain({ chainId: 31_337 }), ...options });
  onTestFinished(() => upstream.close());
  return upstream;
}

function series(name: string, provider: string, labels = ''): string {
  return `switchyard_endpoint_${name}{chain="devnet",provider="${provider}",endpoint="json-rpc"${labels}}`;
}

async function untilMetric(gateway: ReloadableGateway, name: string, value: number): Promise<void> {
  await lookUntil(
    () => gateway.metric(name),
    (found) => found === value,
  );
}

test('B3, B6: the gauge of a primary and of a backup falls with its upstream and rises with it', async () => {
  const chain = createFakeChain({ chainId: 31_337 });
  const [alpha, bravo] = [await upstreamWith({ chain }), await upstreamWith({ chain })];
  const primary = [{ name: 'alpha', url: alpha.url }];
  const backup = [{ name: 'bravo', url: bravo.url }];
  const gateway = await startReloadable({ chains: { devnet: devnetOf(primary, { backup, health }) } });
  for (const [name, upstream] of [
    ['alpha', alpha],
    ['bravo', bravo],
  ] as const) {
    await upstream.down();
    await untilMetric(gateway, series('healthy', name), 0);
    expect(await gateway.metric(series('standing', name, ',standing="blocked"'))).toBe(1);
    await upstream.up();
    await untilMetric(gateway, series('healthy', name), 1);
    await untilMetric(gateway, series('standing', name, ',standing="serving"'), 1);
    expect(await gateway.metric(series('standing', name, ',standing="blocked"'))).toBe(0);
  }
});

test('B2, B6, F-004: one that resets whatever it is sent, while nobody calls, is blocked by a single poll and its repeat', async () => {
  const chain = createFakeChain({ chainId: 31_337 });
  const [alpha, bravo] = [await upstreamWith({ chain }), await upstreamWith({ chain })];
  const primary = [{ name: 'alpha', url: alpha.url }];
  const backup = [{ name: 'bravo', url: bravo.url }];
  const gateway = await startReloadable({ chains: { devnet: devnetOf(primary, { backup }) } });
  for (const [name, upstream] of [
    ['alpha', alpha],
    ['bravo', bravo],
  ] as const) {
    await untilMetric(gateway, series('healthy', name), 1);
    const before = upstream.count('eth_getBlockByNumber');
    upstream.behave({ kind: 'resets' });
    await untilMetric(gateway, series('healthy', name), 0);
    // On the connection it had, once more because that may have been stale, and on a fresh one.
    expect(upstream.count('eth_getBlockByNumber') - before).toBeLessThanOrEqual(3);
  }
});

test('B29: two providers with one URL have each its own gauges, from one poll', async () => {
  const chain = createFakeChain({ chainId: 31_337 });
  const shared = await upstreamWith({ chain });
  const primary = [
    { name: 'alpha', url: shared.url },
    { name: 'bravo', url: shared.url },
  ];
  const gateway = await startReloadable({ chains: { devnet: devnetOf(primary, { health }) } });
  chain.mine(5);
  for (const name of ['alpha', 'bravo']) {
    await untilMetric(gateway, series('latest_block', name), chain.height());
    expect(await gateway.metric(series('block_lag', name))).toBe(0);
    expect(await gateway.metric(series('healthy', name))).toBe(1);
  }
  await shared.down();
  for (const name of ['alpha', 'bravo']) await untilMetric(gateway, series('healthy', name), 0);
  await shared.up();
  for (const name of ['alpha', 'bravo']) await untilMetric(gateway, series('healthy', name), 1);
});

test('B25: whatever clients call methods, and however many they put in a batch, no series comes of it', async () => {
  const alpha = await upstreamWith();
  const gateway = await startReloadable({ chains: { devnet: devnetOf([{ name: 'alpha', url: alpha.url }]) } });
  const call = (method: string): object => ({ jsonrpc: '2.0', id: 1, method, params: [] });
  const visit = async (from: number): Promise<void> => {
    const odd = Array.from({ length: 40 }, (_, at) => call(`odd_${from + at}\n"{x="1"}`));
    await post(`${gateway.publicUrl}/devnet`, JSON.stringify(odd));
    await post(`${gateway.publicUrl}/devnet`, JSON.stringify([call('eth_chainId'), call('eth_blockNumber')]));
    for (let at = 0; at < 5; at++)
      await post(`${gateway.publicUrl}/devnet`, JSON.stringify(call(`Default-${from}-${at}`)));
  };
  const seen = async (): Promise<readonly string[]> => {
    const values = await scrape({ url: gateway.publicUrl, adminUrl: gateway.adminUrl });
    return [...values.keys()].filter((name) => name.startsWith('switchyard_')).sort();
  };
  await visit(0);
  const before = await seen();
  for (let round = 1; round <= 5; round++) await visit(round * 100);
  expect(await seen()).toEqual(before);
  const methods = new Set(before.flatMap((name) => /method="([^"]*)"/.exec(name)?.[1] ?? []));
  expect(methods).toEqual(new Set(['eth_chainId', 'eth_blockNumber', 'other']));
});

test('B5: ten failures in a burst on an only upstream leave it the last resort: the next good answer gets through', async () => {
  const alpha = await upstreamWith();
  const gateway = await startReloadable({ chains: { devnet: devnetOf([{ name: 'alpha', url: alpha.url }]) } });
  const doors = { url: gateway.publicUrl, adminUrl: gateway.adminUrl };
  alpha.on('eth_getBalance', { kind: 'html', status: 502 });
  const burst = await Promise.all(
    Array.from({ length: 10 }, () => gateway.call('eth_getBalance', [`0x${'0'.repeat(40)}`, 'latest'])),
  );
  expect(burst.map(({ status }) => status)).toEqual(burst.map(() => 502));
  alpha.on('eth_getBalance', undefined);
  expect(await readMany(doors, 'devnet', 5)).toEqual(new Set(['alpha']));
});

test('B11, B13: one that answers every other call with an error soon gets none of them, and costs no call', async () => {
  const chain = createFakeChain({ chainId: 31_337 });
  const [alpha, bravo] = [await upstreamWith({ chain }), await upstreamWith({ chain })];
  const primary = [
    { name: 'alpha', url: alpha.url },
    { name: 'bravo', url: bravo.url },
  ];
  const gateway = await startReloadable({ chains: { devnet: devnetOf(primary) } });
  const doors = { url: gateway.publicUrl, adminUrl: gateway.adminUrl };
  let turn = 0;
  alpha.on('eth_getBalance', () => {
    turn += 1;
    return turn % 2 === 0 ? { error: { code: -32603, message: 'Internal error' } } : undefined;
  });
  await lookUntil(
    () => readMany(doors, 'devnet', 40),
    (providers) => !providers.has('alpha'),
  );
  const balances = alpha.count('eth_getBalance');
  expect(await readMany(doors, 'devnet', 40)).toEqual(new Set(['bravo']));
  expect(alpha.count('eth_getBalance')).toBe(balances);
  expect(await gateway.metric(series('healthy', 'alpha'))).toBe(1);
});
