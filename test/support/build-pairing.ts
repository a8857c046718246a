import type { Endpoint } from '../../src/model/endpoint.ts';
import type { Pairing, Upstream } from '../../src/model/pairing.ts';
import type { Need } from '../../src/model/pick.ts';

/** What a test says of one upstream; the rest is that of a healthy primary. */
export type UpstreamTraits = Partial<Omit<Upstream, 'endpoint'>> & { readonly endpoint?: Partial<Endpoint> };

/** An upstream at `index`, of provider `p<index>`: a serving primary at height 100, unless said otherwise. */
export function buildUpstream(index: number, traits: UpstreamTraits = {}): Upstream {
  const { endpoint, ...observed } = traits;
  return {
    standing: 'serving',
    share: 1,
    identity: 'confirmed',
    cordoned: false,
    head: 100,
    lagging: false,
    outlier: false,
    avoided: new Map(),
    unsupported: new Set(),
    lastFailedAt: 0,
    generation: 1,
    ...observed,
    endpoint: buildEndpoint(index, endpoint),
  };
}

/** An endpoint of chain `testnet` at `index`. */
export function buildEndpoint(index: number, traits: Partial<Endpoint> = {}): Endpoint {
  const provider = traits.provider ?? `p${index}`;
  return {
    key: `testnet/${provider}/json-rpc-${index}`,
    index,
    chain: 'testnet',
    provider,
    name: 'json-rpc',
    interface: 'json-rpc',
    tier: 'primary',
    group: provider,
    tracker: `t${index}`,
    weight: 1,
    listed: false,
    kind: 'single',
    writes: 'public',
    addons: new Set(),
    maxInFlight: 100,
    identity: 'check',
    ...traits,
  };
}

/** A pairing of upstreams with these traits, in this order, with the tip at 100. */
export function buildPairing(traits: readonly UpstreamTraits[], chain: Partial<Pairing> = {}): Pairing {
  return {
    chain: 'testnet',
    revision: 1,
    state: 'running',
    tip: 100,
    upstreams: traits.map((one, index) => buildUpstream(index, one)),
    ...chain,
  };
}

/** The need of a light read at the tip, unless said otherwise. */
export function buildNeed(traits: Partial<Need> = {}): Need {
  return { method: 'read', class: 'light', kind: 'read', block: { kind: 'tip' }, exclude: new Set(), ...traits };
}
