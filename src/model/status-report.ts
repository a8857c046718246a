import type { AccountStatus } from './account.ts';
import type { ChainView, Transition, UpstreamView } from './chain-view.ts';
import type { Endpoint } from './endpoint.ts';
import type { UpstreamKey } from './names.ts';
import type { UpstreamUsage } from './usage.ts';

/** `starting`: nobody was asked yet; `impaired`: calls are served, though somebody is out or the tip rests on less than it should. */
export type Condition = 'well' | 'starting' | 'impaired' | 'down';

/** Whose trouble it is: that of upstreams, or of this gateway, its network or its operators. */
export type Whose = 'nobody' | 'them' | 'us';

/** An answer to "is it us or them, and until when". */
export interface Plight {
  readonly condition: Condition;
  readonly whose: Whose;
  /** In words, without URLs. Names and error texts of upstreams may stand in it: show it as text. */
  readonly sentence: string;
  /** When something is tried next, in milliseconds from now; absent where nothing is waited for. */
  readonly nextTryInMs?: number;
}

/** What `/api/status` answers and `/api/events` sends. Plain data; ages and delays are milliseconds from `at`. */
export interface StatusReport extends Plight {
  /** Rises when a member changes its meaning or goes; new members may come at any time. */
  readonly version: 1;
  /** ISO 8601, like all moments here. */
  readonly at: string;
  readonly gateway: GatewayStatus;
  readonly configuration: ConfigurationStatus;
  /** Since when the calls and errors of today are counted: midnight UTC, or the start. */
  readonly countedSince: string;
  readonly chains: readonly ChainStatus[];
  /** Every account that has a limit. */
  readonly accounts: readonly AccountStatus[];
}

/** The process that answers. */
export interface GatewayStatus {
  readonly version: string;
  readonly startedAt: string;
  readonly state: 'serving' | 'draining';
}

/** The configuration in force, and what came of reading it last. */
export interface ConfigurationStatus {
  /** Counts the configurations that were taken, from 1. */
  readonly revision: number;
  readonly takenAt: string;
  /** Present where the last reading was refused: the one before stays in force. Without secrets. */
  readonly refused?: { readonly at: string; readonly problems: readonly string[] };
}

/** One chain. */
export interface ChainStatus extends Omit<ChainView, 'upstreams'>, Plight {
  /** Whom the next plain read at the tip would be drawn from, the likeliest first; empty where nobody could be asked. */
  readonly next: readonly UpstreamKey[];
  readonly upstreams: readonly UpstreamStatus[];
}

/** One upstream; `sentence` is its standing in words. */
export interface UpstreamStatus
  extends Omit<UpstreamView, 'endpoint' | 'transitions'>,
    Pick<Endpoint, 'provider' | 'tier' | 'interface' | 'group' | 'weight' | 'kind'> {
  readonly upstream: UpstreamKey;
  readonly endpoint: string;
  /** Its part of the calls its chain sent for clients in the last minute, 0 to 1; absent where none were sent. */
  readonly share?: number;
  readonly usage: UpstreamUsage;
  /** The last 20, oldest first. */
  readonly transitions: readonly DatedTransition[];
}

/** A change of standing with its moment written out. */
export type DatedTransition = Omit<Transition, 'at'> & { readonly at: string };
