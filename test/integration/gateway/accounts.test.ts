import { expect, onTestFinished, test } from 'vitest';
import type { AccountStatus } from '../../../src/model/account.ts';
import { askHttp } from '../../support/ask-gateway.ts';
import { createFakeChain } from '../../support/fake-chain.ts';
import { type FakeUpstream, startFakeUpstream } from '../../support/fake-upstream.ts';
import { lookUntil } from '../../support/look-until.ts';
import { type ReloadableGateway, startReloadable } from '../../support/reloadable-gateway.ts';

/** A vendor: one address for all its networks, which tells them by the path. */
async function startVendor(chainId: number): Promise<FakeUpstream> {
  const upstream = await startFakeUpstream({ chain: createFakeChain({ chainId }) });
  onTestFinished(() => upstream.close());
  return upstream;
}

interface Bill {
  readonly gateway: ReloadableGateway;
  readonly configOf: (account: object) => object;
  readonly account: () => Promise<AccountStatus | undefined>;
}

/** Two chains on one account. */
async function openBilled(limits: object): Promise<Bill> {
  const [one, two] = [await startVendor(31_337), await startVendor(31_338)];
  const chain = (upstream: FakeUpstream, chainId: number): object => ({
    family: 'evm',
    chainId,
    blockTime: '1s',
    primary: [{ account: 'vendor', name: 'paid', url: `${upstream.url}/v2` }],
  });
  const configOf = (account: object): object => ({
    accounts: { vendor: account },
    chains: { devnet: chain(one, 31_337), other: chain(two, 31_338) },
  });
  const gateway = await startReloadable(configOf(limits));
  const account = async (): Promise<AccountStatus | undefined> => {
    const { accounts }: { readonly accounts: readonly AccountStatus[] } = JSON.parse(
      (await askHttp(`${gateway.adminUrl}/api/status`)).text,
    );
    return accounts.find((each) => each.account === 'vendor');
  };
  return { gateway, configOf, account };
}

test('what chains of one account are sent goes on one bill, by purpose', async () => {
  const { gateway, account } = await openBilled({ monthlyBudget: { calls: 1_000_000 } });
  for (let at = 0; at < 10; at += 1) await gateway.call('eth_gasPrice');
  for (let at = 0; at < 5; at += 1) await gateway.call('eth_gasPrice', [], 'other');
  const { budget } = (await account()) ?? {};
  expect(budget).toMatchObject({ unit: 'calls', limit: 1_000_000, spentBy: { client: 15 } });
  expect(budget?.spentBy.probe).toBeGreaterThan(0);
  const sum = Object.values(budget?.spentBy ?? {}).reduce((total, calls) => total + calls, 0);
  expect(budget?.spent).toBe(sum);
  const left = await gateway.metric('switchyard_account_budget_remaining_ratio{account="vendor"}');
  expect(left).toBeGreaterThan(0.999);
  expect(left).toBeLessThan(1);
});

test('a budget that is spent stops every chain of its account, and a reload that raises it lets them go on', async () => {
  const { gateway, configOf, account } = await openBilled({ monthlyBudget: { calls: 60 } });
  await lookUntil(
    async () => (await gateway.call('eth_gasPrice')).status,
    (status) => status === 503,
  );
  expect((await gateway.call('eth_gasPrice', [], 'other')).status).toBe(503);
  expect(await gateway.metric('switchyard_account_budget_remaining_ratio{account="vendor"}')).toBe(0);
  expect((await askHttp(`${gateway.publicUrl}/readyz/other`)).status).toBe(503);
  expect(await gateway.upstream('other/paid/json-rpc')).toMatchObject({
    standing: 'serving',
    heldOff: { reason: 'quota', floor: 'closed' },
  });
  expect(await gateway.take(configOf({ monthlyBudget: { calls: 100_000 } }))).toMatchObject({
    done: true,
    changed: [],
  });
  expect((await gateway.call('eth_gasPrice')).status).toBe(200);
  expect((await gateway.call('eth_gasPrice', [], 'other')).status).toBe(200);
  expect((await account())?.budget?.spent).toBeGreaterThan(60);
});

test('calls in flight of an account are counted over its chains, and all of them come back', async () => {
  const { gateway, account } = await openBilled({ concurrency: 2 });
  const calls = Array.from({ length: 30 }, (_, at) =>
    gateway.call('eth_gasPrice', [], at % 2 === 0 ? 'devnet' : 'other'),
  );
  expect(new Set((await Promise.all(calls)).map(({ status }) => status))).toEqual(new Set([200]));
  expect(await account()).toEqual({ account: 'vendor', concurrency: 2, inFlight: 0 });
});
