import type { TransportFailure } from '../model/answer.ts';
import type { ChainSpec } from '../model/chain-spec.ts';
import type { Endpoint } from '../model/endpoint.ts';
import type { TrackerStateKind } from '../model/events.ts';
import type { Head } from '../model/head.ts';
import type { ChainName, TrackerId, UpstreamKey } from '../model/names.ts';
import type { ChainState } from '../model/pairing.ts';
import type { BackgroundSettings } from '../model/settings.ts';
import type { Identity } from '../model/standing.ts';
import type { Verdict } from '../model/verdict.ts';
import type { Ask } from '../ports/ask.ts';
import type { Clock } from '../ports/clock.ts';
import type { Emit } from '../ports/emit.ts';
import type { RecentBlocks } from '../ports/recent-blocks.ts';
import type { Standpoint } from './standpoint.ts';
import type { Gate } from './tracker-state.ts';

/** What is to be tracked: one chain. */
export interface TrackPlan {
  readonly chain: ChainName;
  readonly spec: ChainSpec;
  readonly endpoints: readonly Endpoint[];
  readonly background: BackgroundSettings;
  /** Overrides the spec's. */
  readonly lagLimit?: number;
  /** A row written by `Tracking.row` before a restart; junk is ignored. */
  readonly restored?: unknown;
  /** `yes`: the ring is filled before the chain runs, and every gap after; `no`: it holds what polls show. */
  readonly needsRing: 'yes' | 'no';
}

/** What a reload may change beside the endpoints: the whole of it, or nothing. */
export type TrackChange = Pick<TrackPlan, 'background' | 'lagLimit'>;

/** What the track room must know of an upstream to believe its head. */
export interface UpstreamFacts {
  readonly identity: Identity;
  readonly quarantined: boolean;
  readonly heldOff: boolean;
}

/** One poll's end, for the health of all upstreams that share the URL. Times are monotonic milliseconds. */
export interface PollResult {
  readonly tracker: TrackerId;
  readonly upstreams: readonly UpstreamKey[];
  readonly outcome: PollOutcome;
  readonly sentAt: number;
  readonly at: number;
}

/** `broken` is there where the poll was refused, reset or failed in TLS: it is repeated at once on a fresh connection. */
export type PollOutcome =
  | { readonly kind: 'answered' }
  | {
      readonly kind: 'failed';
      readonly verdict: Verdict;
      readonly detail: string;
      readonly connection: number;
      readonly broken?: 'refused' | 'reset' | 'tls';
      /** How the send came to nothing, where it did. */
      readonly failure?: TransportFailure;
    };

/** What the driver asks of the outside. No callback may throw; one that does is taken for a crash of that tracker. */
export interface TrackDeps {
  readonly clock: Clock;
  readonly ask: Ask;
  readonly emit: Emit;
  /** Whether a URL may be asked now: identity, hold-off, cordon and the like. */
  gate(tracker: TrackerId): Gate;
  facts(upstream: UpstreamKey): UpstreamFacts;
  /** Something that `Tracking.view` shows has changed. */
  onHeads(): void;
  /** A poll ended; `Tracking.view` already shows what it changed. */
  onPoll(result: PollResult): void;
}

/** One upstream's heads, as `view` shows them. Times are monotonic milliseconds. */
export interface UpstreamHeads extends Standpoint {
  readonly head?: number;
  /** When the head last moved. */
  readonly headMovedAt?: number;
  readonly finalized?: number;
  /** True where a poll sent after `behindSince` was answered: only then may standing still be held against it. */
  readonly polledSince: boolean;
  readonly tracker: TrackerStateKind;
  readonly trackerDetail: string;
}

/** What a chain's upstreams show and agree on, at one moment. Immutable. */
export interface ChainHeads {
  readonly tip?: number;
  readonly tipHash?: string;
  /** Never above the tip. */
  readonly finalized?: number;
  readonly finalizedHash?: string;
  /** Why the tip, or the start, rests on less than it should. */
  readonly degraded?: string;
  readonly state: ChainState;
  readonly stateDetail: string;
  /** The spec's, or as measured where the spec does not know. */
  readonly blockTimeMs: number;
  /** By `endpoint.index`. */
  readonly upstreams: readonly UpstreamHeads[];
}

/** A chain being tracked; of its recent blocks it knows those in the ring. No member throws or waits. */
export interface Tracking extends RecentBlocks {
  view(): ChainHeads;
  /** A probe or a client's call showed this head; the report with the later `at` wins. */
  headSeen(upstream: UpstreamKey, head: Head): void;
  /** Something good came from this upstream on the request path, or from a probe. */
  goodAnswerSeen(upstream: UpstreamKey): void;
  connectivity(upstream: UpstreamKey, change: 'connected' | 'disconnected'): void;
  /** Identity, standing, hold-off or cordon of some upstream changed. */
  factsChanged(): void;
  /** A client called: polls go at full pace again. */
  clientCall(): void;
  /** What to remember across a restart. */
  row(): unknown;
  /** After a reload: trackers that stay keep all they know. */
  replace(endpoints: readonly Endpoint[], change?: TrackChange): void;
  /** Ends every timer; answers that come later change nothing. */
  close(): void;
}
