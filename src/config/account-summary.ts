import type { AccountName, AccountSettings } from '../model/account.ts';
import type { ChainSettings, Settings } from '../model/settings.ts';
import { expectedCalls, type WatchFacts } from './background-calls.ts';

/** The limits of an account in the spelling of the file. */
export function writtenLimits({ rate, concurrency, budget }: AccountSettings): Readonly<Record<string, unknown>> {
  return {
    ...(rate !== undefined && { rateLimit: rate }),
    ...(concurrency !== undefined && { concurrency }),
    ...(budget !== undefined && {
      monthlyBudget: { [budget.unit]: budget.limit },
      resetDay: budget.resetDay,
      whenSpent: budget.whenSpent,
    }),
  };
}

/** The accounts that providers share; those of single providers are written with these. */
export function writtenAccounts({ accounts }: Settings): { readonly accounts?: object } {
  const shared = accounts.filter(({ name }) => !isOwn(name));
  if (shared.length === 0) return {};
  return { accounts: Object.fromEntries(shared.map((account) => [account.name, writtenLimits(account)])) };
}

/** Who is billed for an endpoint, in the spelling of the file. */
export function writtenBilling(
  name: AccountName | undefined,
  { accounts }: Settings,
): Readonly<Record<string, unknown>> {
  if (name === undefined) return {};
  const own = accounts.find((account) => account.name === name);
  return isOwn(name) && own !== undefined ? writtenLimits(own) : { account: name };
}

const daysOfMonth = 30;

/** Says of every budget how much of it goes into calls of our own, and of an account what it bounds: one line each. */
export function accountLines(
  { accounts, chains }: Settings,
  factsOf: (chain: ChainSettings) => WatchFacts | undefined,
): readonly string[] {
  return accounts.map((account) => {
    const served = chains.filter(({ endpoints }) => endpoints.some((endpoint) => endpoint.account === account.name));
    const where = served.length === 0 ? 'no provider uses it' : served.map(({ name }) => name).join(', ');
    return `account ${account.name} (${where}): ${limitWords(account).join('; ')}${ownShare(account, served, factsOf)}`;
  });
}

function limitWords({ rate, concurrency, budget }: AccountSettings): readonly string[] {
  const words: string[] = [];
  if (rate !== undefined)
    words.push(`${grouped(rate.callsPerSecond)} calls per second, ${grouped(rate.burst)} at once`);
  if (concurrency !== undefined) words.push(`${grouped(concurrency)} in flight`);
  if (budget === undefined) return words;
  const unit = budget.unit === 'calls' ? 'calls' : 'cost units';
  const then = budget.whenSpent === 'stop' ? 'then nothing' : 'then as a last resort';
  return [...words, `${grouped(budget.limit)} ${unit} a month from day ${budget.resetDay}, ${then}`];
}

/** What polls and checks take of a budget of calls, before any client has asked. */
function ownShare(
  { name, budget }: AccountSettings,
  served: readonly ChainSettings[],
  factsOf: (chain: ChainSettings) => WatchFacts | undefined,
): string {
  if (budget?.unit !== 'calls') return '';
  const perDay = served.map((chain) => backgroundOf(chain, name, factsOf(chain)));
  const perMonth = perDay.reduce((sum, calls) => sum + calls, 0) * daysOfMonth;
  if (perMonth === 0) return '';
  const share = Math.round((perMonth / budget.limit) * 100);
  const warning = share >= 100 ? ': WARNING, it is spent before the month is over' : '';
  return `; background calls take about ${grouped(perMonth)} (${grouped(share)} %)${warning}`;
}

function backgroundOf(chain: ChainSettings, account: AccountName, facts: WatchFacts | undefined): number {
  if (facts === undefined) return 0;
  const billed = new Set(chain.endpoints.filter((one) => one.account === account).map(({ provider }) => provider));
  const calls = expectedCalls(chain, facts).filter(({ provider }) => billed.has(provider));
  return calls.reduce((sum, { inUse }) => sum + inUse, 0);
}

/** Names of accounts hold no slash; a provider that stands for itself is `<chain>/<provider>`. */
function isOwn(name: AccountName): boolean {
  return name.includes('/');
}

function grouped(count: number): string {
  return count.toLocaleString('en-US');
}
