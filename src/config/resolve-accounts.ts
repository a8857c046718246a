import type { AccountName, AccountSettings, MonthlyBudget, RateLimit } from '../model/account.ts';
import { presentable } from './problem.ts';
import type { ResolveContext } from './resolve-context.ts';
import type { ConfigFile, ProviderConfig } from './settings-schema.ts';
import type { UpstreamUrl } from './upstream-url.ts';

type FullProvider = Exclude<ProviderConfig, UpstreamUrl>;
type AccountConfig = ConfigFile['accounts'][string];
type Limited = Pick<AccountConfig, 'rateLimit' | 'monthlyBudget' | 'resetDay' | 'whenSpent'>;

/** The accounts of the file that have limits; the rate of `defaults` is theirs where they name none. Notes what is wrong. Never throws. */
export function resolveAccounts(file: ConfigFile, context: ResolveContext): readonly AccountSettings[] {
  return Object.entries(file.accounts).flatMap(([name, account]) => {
    const { concurrency } = account;
    const limits = limitsOf({ ...pick(file.defaults), ...account }, account, context);
    const all = { ...limits, ...(concurrency !== undefined && { concurrency }) };
    return Object.keys(all).length === 0 ? [] : [{ name, ...all }];
  });
}

/** Who is billed for a provider: the account it names, or itself where it has limits of its own. */
export interface Billing {
  readonly account?: AccountName;
  /** Present where it stands for itself. */
  readonly own?: AccountSettings;
}

/** Where a provider stands. */
export interface NamedProvider {
  readonly chain: string;
  readonly name: string;
  readonly provider: FullProvider;
}

/** Finds out who is billed for a provider. Notes what is wrong. Never throws. */
export function billingOf(
  { chain, name, provider }: NamedProvider,
  file: ConfigFile,
  context: ResolveContext,
): Billing {
  if (provider.account !== undefined) {
    refuseOwnLimits(provider, context);
    return Object.hasOwn(file.accounts, provider.account) ? { account: provider.account } : {};
  }
  const limits = limitsOf({ ...pick(file.defaults), ...provider }, provider, context);
  if (Object.keys(limits).length === 0) return {};
  const account = `${chain}/${name}`;
  return { account, own: { name: account, ...limits } };
}

/** One vendor, one bill: two places that say how much would contradict each other. */
function refuseOwnLimits(provider: FullProvider, context: ResolveContext): void {
  for (const key of ['rateLimit', 'monthlyBudget', 'resetDay', 'whenSpent'] as const) {
    if (provider[key] === undefined) continue;
    const text = `belongs to the account, whose providers share it (write it under accounts.${presentable(provider.account ?? '')})`;
    context.complain({ path: [...context.pathOf(provider), key], text });
  }
}

function pick({ rateLimit }: ConfigFile['defaults']): Limited {
  return rateLimit === undefined ? {} : { rateLimit };
}

function limitsOf(
  limited: Limited,
  section: object,
  context: ResolveContext,
): Omit<AccountSettings, 'name' | 'concurrency'> {
  const rate = limited.rateLimit === undefined ? undefined : rateOf(limited.rateLimit);
  const budget = budgetOf(limited, section, context);
  return { ...(rate !== undefined && { rate }), ...(budget !== undefined && { budget }) };
}

function rateOf(config: NonNullable<Limited['rateLimit']>): RateLimit {
  const { callsPerSecond, burst } = typeof config === 'number' ? { callsPerSecond: config, burst: undefined } : config;
  return { callsPerSecond, burst: burst ?? callsPerSecond };
}

function budgetOf(limited: Limited, section: object, context: ResolveContext): MonthlyBudget | undefined {
  const { monthlyBudget, resetDay, whenSpent } = limited;
  const path = context.pathOf(section);
  if (monthlyBudget === undefined) {
    for (const [key, value] of Object.entries({ resetDay, whenSpent })) {
      if (value === undefined) continue;
      context.complain({ path: [...path, key], text: 'is of no use without monthlyBudget (give one, or remove this)' });
    }
    return undefined;
  }
  const { calls, cost } = monthlyBudget;
  if ((calls === undefined) === (cost === undefined)) {
    context.complain({
      path: [...path, 'monthlyBudget'],
      text: 'needs calls or cost, one of them (what the vendor bills by)',
      absent: ['calls', 'cost'],
    });
  }
  const unit = calls === undefined ? 'cost' : 'calls';
  return { unit, limit: calls ?? cost ?? 1, resetDay: resetDay ?? 1, whenSpent: whenSpent ?? 'stop' };
}
