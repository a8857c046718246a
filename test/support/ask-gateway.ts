/** One HTTP answer, whole. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Asks over HTTP and reads the answer whole. */
export async function askHttp(url: string, init: RequestInit = {}): Promise<HttpAnswer> {
  const response = await fetch(url, init);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Posts a body to the gateway as it is: text or bytes. */
export function post(
  url: string,
  body: string | Uint8Array,
  headers: Record<string, string> = {},
): Promise<HttpAnswer> {
  return askHttp(url, { method: 'POST', body: typeof body === 'string' ? body : body.slice(), headers });
}

/** An upstream as `/api/status` shows it. */
export interface StatusUpstream {
  readonly upstream: string;
  readonly provider: string;
  readonly standing: string;
  readonly reason?: string;
  readonly head?: number;
  readonly lagging: boolean;
  readonly heldOff?: object;
  readonly transitions: readonly object[];
}

/** A chain as `/api/status` shows it. */
export interface StatusChain {
  readonly chain: string;
  readonly ready: boolean;
  readonly state: string;
  readonly tip?: number;
  readonly epoch?: number;
  readonly upstreams: readonly StatusUpstream[];
}

/** Reads what the gateway says of its chains. */
export async function statusOf(adminUrl: string): Promise<readonly StatusChain[]> {
  const { text } = await askHttp(`${adminUrl}/api/status`);
  const { chains }: { readonly chains: readonly StatusChain[] } = JSON.parse(text);
  return chains;
}

/** Standing by provider, over all chains. */
export async function standings(adminUrl: string): Promise<Readonly<Record<string, string>>> {
  const chains = await statusOf(adminUrl);
  return Object.fromEntries(
    chains.flatMap(({ upstreams }) => upstreams.map(({ provider, standing }) => [provider, standing])),
  );
}

/** Looks again and again until `holds` is true of what is found; the test's own time is the bound. */
export async function eventually<Found>(look: () => Promise<Found>, holds: (found: Found) => boolean): Promise<Found> {
  for (;;) {
    const found = await look();
    if (holds(found)) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
