import type { TrackerId, UpstreamKey } from '../model/names.ts';
import type { Clock } from '../ports/clock.ts';
import type { Send } from '../ports/transport.ts';
import type { AttemptWorld } from './attempt.ts';
import type { ByteBudget } from './byte-budget.ts';
import { EndpointPool } from './endpoint-pool.ts';
import { isNear } from './near.ts';
import { Resolver, type SystemLookup } from './resolver.ts';

/** One upstream's address. Two upstreams with the same URL and headers share its connections. */
export interface TransportEndpoint {
  readonly key: UpstreamKey;
  /** Name of the URL with its headers, for sends that mean this one whatever the upstream's is by then. */
  readonly tracker?: TrackerId;
  /** `http:` or `https:`, without user info. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Calls sent to it at once; absent means 256. */
  readonly concurrency?: number;
}

/** How sites are reached, the same for all. */
export interface SiteOptions {
  /** Name, TCP and TLS handshake in all. */
  readonly connectTimeoutMs: number;
  readonly clock: Clock;
  /** Told when a URL can be reached after it could not, or never had been, and the other way round. Must not throw. */
  readonly onConnectivity?: (upstreams: readonly UpstreamKey[], what: 'connected' | 'disconnected') => void;
  /** Certificates (PEM) to trust in place of the platform's. */
  readonly authorities?: readonly string[];
  /** Resolves names; absent means the platform's resolver. */
  readonly lookup?: SystemLookup;
}

/** One URL with its headers, and the upstreams that share it. */
interface Site extends AttemptWorld {
  upstreams: readonly UpstreamKey[];
}

const defaultConcurrency = 256;

/** Which connections serve which upstream. A URL and its headers are kept in here and leave in no form. */
export class Sites {
  readonly #options: SiteOptions;
  readonly #budget: ByteBudget;
  /** Those that went and still have something under way, too. */
  readonly #pools = new Set<EndpointPool>();
  #bySignature: ReadonlyMap<string, Site> = new Map();
  #byUpstream: ReadonlyMap<UpstreamKey, Site> = new Map();
  #byTracker: ReadonlyMap<TrackerId, Site> = new Map();
  #closed = false;

  constructor(options: SiteOptions, budget: ByteBudget) {
    this.#options = options;
    this.#budget = budget;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Where an upstream's attempts travel; undefined for one we do not know, and for all once closed. */
  worldOf({ upstream, tracker }: Pick<Send, 'upstream' | 'tracker'>): AttemptWorld | undefined {
    return tracker === undefined ? this.#byUpstream.get(upstream) : this.#byTracker.get(tracker);
  }

  /**
   * Serves these endpoints and no others; where an upstream is there twice, the later URL is its present one. Resolves when
   * those that went have nothing under way.
   *
   * @throws TypeError when a URL cannot be parsed; nothing has changed then.
   */
  replace(endpoints: readonly TransportEndpoint[]): Promise<unknown> {
    if (this.#closed) return Promise.resolve();
    const before = this.#bySignature;
    const now = new Map<string, Site>();
    for (const [signature, group] of groupBySignature(endpoints)) {
      now.set(signature, this.#kept(before.get(signature), group) ?? this.#open(group));
    }
    this.#bySignature = now;
    this.#route(endpoints, now);
    const gone = [...before].filter(([signature]) => !now.has(signature));
    return Promise.all(gone.map(([, site]) => this.#drain(site.pool)));
  }

  #route(endpoints: readonly TransportEndpoint[], sites: ReadonlyMap<string, Site>): void {
    const byUpstream = new Map<UpstreamKey, Site>();
    const byTracker = new Map<TrackerId, Site>();
    for (const endpoint of endpoints) {
      const site = sites.get(signatureOf(endpoint));
      if (site === undefined) continue;
      byUpstream.set(endpoint.key, site);
      if (endpoint.tracker !== undefined) byTracker.set(endpoint.tracker, site);
    }
    for (const site of sites.values()) site.upstreams = site.upstreams.filter((key) => byUpstream.get(key) === site);
    this.#byUpstream = byUpstream;
    this.#byTracker = byTracker;
  }

  close(): void {
    this.#closed = true;
    this.#bySignature = new Map();
    this.#byUpstream = new Map();
    this.#byTracker = new Map();
    for (const pool of this.#pools) pool.close();
    this.#pools.clear();
  }

  #kept(site: Site | undefined, group: Group): Site | undefined {
    if (site === undefined) return undefined;
    site.upstreams = group.upstreams;
    site.pool.resize(group.concurrency);
    return site;
  }

  #open(group: Group): Site {
    const { clock, connectTimeoutMs, authorities, lookup, onConnectivity } = this.#options;
    const { url } = group;
    const pool = new EndpointPool({
      route: {
        url,
        clock,
        connectTimeoutMs,
        resolver: new Resolver(clock, lookup),
        ...(authorities === undefined ? {} : { authorities }),
      },
      path: url.pathname + url.search,
      ...requestHeaders(url, group.headers),
      concurrency: group.concurrency,
      // What was an upstream's URL, and only ends its calls, says nothing about where the upstream is now.
      onConnectivity: (what) => {
        if (site.upstreams.length > 0) onConnectivity?.(site.upstreams, what);
      },
    });
    const site: Site = { clock, budget: this.#budget, pool, upstreams: group.upstreams };
    this.#pools.add(pool);
    return site;
  }

  async #drain(pool: EndpointPool): Promise<void> {
    await pool.drain();
    this.#pools.delete(pool);
  }
}

/** Endpoints that look the same from outside. */
interface Group {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly upstreams: UpstreamKey[];
  concurrency: number;
}

function groupBySignature(endpoints: readonly TransportEndpoint[]): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>();
  for (const endpoint of endpoints) {
    const { key, url, headers, concurrency = defaultConcurrency } = endpoint;
    const signature = signatureOf(endpoint);
    const group = groups.get(signature) ?? { url: parseUrl(key, url), headers, upstreams: [], concurrency: 0 };
    group.upstreams.push(key);
    group.concurrency += concurrency;
    groups.set(signature, group);
  }
  return groups;
}

function signatureOf({ url, headers }: TransportEndpoint): string {
  return JSON.stringify([url, Object.entries(headers).sort()]);
}

/** The platform's own error would carry the URL. */
function parseUrl(upstream: UpstreamKey, url: string): URL {
  try {
    return new URL(url);
  } catch {
    throw new TypeError(`the URL of upstream ${upstream} cannot be parsed`);
  }
}

/** The provider's own headers go before ours. */
function requestHeaders(
  url: URL,
  own: Readonly<Record<string, string>>,
): { readonly headersForSmall: string[]; readonly headersForLarge: string[] } {
  const headers = new Map([
    ['content-type', 'application/json'],
    ['user-agent', 'switchyard'],
  ]);
  for (const [name, value] of Object.entries(own)) headers.set(name.toLowerCase(), value);
  const headersForSmall = [...headers].flat();
  if (!isNear(url.hostname) && !headers.has('accept-encoding')) headers.set('accept-encoding', 'gzip');
  return { headersForSmall, headersForLarge: [...headers].flat() };
}
