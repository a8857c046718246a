import type { Endpoint } from '../model/endpoint.ts';
import type { TrackerId, UpstreamKey } from '../model/names.ts';
import { nameWitnesses } from './witness.ts';

/** One URL as configured: who shares it, and whose voice it is. */
export interface TrackedUrl {
  readonly tracker: TrackerId;
  readonly witness: string;
  /** `pool` where any of the providers that share it says so. */
  readonly kind: 'single' | 'pool';
  readonly upstreams: readonly UpstreamKey[];
  /** The most URLs that one of its providers has on this chain. */
  readonly sharedBy: number;
}

/** The unique URLs of a chain's endpoints, in the order of the endpoints. */
export function trackedUrls(endpoints: readonly Endpoint[]): readonly TrackedUrl[] {
  const witnesses = nameWitnesses(endpoints);
  const trackers = [...new Set(endpoints.map((endpoint) => endpoint.tracker))];
  return trackers.map((tracker) => {
    const sharers = endpoints.filter((endpoint) => endpoint.tracker === tracker);
    return {
      tracker,
      witness: witnesses.get(tracker) ?? tracker,
      kind: sharers.some((endpoint) => endpoint.kind === 'pool') ? 'pool' : 'single',
      upstreams: sharers.map((endpoint) => endpoint.key),
      sharedBy: Math.max(...sharers.map((endpoint) => urlsOf(endpoints, endpoint.provider))),
    };
  });
}

function urlsOf(endpoints: readonly Endpoint[], provider: string): number {
  return new Set(endpoints.filter((one) => one.provider === provider).map((one) => one.tracker)).size;
}
