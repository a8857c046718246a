import { expect, onTestFinished, test } from 'vitest';
import type { AccountStatus, BudgetStatus } from '../../src/model/account.ts';
import { askHttp, post } from '../support/ask-gateway.ts';
import { createFakeChain } from '../support/fake-chain.ts';
import { startFakeUpstream } from '../support/fake-upstream.ts';
import { type GatewayProcess, startGatewayProcess } from '../support/gateway-process.ts';
import { lookUntil } from '../support/look-until.ts';
import { stateFolder } from '../support/state-folder.ts';

async function budgetOf({ adminUrl }: GatewayProcess): Promise<BudgetStatus> {
  const { accounts }: { readonly accounts: readonly AccountStatus[] } = JSON.parse(
    (await askHttp(`${adminUrl}/api/status`)).text,
  );
  const budget = accounts.find(({ account }) => account === 'devnet/paid')?.budget;
  if (budget === undefined) throw new Error('the provider has no budget');
  return budget;
}

test('F-225: what a provider was paid is known after a kill, but for the last second', async () => {
  const upstream = await startFakeUpstream({ chain: createFakeChain({ chainId: 31_337 }) });
  onTestFinished(() => upstream.close());
  const paid = { name: 'paid', url: upstream.url, monthlyBudget: { calls: 1_000_000 } };
  const config = {
    state: { path: stateFolder() },
    chains: { devnet: { family: 'evm', chainId: 31_337, blockTime: '1s', primary: [paid] } },
  };
  const first = await startGatewayProcess(config);
  const call = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_gasPrice', params: [] });
  await lookUntil(
    () => askHttp(`${first.url}/readyz`),
    ({ status }) => status === 200,
  );
  for (let at = 0; at < 100; at += 1) expect((await post(`${first.url}/devnet`, call)).status).toBe(200);
  const { spentBy } = await budgetOf(first);
  const polled = spentBy.poll ?? 0;
  // Heads are polled once a second: after three more polls the calls are older than that.
  await lookUntil(
    () => budgetOf(first),
    ({ spentBy: now }) => (now.poll ?? 0) >= polled + 3,
  );
  first.signal('SIGKILL');
  await first.ended;
  const second = await startGatewayProcess(config);
  onTestFinished(() => second.stop());
  const after = await budgetOf(second);
  expect(after.spentBy.client).toBe(spentBy.client);
  expect(after.spentBy.poll).toBeGreaterThan(polled);
  expect(after.spent).toBeGreaterThanOrEqual(spentBy.client ?? 0);
});
