import type { ConfigPath } from './problem.ts';
import type { ResolveContext } from './resolve-context.ts';
import type { ProviderConfig } from './settings-schema.ts';
import type { UpstreamUrl } from './upstream-url.ts';

/** One endpoint's URLs: calls go over HTTP, heads and subscriptions over the WebSocket where there is one. */
export interface UrlPair {
  readonly url: UpstreamUrl;
  readonly ws?: UpstreamUrl;
}

type FullProvider = Exclude<ProviderConfig, UpstreamUrl>;

/** The pairs of a provider, in the order of the file. Notes what is wrong with them. Never throws. */
export function urlPairs(provider: FullProvider, path: ConfigPath, context: ResolveContext): readonly UrlPair[] {
  const listed = provider.urls ?? [];
  if (provider.url === undefined && provider.urls === undefined) {
    context.complain({ path, text: 'has neither url nor urls (give it one)', absent: ['url', 'urls'] });
  }
  if (provider.url !== undefined && provider.urls !== undefined) {
    context.complain({ path, text: 'has both url and urls (list them all as urls)' });
  }
  if (provider.ws !== undefined && provider.url === undefined) {
    const text = 'has ws but no url beside it (give one, or pair them inside urls)';
    context.complain({ path, text, absent: ['url'] });
  }
  const single = provider.url === undefined ? [] : [withSocket(provider.url, provider.ws)];
  const pairs = [...single, ...pairedList(listed, context)];
  for (const pair of pairs) checkPair(pair, provider, context);
  checkRepeats(pairs, context);
  return pairs;
}

function withSocket(url: UpstreamUrl, ws: UpstreamUrl | undefined): UrlPair {
  return ws === undefined ? { url } : { url, ws };
}

/** A `ws:` URL standing alone in the list belongs to the HTTP URL before it. */
function pairedList(listed: NonNullable<FullProvider['urls']>, context: ResolveContext): readonly UrlPair[] {
  const pairs: UrlPair[] = [];
  for (const item of listed) {
    if (!('href' in item)) pairs.push(withSocket(item.url, item.ws));
    else if (item.transport === 'http') pairs.push({ url: item });
    else {
      const before = pairs.pop();
      const isFree = before !== undefined && before.ws === undefined;
      if (before !== undefined) pairs.push(isFree ? { ...before, ws: item } : before);
      if (!isFree) complainAt(item, 'is a WebSocket URL without an HTTP URL before it (list that first)', context);
    }
  }
  return pairs;
}

function checkPair({ url, ws }: UrlPair, provider: FullProvider, context: ResolveContext): void {
  if (url.transport !== 'http') {
    complainAt(url, 'is a WebSocket URL (give the HTTP URL as url, and this one as ws beside it)', context);
  }
  if (ws !== undefined && ws.transport !== 'ws')
    complainAt(ws, 'is no WebSocket URL (begin with wss:// or ws://)', context);
  if (ws?.authorization !== undefined && ws.authorization !== url.authorization) {
    complainAt(ws, 'has other user info than its url (write it into headers)', context);
  }
  const isTwice = url.authorization !== undefined && hasHeader(provider, 'authorization');
  if (isTwice) complainAt(url, 'has user info, and headers has an authorization (remove one)', context);
}

function hasHeader(provider: FullProvider, name: string): boolean {
  return Object.keys(provider.headers ?? {}).some((key) => key.toLowerCase() === name);
}

function checkRepeats(pairs: readonly UrlPair[], context: ResolveContext): void {
  const seen = new Set<string>();
  for (const { url } of pairs) {
    if (seen.has(url.href)) complainAt(url, 'is listed twice (remove one)', context);
    seen.add(url.href);
  }
}

function complainAt(url: UpstreamUrl, text: string, context: ResolveContext): void {
  context.complain({ path: context.pathOf(url), text });
}
