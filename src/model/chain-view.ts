import type { Endpoint } from './endpoint.ts';
import type { TrackerStateKind } from './events.ts';
import type { ChainName, Family } from './names.ts';
import type { ChainState } from './pairing.ts';
import type { BlockReason, FailureNote, HoldOff, Identity, StandingKind } from './standing.ts';

/** What operators see of one chain at one moment: metrics, `/readyz` and `/api/status` are read off it. Plain data. */
export interface ChainView {
  readonly chain: ChainName;
  readonly family: Family;
  readonly spec: string;
  readonly state: ChainState;
  /** At least one upstream is serving or in probation. */
  readonly ready: boolean;
  /** Its first round of probes is over, whatever came of it. */
  readonly probed: boolean;
  /** Why it is not ready, or what it lives on; empty when all is well. */
  readonly reason: string;
  readonly revision: number;
  readonly epoch?: number;
  readonly tip?: number;
  /** Milliseconds since the tip last moved. */
  readonly tipAgeMs?: number;
  readonly finalized?: number;
  /** Present while the tip, or the answers, rest on less than they should. */
  readonly degraded?: string;
  readonly retryBudget: number;
  readonly upstreams: readonly UpstreamView[];
}

/** One upstream as operators see it. Ages and delays in milliseconds from now. */
export interface UpstreamView {
  readonly endpoint: Endpoint;
  readonly standing: StandingKind;
  readonly reason?: BlockReason;
  readonly sinceMs: number;
  /** The standing in one sentence. */
  readonly sentence: string;
  readonly trips: number;
  readonly nextProbeInMs?: number;
  readonly identity: Identity;
  readonly heldOff?: HoldOff & { readonly forMs: number };
  readonly cordoned: boolean;
  readonly lagging: boolean;
  readonly outlier: boolean;
  readonly head?: number;
  readonly finalized?: number;
  readonly lag?: number;
  readonly headAgeMs?: number;
  readonly tracker: TrackerStateKind;
  readonly inFlight: number;
  /** Milliseconds since it last answered well, be it a poll; absent where it never did. */
  readonly lastGoodAgoMs?: number;
  /** What selection compares: lower is preferred; absent until observed. */
  readonly score?: number;
  readonly avoided: readonly string[];
  /** For how much longer each of the avoided methods is. */
  readonly avoidances: readonly { readonly method: string; readonly forMs: number }[];
  readonly unsupported: readonly string[];
  readonly lastFailure?: FailureNote & { readonly agoMs: number };
  readonly transitions: readonly Transition[];
}

/** One change of standing, kept for the history (the last 20). `at` is milliseconds since 1970. */
export interface Transition {
  readonly at: number;
  readonly from: StandingKind;
  readonly to: StandingKind;
  readonly reason?: BlockReason;
  readonly detail: string;
}
