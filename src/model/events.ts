import type { AccountName, BudgetLevel, BudgetUnit, MonthlyBudget } from './account.ts';
import type { TransportFailure } from './answer.ts';
import type { FaultName } from './faults.ts';
import type { MethodClass } from './method-policy.ts';
import type { ChainName, Purpose, UpstreamKey } from './names.ts';
import type { ChainState, Pairing } from './pairing.ts';
import type { BlockReason, HoldOff, StandingKind } from './standing.ts';
import type { Verdict } from './verdict.ts';

/**
 * What the rooms learn. One union: metrics, the log, standing and heads are all folds of it.
 * Plain data that could cross a process border: no functions, no sockets, no URLs.
 * Good attempts make no event; they are counted in place and fold as sums.
 */
export type GatewayEvent =
  /** One attempt that was not good: blamed, held off, cancelled or final. `body` is kept for the replay of a read (at most 8 KiB). */
  | {
      readonly kind: 'attempt-failed';
      readonly at: number;
      readonly sentAt: number;
      readonly upstream: UpstreamKey;
      readonly generation: number;
      readonly connection: number;
      readonly method: string;
      readonly class: MethodClass;
      readonly purpose: Purpose;
      readonly verdict: Verdict;
      /** How the send came to nothing, where it did. */
      readonly failure?: TransportFailure;
      readonly detail: string;
      /** The call as sent, for the replay in a probe: reads of class light or normal only. */
      readonly replay?: { readonly method: string; readonly params: string };
    }
  /** A read failed the same way on several upstreams: the failure was the call's own, and is taken back. */
  | {
      readonly kind: 'failure-excused';
      readonly upstream: UpstreamKey;
      readonly at: number;
      readonly generation: number;
      readonly method: string;
    }
  | { readonly kind: 'retried'; readonly chain: ChainName; readonly reason: string }
  | { readonly kind: 'hedged'; readonly chain: ChainName; readonly result: 'won' | 'lost' | 'over-budget' }
  | {
      readonly kind: 'write-settled';
      readonly chain: ChainName;
      readonly outcome: 'accepted' | 'known' | 'rejected' | 'unknown' | 'unsent';
    }
  | { readonly kind: 'call-refused'; readonly chain: ChainName | undefined; readonly fault: FaultName }
  | {
      readonly kind: 'answer-unclassified';
      readonly chain: ChainName;
      readonly upstream: UpstreamKey;
      readonly code: number;
      readonly shape: string;
    }
  | {
      readonly kind: 'identity-changed';
      readonly upstream: UpstreamKey;
      readonly identity: 'confirmed' | 'wrong';
      readonly detail: string;
    }
  | {
      readonly kind: 'standing-changed';
      readonly at: number;
      readonly upstream: UpstreamKey;
      readonly from: StandingKind;
      readonly to: StandingKind;
      readonly reason?: BlockReason;
      readonly detail: string;
    }
  | {
      readonly kind: 'hold-off-started';
      readonly upstream: UpstreamKey;
      readonly holdOff: HoldOff;
      readonly detail: string;
    }
  | {
      readonly kind: 'probe-ended';
      readonly upstream: UpstreamKey;
      readonly result: 'clean' | 'failed' | 'held-off';
      readonly detail: string;
    }
  | { readonly kind: 'call-sent'; readonly upstream: UpstreamKey; readonly purpose: Purpose }
  | {
      readonly kind: 'tracker-changed';
      readonly upstream: UpstreamKey;
      readonly state: TrackerStateKind;
      readonly detail: string;
    }
  | { readonly kind: 'tip-moved'; readonly chain: ChainName; readonly tip: number; readonly hash?: string }
  | { readonly kind: 'reorg-seen'; readonly chain: ChainName; readonly height: number; readonly depth: number }
  | { readonly kind: 'blocks-missed'; readonly chain: ChainName; readonly count: number }
  | {
      readonly kind: 'epoch-started';
      readonly chain: ChainName;
      readonly epoch: number;
      readonly carried: readonly UpstreamKey[];
    }
  | {
      readonly kind: 'chain-state-changed';
      readonly chain: ChainName;
      readonly state: ChainState;
      readonly detail: string;
    }
  /** So much of an account's budget is spent: a share that operators are told of. */
  | {
      readonly kind: 'budget-crossed';
      readonly account: AccountName;
      readonly level: BudgetLevel;
      readonly spent: number;
      readonly limit: number;
      readonly unit: BudgetUnit;
      readonly whenSpent: MonthlyBudget['whenSpent'];
    }
  | { readonly kind: 'budget-renewed'; readonly account: AccountName }
  | { readonly kind: 'store-set-aside'; readonly chain: ChainName; readonly detail: string }
  | { readonly kind: 'pairing-published'; readonly pairing: Pairing }
  | { readonly kind: 'warned'; readonly about: string; readonly detail: string };

/** A tracker's state (DESIGN 6). */
export type TrackerStateKind = 'waiting-for-connection' | 'syncing' | 'following' | 'waiting-for-event' | 'error';

/** Every state of a tracker, for state sets. */
export const trackerStateKinds: readonly TrackerStateKind[] = [
  'waiting-for-connection',
  'syncing',
  'following',
  'waiting-for-event',
  'error',
];
