import type { ChainView, UpstreamView } from '../../src/model/chain-view.ts';
import type { MetricSources } from '../../src/observe/metrics.ts';
import { buildEndpoint } from './build-pairing.ts';

/** What a test says of one upstream's view; the rest is that of a healthy primary. */
export type UpstreamViewTraits = Partial<Omit<UpstreamView, 'endpoint'>> & {
  readonly endpoint?: Parameters<typeof buildEndpoint>[1];
};

/** The view of an upstream at `index`, serving for a minute at height 100, unless said otherwise. */
export function buildUpstreamView(index: number, { endpoint, ...traits }: UpstreamViewTraits = {}): UpstreamView {
  const provider = endpoint?.provider ?? `p${index}`;
  const chain = endpoint?.chain ?? 'testnet';
  return {
    endpoint: buildEndpoint(index, { key: `${chain}/${provider}/json-rpc`, ...endpoint }),
    standing: 'serving',
    sinceMs: 60_000,
    sentence: 'serving for 60 s',
    trips: 0,
    identity: 'confirmed',
    cordoned: false,
    lagging: false,
    outlier: false,
    head: 100,
    finalized: 90,
    lag: 0,
    headAgeMs: 1500,
    tracker: 'following',
    inFlight: 0,
    score: 12,
    avoided: [],
    avoidances: [],
    unsupported: [],
    transitions: [],
    ...traits,
  };
}

/** The view of a chain that runs with these upstreams. */
export function buildChainView(upstreams: readonly UpstreamViewTraits[], traits: Partial<ChainView> = {}): ChainView {
  const { chain = 'testnet' } = traits;
  return {
    chain,
    family: 'evm',
    spec: 'testnet',
    state: 'running',
    ready: true,
    probed: true,
    reason: '',
    revision: 1,
    epoch: 3,
    tip: 100,
    finalized: 90,
    retryBudget: 10,
    upstreams: upstreams.map((one, index) =>
      buildUpstreamView(index, { ...one, endpoint: { chain, ...one.endpoint } }),
    ),
    ...traits,
  };
}

/** What metrics are read off: these chains, at one second, unless said otherwise. */
export function buildSources(chains: readonly ChainView[], traits: Partial<MetricSources> = {}): MetricSources {
  return {
    chains: () => chains,
    bufferedBytes: () => 0,
    cache: () => ({ bytes: 0, entries: 0 }),
    accounts: () => [],
    now: () => 1000,
    configuredAt: () => 1_700_000_000,
    isConfigured: () => true,
    version: '1.2.3',
    ...traits,
  };
}
