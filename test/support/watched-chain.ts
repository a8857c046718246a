import { askHttp, type HttpAnswer, post } from './ask-gateway.ts';

/** A chain as an operator of a running gateway sees it. */
export interface WatchedChain {
  readonly state: string;
  readonly ready: boolean;
  readonly reason: string;
  readonly tip?: number;
  readonly finalized?: number;
  readonly epoch?: number;
  readonly degraded?: string;
  readonly upstreams: readonly WatchedUpstream[];
}

/** An upstream as an operator sees it. */
export interface WatchedUpstream {
  readonly provider: string;
  readonly tier: string;
  readonly standing: string;
  readonly identity: string;
  readonly sinceMs: number;
  readonly reason?: string;
  readonly sentence: string;
  readonly head?: number;
  readonly transitions: readonly { readonly from: string; readonly to: string; readonly reason?: string }[];
}

/** Where a gateway listens. */
export interface GatewayDoors {
  readonly url: string;
  readonly adminUrl: string;
}

/** What `/api/status` says of a chain now. */
export async function watchChain({ adminUrl }: GatewayDoors, chain: string): Promise<WatchedChain> {
  const { text } = await askHttp(`${adminUrl}/api/status`);
  const { chains }: { readonly chains: readonly (WatchedChain & { readonly chain: string })[] } = JSON.parse(text);
  const found = chains.find((one) => one.chain === chain);
  if (found === undefined) throw new Error(`the gateway has no chain ${chain}`);
  return found;
}

/** What it says of one upstream. */
export function upstreamOf(watched: WatchedChain, provider: string): WatchedUpstream {
  const found = watched.upstreams.find((one) => one.provider === provider);
  if (found === undefined) throw new Error(`the chain has no provider ${provider}`);
  return found;
}

/** Standing of every provider of a chain, by name. */
export function standingsOf(watched: WatchedChain): Readonly<Record<string, string>> {
  return Object.fromEntries(watched.upstreams.map(({ provider, standing }) => [provider, standing]));
}

/** The steps of an upstream's history in words: `serving → blocked (failed-polls)`. */
export function historyOf(watched: WatchedChain, provider: string): readonly string[] {
  return upstreamOf(watched, provider).transitions.map(
    ({ from, to, reason }) => `${from} → ${to}${reason === undefined ? '' : ` (${reason})`}`,
  );
}

/** All values in `/metrics`, by their series as they stand there. */
export async function scrape({ adminUrl }: GatewayDoors): Promise<ReadonlyMap<string, number>> {
  const { text } = await askHttp(`${adminUrl}/metrics`);
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))] as const;
    }),
  );
}

/** Makes one read of a chain, of the kind any upstream can answer. */
export function readBalance({ url }: GatewayDoors, chain: string): Promise<HttpAnswer> {
  const params = [`0x${'0'.repeat(40)}`, 'latest'];
  return post(`${url}/${chain}`, JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_getBalance', params }));
}

/** Makes so many reads, each of which must be answered, and answers by whom they were. */
export async function readMany(doors: GatewayDoors, chain: string, count: number): Promise<ReadonlySet<string>> {
  const providers = new Set<string>();
  for (let turn = 0; turn < count; turn++) {
    const { status, headers, text } = await readBalance(doors, chain);
    if (status !== 200 || !text.includes('"result"')) throw new Error(`read ${turn} was lost: ${status} ${text}`);
    providers.add(headers.get('x-switchyard-upstream')?.split('/')[0] ?? 'nobody');
  }
  return providers;
}
