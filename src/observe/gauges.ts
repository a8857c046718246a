import type { ChainView, UpstreamView } from '../model/chain-view.ts';
import { trackerStateKinds } from '../model/events.ts';
import { chainStates } from '../model/pairing.ts';
import { type Identity, standingKinds } from '../model/standing.ts';
import type { MetricKey } from './metric-table.ts';

/** One line of a gauge, its labels by name. */
export interface GaugeLine {
  readonly labels: Record<string, string>;
  readonly value: number;
}

/** The lines of every derived gauge, by its key in the metric table. */
export type GaugeLines = Partial<Record<MetricKey, GaugeLine[]>>;

/** Reads every derived gauge off the chains' present state. What is unknown has no line. */
export function readGauges(chains: readonly ChainView[]): GaugeLines {
  const lines: GaugeLines = {};
  const put = (key: MetricKey, labels: Record<string, string>, value: number | undefined): void => {
    if (value === undefined) return;
    const into = lines[key] ?? [];
    into.push({ labels, value });
    lines[key] = into;
  };
  for (const chain of chains) {
    putChain(chain, put);
    for (const upstream of chain.upstreams) putUpstream(chain, upstream, put);
  }
  return lines;
}

/** Every state of identity, for its state set. */
const identities: readonly Identity[] = ['unknown', 'confirmed', 'wrong'];

type Put = (key: MetricKey, labels: Record<string, string>, value: number | undefined) => void;

/** True while the upstream is in rotation: what `healthy` and readiness mean. */
export function isServing(upstream: UpstreamView): boolean {
  return upstream.standing === 'serving' || upstream.standing === 'probation';
}

function putChain(view: ChainView, put: Put): void {
  const labels = { chain: view.chain };
  put('chainLatestBlock', labels, view.tip);
  put('chainFinalizedBlock', labels, view.finalized);
  put('chainEpoch', labels, view.epoch);
  put('chainReady', labels, view.ready ? 1 : 0);
  put('chainDegraded', labels, view.degraded === undefined ? 0 : 1);
  put('retryBudget', labels, view.retryBudget);
  for (const state of chainStates) put('chainState', { ...labels, state }, view.state === state ? 1 : 0);
  for (const tier of ['primary', 'backup'] as const) {
    const serving = view.upstreams.filter((upstream) => upstream.endpoint.tier === tier && isServing(upstream));
    put('chainServing', { ...labels, tier }, serving.length);
  }
}

function putUpstream(chain: ChainView, view: UpstreamView, put: Put): void {
  const { endpoint } = view;
  const labels = { chain: endpoint.chain, provider: endpoint.provider, endpoint: endpoint.name };
  put('endpointInfo', { ...labels, tier: endpoint.tier, interface: endpoint.interface, family: chain.family }, 1);
  put('endpointHealthy', labels, isServing(view) ? 1 : 0);
  for (const standing of standingKinds)
    put('endpointStanding', { ...labels, standing }, view.standing === standing ? 1 : 0);
  for (const identity of identities)
    put('endpointIdentity', { ...labels, identity }, view.identity === identity ? 1 : 0);
  put('endpointLatestBlock', labels, view.head);
  put('endpointFinalizedBlock', labels, view.finalized);
  put('endpointBlockLag', labels, view.lag);
  put('endpointHeadAge', labels, view.headAgeMs === undefined ? undefined : view.headAgeMs / 1000);
  put('endpointInFlight', labels, view.inFlight);
  put('endpointHoldOff', labels, (view.heldOff?.forMs ?? 0) / 1000);
  put('endpointScore', labels, view.score);
  for (const state of trackerStateKinds) put('endpointTracker', { ...labels, state }, view.tracker === state ? 1 : 0);
}
