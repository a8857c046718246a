import type { Endpoint } from '../model/endpoint.ts';
import type { TrackerId } from '../model/names.ts';
import type { HeadsState, TrackerSight } from './chain-heads.ts';
import { unknownStandpoint } from './standpoint.ts';
import type { StartState } from './start.ts';
import type { TrackerState } from './tracker-state.ts';
import type { ChainHeads, UpstreamHeads } from './tracking.ts';

/** What a view is made of. */
export interface ViewSources {
  readonly endpoints: readonly Endpoint[];
  readonly heads: HeadsState;
  readonly start: StartState;
  readonly blockTimeMs: number;
  readonly urls: ReadonlyMap<TrackerId, ViewedUrl>;
}

/** One URL's part in a view. */
export interface ViewedUrl {
  readonly sight: TrackerSight;
  readonly state: TrackerState;
}

/** Puts the snapshot together that `Tracking.view` hands out: one URL's heads for every upstream that shares it. */
export function viewHeads(sources: ViewSources): ChainHeads {
  const { heads, start, blockTimeMs } = sources;
  const { tip, hash: tipHash } = heads.tip;
  const finalized = start.kind === 'waiting-safe-head' ? undefined : clampedFinalized(heads);
  const finalizedHash = finalized === heads.finalized.finalized ? heads.finalized.hash : undefined;
  const disputed = heads.forks.disputed === undefined ? undefined : 'finality-disputed';
  const degraded = heads.tip.degraded ?? disputed ?? start.degraded;
  const upstreams: UpstreamHeads[] = [];
  for (const endpoint of sources.endpoints) upstreams[endpoint.index] = upstreamHeads(endpoint.tracker, sources);
  return {
    ...(tip === undefined ? {} : { tip }),
    ...(tipHash === undefined ? {} : { tipHash }),
    ...(finalized === undefined ? {} : { finalized }),
    ...(finalizedHash === undefined ? {} : { finalizedHash }),
    ...(degraded === undefined ? {} : { degraded }),
    state: start.kind,
    stateDetail: start.detail,
    blockTimeMs,
    upstreams,
  };
}

function clampedFinalized({ tip, finalized }: HeadsState): number | undefined {
  if (finalized.finalized === undefined || tip.tip === undefined) return finalized.finalized;
  return Math.min(finalized.finalized, tip.tip);
}

function upstreamHeads(tracker: TrackerId, { heads, urls }: ViewSources): UpstreamHeads {
  const standpoint = heads.standpoints.get(tracker) ?? unknownStandpoint;
  const url = urls.get(tracker);
  if (url === undefined) {
    return { ...standpoint, polledSince: false, tracker: 'waiting-for-connection', trackerDetail: 'not tracked' };
  }
  const { head, movedAt } = url.sight.head;
  const { finalized } = url.sight;
  const { behindSince } = standpoint;
  return {
    ...standpoint,
    ...(head === undefined ? {} : { head: head.height, headMovedAt: movedAt }),
    ...(finalized === undefined ? {} : { finalized: finalized.height }),
    polledSince: behindSince !== undefined && (url.state.answeredSentAt ?? 0) > behindSince,
    tracker: url.state.kind,
    trackerDetail: url.state.detail,
  };
}

/** True where two snapshots show the same. */
export function isSameView(one: ChainHeads, other: ChainHeads): boolean {
  const { upstreams, ...chain } = one;
  const { upstreams: others, ...otherChain } = other;
  if (upstreams.length !== others.length || !isSameFlat(chain, otherChain)) return false;
  return upstreams.every((upstream, index) => isSameFlat(upstream, others[index] ?? {}));
}

function isSameFlat(one: object, other: object): boolean {
  const values = new Map<string, unknown>(Object.entries(other));
  const entries: readonly (readonly [string, unknown])[] = Object.entries(one);
  return entries.length === values.size && entries.every(([key, value]) => values.get(key) === value);
}
