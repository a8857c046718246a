import type { Endpoint } from './endpoint.ts';
import type { ChainName } from './names.ts';
import type { HoldOff, Identity, StandingKind } from './standing.ts';

/** Where a chain's start machine stands. */
export type ChainState = 'not-started' | 'waiting-safe-head' | 'backfilling' | 'running' | 'halted';

/** Every state of the start machine, for state sets. */
export const chainStates: readonly ChainState[] = [
  'not-started',
  'waiting-safe-head',
  'backfilling',
  'running',
  'halted',
];

/** An endpoint plus what we observed of it, as one snapshot shows it. Plain data, immutable. */
export interface Upstream {
  readonly endpoint: Endpoint;
  readonly standing: StandingKind;
  /** Share of traffic it may get: 1 in serving, 0.05 or 0.25 in probation. */
  readonly share: number;
  readonly identity: Identity;
  /** Present while the upstream asked us to slow down. */
  readonly heldOff?: HoldOff;
  readonly cordoned: boolean;
  /** Newest height it reported; absent until it was observed. */
  readonly head?: number;
  readonly finalized?: number;
  /** Behind the tip by more than the lag limit: asked no tip read. */
  readonly lagging: boolean;
  /** Its head is implausibly far ahead: asked no tip read, lags nobody. */
  readonly outlier: boolean;
  /** Methods avoided on this endpoint, with the monotonic time in milliseconds at which each ends. */
  readonly avoided: ReadonlyMap<string, number>;
  /** Methods it said it does not have. */
  readonly unsupported: ReadonlySet<string>;
  /** Calls per second it may be sent after a 429 without `Retry-After`; absent means no limit of this kind. */
  readonly admittedRate?: number;
  /** When it last failed, monotonic milliseconds; 0 means never: the order among the blocked. */
  readonly lastFailedAt: number;
  /** Rises when its standing, identity or configuration changes. A result counts only if it is still the present one. */
  readonly generation: number;
}

/** The upstreams that serve a chain, at one moment. A request reads one for its whole life. */
export interface Pairing {
  readonly chain: ChainName;
  readonly epoch?: number;
  /** Rises with every published snapshot. */
  readonly revision: number;
  readonly state: ChainState;
  /** Newest height the upstreams agree on; absent until one was observed. */
  readonly tip?: number;
  readonly finalized?: number;
  /** Present while the tip rests on less than it should: `heads-disagree`, `single-witness` … */
  readonly degraded?: string;
  /** By `endpoint.index`. */
  readonly upstreams: readonly Upstream[];
}
