import type { Endpoint } from '../model/endpoint.ts';
import type { TrackerId } from '../model/names.ts';
import type { ChainSettings, EndpointSettings } from '../model/settings.ts';
import type { TransportEndpoint } from '../transport/sites.ts';

/** The endpoints of one chain: what the rooms may know of them, and what only the transport does. */
export interface ChainEndpoints {
  readonly endpoints: readonly Endpoint[];
  readonly wires: readonly Wire[];
}

/** Where an upstream's bytes go. */
export type Wire = TransportEndpoint & { readonly tracker: TrackerId };

/** Gives every unique URL (with its headers) an opaque name, across the chains of one process. */
export interface TrackerNames {
  nameOf(endpoint: EndpointSettings): TrackerId;
  /** Forgets all other names. One that is gone is never given to another URL. */
  retain(names: ReadonlySet<TrackerId>): void;
}

/** Creates the names: numbers in the order of the file, so that nothing of the URL shows. A URL that stays keeps its name. */
export function createTrackerNames(): TrackerNames {
  const names = new Map<string, TrackerId>();
  let last = 0;
  return {
    nameOf({ url, headers }) {
      const wire = JSON.stringify([url, Object.entries(headers).sort()]);
      const known = names.get(wire);
      if (known !== undefined) return known;
      last += 1;
      names.set(wire, `url-${last}`);
      return `url-${last}`;
    },
    retain(kept) {
      for (const [wire, name] of names) if (!kept.has(name)) names.delete(wire);
    },
  };
}

/** Splits a chain's settings into what the rooms see and what goes to the wire. */
export function endpointsOf(chain: ChainSettings, trackers: TrackerNames): ChainEndpoints {
  const pairs = chain.endpoints.map((settings, index) => {
    const key = `${chain.name}/${settings.provider}/${settings.name}`;
    const endpoint = endpointOf({ chain, settings, key, index, tracker: trackers.nameOf(settings) });
    const { url, headers } = settings;
    const { tracker, maxInFlight: concurrency } = endpoint;
    return { endpoint, wire: { key, tracker, url, headers, concurrency } };
  });
  return { endpoints: pairs.map(({ endpoint }) => endpoint), wires: pairs.map(({ wire }) => wire) };
}

interface Parts {
  readonly chain: ChainSettings;
  readonly settings: EndpointSettings;
  readonly key: string;
  readonly index: number;
  readonly tracker: string;
}

function endpointOf({ chain, settings, key, index, tracker }: Parts): Endpoint {
  const { methods, history, account } = settings;
  return {
    key,
    index,
    chain: chain.name,
    provider: settings.provider,
    name: settings.name,
    interface: settings.interface,
    tier: settings.tier,
    group: settings.group,
    tracker,
    ...(account !== undefined && { account }),
    weight: settings.weight,
    listed: settings.listed,
    kind: settings.kind,
    writes: settings.writes,
    ...(methods?.allow !== undefined && { allow: new Set(methods.allow) }),
    ...(methods?.deny !== undefined && { deny: new Set(methods.deny) }),
    addons: new Set(settings.addons),
    ...(history !== undefined && { history }),
    maxInFlight: settings.concurrency ?? chain.limits.upstreamConcurrency,
    identity: settings.identity,
  };
}
