import type { ChainHealth } from '../health/chain-health.ts';
import { describeStanding, nextProbeAt } from '../health/describe-standing.ts';
import { heldOff, standingOf, type UpstreamHealth } from '../health/upstream-health.ts';
import type { ChainSpec } from '../model/chain-spec.ts';
import type { ChainView, UpstreamView } from '../model/chain-view.ts';
import type { Pairing, Upstream } from '../model/pairing.ts';
import type { ChainSettings } from '../model/settings.ts';
import { selectionScore } from '../select/explain-pick.ts';
import type { Load } from '../select/load.ts';
import type { ChainHeads, UpstreamHeads } from '../track/tracking.ts';

/** All that a view is read off, at one moment. */
export interface ViewSources {
  readonly now: number;
  readonly plan: { readonly settings: ChainSettings; readonly spec: ChainSpec };
  readonly pairing: Pairing;
  readonly health: ChainHealth;
  readonly heads: ChainHeads;
  readonly load: Load;
  readonly retryBudget: number;
  /** When the tip last moved, monotonic milliseconds; undefined while there is none. */
  readonly tipMovedAt: number | undefined;
}

/** What operators see of a chain now. */
export function viewChain(sources: ViewSources): ChainView {
  const { now, plan, pairing, health, heads, retryBudget, tipMovedAt } = sources;
  const upstreams = pairing.upstreams.map((upstream) => viewUpstream(sources, upstream));
  const isReady = upstreams.some(isInRotation);
  const degraded = isReady ? degradedOf(pairing, heads) : 'last-resort';
  return {
    chain: pairing.chain,
    family: plan.spec.family,
    spec: plan.spec.name,
    state: heads.state,
    ready: isReady,
    probed: health.isProbed(),
    reason: isReady
      ? (degraded ?? '')
      : `no upstream is serving; ${upstreams.some(isShut) ? 'a budget is spent' : heads.stateDetail}`,
    revision: pairing.revision,
    ...(pairing.epoch !== undefined && { epoch: pairing.epoch }),
    ...(heads.tip !== undefined && { tip: heads.tip }),
    ...(tipMovedAt !== undefined && { tipAgeMs: now - tipMovedAt }),
    ...(heads.finalized !== undefined && { finalized: heads.finalized }),
    ...(degraded !== undefined && { degraded }),
    retryBudget,
    upstreams,
  };
}

/** Held off or not, save where even the last call is one too many. */
function isInRotation(view: UpstreamView): boolean {
  return (view.standing === 'serving' || view.standing === 'probation') && !isShut(view);
}

function isShut({ heldOff }: UpstreamView): boolean {
  return heldOff?.floor === 'closed';
}

/** What a chain that is ready lives on, where that is less than it should be. */
function degradedOf(pairing: Pairing, heads: ChainHeads): string | undefined {
  const serves = (upstream: Upstream): boolean => upstream.standing === 'serving' && upstream.identity === 'confirmed';
  if (!pairing.upstreams.some(serves)) return 'probation-only';
  return heads.degraded;
}

function viewUpstream(sources: ViewSources, upstream: Upstream): UpstreamView {
  const { now, health, heads, load } = sources;
  const { endpoint } = upstream;
  const state = health.view(endpoint.index);
  const seen = heads.upstreams[endpoint.index];
  const standing = standingOf(state);
  const score = selectionScore(upstream, 'light', { load, now });
  const probeAt = nextProbeAt(state, now);
  const lastGoodAgoMs = now - load.heardAt(endpoint.index);
  return {
    endpoint,
    standing: standing.kind,
    ...(standing.kind === 'blocked' && { reason: standing.reason }),
    sinceMs: now - standing.since,
    sentence: describeStanding(state, now),
    trips: state.course.trips,
    ...(probeAt !== undefined && { nextProbeInMs: Math.max(0, probeAt - now) }),
    identity: state.identity,
    ...holdOffOf(state, now),
    cordoned: state.cordoned,
    lagging: upstream.lagging,
    outlier: upstream.outlier,
    ...headsOf(seen, now),
    tracker: seen?.tracker ?? 'waiting-for-connection',
    inFlight: load.inFlight(endpoint.index),
    ...(lastGoodAgoMs !== Number.POSITIVE_INFINITY && { lastGoodAgoMs }),
    ...(score !== undefined && { score }),
    avoided: [...upstream.avoided.keys()],
    avoidances: [...upstream.avoided].map(([method, until]) => ({ method, forMs: Math.max(0, until - now) })),
    unsupported: [...upstream.unsupported],
    ...(state.lastFailure !== undefined && {
      lastFailure: { ...state.lastFailure, agoMs: now - state.lastFailure.at },
    }),
    transitions: health.history(endpoint.key),
  };
}

function holdOffOf(state: UpstreamHealth, now: number): Pick<UpstreamView, 'heldOff'> {
  const held = heldOff(state, now);
  return held === undefined ? {} : { heldOff: { ...held, forMs: Math.max(0, held.until - now) } };
}

function headsOf(seen: UpstreamHeads | undefined, now: number): Partial<UpstreamView> {
  if (seen?.head === undefined) return {};
  return {
    head: seen.head,
    ...(seen.finalized !== undefined && { finalized: seen.finalized }),
    ...(seen.lag !== undefined && { lag: seen.lag }),
    ...(seen.headMovedAt !== undefined && { headAgeMs: now - seen.headMovedAt }),
  };
}
