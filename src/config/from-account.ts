import { networkPlaceholder } from './account-schema.ts';
import { presentable } from './problem.ts';
import type { ResolveContext } from './resolve-context.ts';
import type { ConfigFile, ProviderConfig } from './settings-schema.ts';
import { readUpstreamUrl, type UpstreamUrl } from './upstream-url.ts';

type FullProvider = Exclude<ProviderConfig, UpstreamUrl>;

/** A provider with what its account gives it. */
export interface FilledProvider {
  readonly provider: FullProvider;
  /** What it is called where it has no name of its own; absent: after its host. */
  readonly label?: string;
  /** There where a URL came from the account, and so stands nowhere under the provider. */
  readonly urls: ReadonlySet<object>;
}

const nothing: ReadonlySet<object> = new Set();

/**
 * Gives a provider the URL, the headers and the group of the account it names; its own stand above them. Notes what is wrong, and says no
 * part of a URL. Never throws.
 */
export function fromAccount(provider: FullProvider, file: ConfigFile, context: ResolveContext): FilledProvider {
  const { account: name, network } = provider;
  const path = context.pathOf(provider);
  if (name === undefined) {
    if (network !== undefined)
      context.complain({ path: [...path, 'network'], text: 'is of no use without account (name one, or remove this)' });
    return { provider, urls: nothing };
  }
  const account = Object.hasOwn(file.accounts, name) ? file.accounts[name] : undefined;
  if (account === undefined) {
    const known = Object.keys(file.accounts).map(presentable).join(', ') || 'none is';
    context.complain({ path: [...path, 'account'], text: `is no account of this file (${known} under accounts)` });
    return { provider, urls: nothing };
  }
  const filled = { ...provider, ...groupOf(provider, account), headers: headersOf(provider, account) };
  if (provider.url !== undefined || provider.urls !== undefined)
    return { provider: filled, label: name, urls: nothing };
  if (account.url === undefined) {
    const text = 'has no url, and neither has a provider of it (give one of them one)';
    context.complain({ path: context.pathOf(account), text, absent: ['url'] });
  }
  checkNetwork(provider, account, context);
  const url = fillUrl(account.url, provider, context);
  const ws = provider.ws ?? fillUrl(account.ws, provider, context);
  const urls = new Set([url, ws].filter((one) => one !== undefined && one !== provider.ws) as object[]);
  return {
    provider: { ...filled, ...(url !== undefined && { url }), ...(ws !== undefined && { ws }) },
    label: name,
    urls,
  };
}

type AccountConfig = ConfigFile['accounts'][string];

function groupOf(provider: FullProvider, account: AccountConfig): Pick<FullProvider, 'group'> {
  const group = provider.group ?? account.group;
  return group === undefined ? {} : { group };
}

function headersOf(provider: FullProvider, account: AccountConfig): Readonly<Record<string, string>> {
  const own = provider.headers ?? {};
  const names = new Set(Object.keys(own).map((name) => name.toLowerCase()));
  const given = Object.entries(account.headers ?? {}).filter(([name]) => !names.has(name.toLowerCase()));
  return { ...Object.fromEntries(given), ...own };
}

/** A network that goes nowhere, or a place for one that stays empty. */
function checkNetwork(provider: FullProvider, { url, ws }: AccountConfig, context: ResolveContext): void {
  const path = context.pathOf(provider);
  const hasPlace = [url, ws].some((template) => template?.includes(networkPlaceholder) === true);
  if (hasPlace && provider.network === undefined) {
    const text = `has no network, which its account's URL needs (the word that stands for ${networkPlaceholder} there)`;
    context.complain({ path, text, absent: ['network'] });
  }
  if (!hasPlace && provider.network !== undefined && url !== undefined) {
    const text = `has no place in the account's URL (write ${networkPlaceholder} there, or remove this)`;
    context.complain({ path: [...path, 'network'], text });
  }
}

function fillUrl(
  template: string | undefined,
  provider: FullProvider,
  context: ResolveContext,
): UpstreamUrl | undefined {
  if (template === undefined) return undefined;
  const reading = readUpstreamUrl(template.replaceAll(networkPlaceholder, provider.network ?? 'network'));
  if (reading.kind === 'read') return reading.url;
  context.complain({ path: [...context.pathOf(provider), 'account'], text: `gives a URL that ${reading.why}` });
  return undefined;
}
