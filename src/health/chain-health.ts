import type { BudgetHold } from '../model/account.ts';
import type { ChainSpec } from '../model/chain-spec.ts';
import type { Transition } from '../model/chain-view.ts';
import type { Endpoint } from '../model/endpoint.ts';
import type { Head } from '../model/head.ts';
import type { ChainName, UpstreamKey } from '../model/names.ts';
import type { HealthPolicy } from '../model/settings.ts';
import type { Ask } from '../ports/ask.ts';
import type { Clock } from '../ports/clock.ts';
import type { Emit } from '../ports/emit.ts';
import type { HealthEvent } from './health-event.ts';
import type { LocalErrorLog } from './own-trouble.ts';
import type { UpstreamHealth } from './upstream-health.ts';

/** Whose health is kept, and by which numbers. */
export interface HealthPlan {
  readonly chain: ChainName;
  readonly spec: ChainSpec;
  readonly endpoints: readonly Endpoint[];
  readonly policy: HealthPolicy;
  /** Rows of an earlier process by upstream, as `rows()` gave them. Junk is ignored. */
  readonly restored: ReadonlyMap<UpstreamKey, unknown>;
  /** The epoch of an earlier process: the number never falls. */
  readonly epoch?: number;
}

/** What a reload brings beside the endpoints; what is absent stays. */
export interface HealthChange {
  readonly policy?: HealthPolicy;
  /** Rows of upstreams that were there before: one that comes back goes on where it was. */
  readonly restored?: ReadonlyMap<UpstreamKey, unknown>;
  /** Upstreams whose new URL was just seen to be of this chain. Any other new URL is one nobody has observed yet. */
  readonly vouched?: ReadonlySet<UpstreamKey>;
}

/** What the health of a chain needs of its surroundings. */
export interface HealthDeps {
  readonly clock: Clock;
  readonly ask: Ask;
  readonly emit: Emit;
  /** Something a Pairing shows has changed. Called once per turn, after the events. */
  onChange(): void;
  /**
   * A probe read a fresh head. What it is worth against the tip is folded back as `head-judged` before this returns: the
   * probe passes or fails by it.
   */
  headSeen(upstream: UpstreamKey, head: Head): void;
  /** Whether the budget an endpoint is billed to keeps it back; absent means that nobody has one. Asked again after `budgetsChanged`. */
  budgetOf?(endpoint: Endpoint): BudgetHold | undefined;
  /** Shared by the chains of a process; absent means that this chain looks at itself alone. */
  readonly localErrors?: LocalErrorLog;
}

/** What came of asking for a probe. */
export type ProbeAsked = 'asked' | 'already-probing' | 'held-off' | 'unknown-upstream';

/** What came of an order of an operator or an audit. */
export type OrderResult = 'done' | 'unknown-upstream';

/** The health of one chain's upstreams, kept up to date. Nothing here throws or waits. */
export interface ChainHealth {
  /** Takes one observation. Events of upstreams that are gone are ignored. */
  fold(event: HealthEvent): void;
  /** @throws RangeError where no upstream has this index. */
  view(index: number): UpstreamHealth;
  /** All upstreams, by `endpoint.index`. */
  views(): readonly UpstreamHealth[];
  /** True from the moment every upstream's first probe is over, whatever came of it. */
  isProbed(): boolean;
  epoch(): number | undefined;
  /** What outlives a restart, row by row: plain JSON for the state store. */
  rows(): readonly (readonly [UpstreamKey, unknown])[];
  probeNow(key: UpstreamKey): ProbeAsked;
  /**
   * A client's call waits so many milliseconds for a first proof. Until then, while nobody is proven, those who may become so
   * are probed out of turn, held off or not: the soonest free first, each at most once a second.
   */
  callWaits(forMs: number): void;
  cordon(key: UpstreamKey): OrderResult;
  uncordon(key: UpstreamKey): OrderResult;
  /** A budget was spent, or has begun anew. */
  budgetsChanged(): void;
  /** Quarantines all endpoints of the upstream's provider and of its host. */
  convict(key: UpstreamKey, evidence: string): OrderResult;
  /** Ends the quarantine of the same endpoints: they go to probation. */
  heal(key: UpstreamKey): OrderResult;
  /** Takes one agreed finalized height; where it begins an epoch, its transition happens, once. */
  epochMoved(finalized: number): void;
  /** The store was set aside: the next height names the epoch anew, be it lower. */
  forgetEpoch(): void;
  /** The chain's block time was measured, where the spec could only guess it. */
  blockTimeMeasured(blockTimeMs: number): void;
  /** Takes over a new list of endpoints, after a reload. What is known of those that stay is kept. */
  replace(endpoints: readonly Endpoint[], change?: HealthChange): void;
  /** The last 20 changes of standing with their causes, oldest first; empty for an unknown upstream. */
  history(key: UpstreamKey): readonly Transition[];
  /** Stops all probes and timers. Afterwards nothing is folded, emitted or asked. */
  close(): void;
}
