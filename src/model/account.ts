import type { Purpose } from './names.ts';

/** An account of the configuration; `<chain>/<provider>` where a provider with limits of its own stands for itself. */
export type AccountName = string;

/** What everything that is sent on one account, over all chains, keeps to. */
export interface AccountSettings {
  readonly name: AccountName;
  readonly rate?: RateLimit;
  /** Calls in flight. */
  readonly concurrency?: number;
  readonly budget?: MonthlyBudget;
}

/** How fast an account may be used. */
export interface RateLimit {
  readonly callsPerSecond: number;
  /** Calls that may go out at once after a pause. */
  readonly burst: number;
}

/** What is counted against a budget: calls, or the cost units of their methods. */
export type BudgetUnit = 'calls' | 'cost';

/** What an account may spend in a month. */
export interface MonthlyBudget {
  readonly unit: BudgetUnit;
  readonly limit: number;
  /** Day of the month on which it begins anew, at midnight UTC; in a shorter month its last day. */
  readonly resetDay: number;
  /** `stop`: nothing is sent until then. `last-resort`: only what nobody else can answer. */
  readonly whenSpent: 'stop' | 'last-resort';
}

/** Shares of a budget whose crossing is told; at the last nothing is left. */
export const budgetLevels = [0.8, 0.95, 1] as const;

/** One of these shares. */
export type BudgetLevel = (typeof budgetLevels)[number];

/** Until when a spent budget keeps its upstreams back, monotonic milliseconds; `closed`: even as a last resort. */
export interface BudgetHold {
  readonly until: number;
  readonly floor: 'open' | 'closed';
}

/** An account as operators see it. Plain data. */
export interface AccountStatus {
  readonly account: AccountName;
  readonly rate?: RateLimit;
  readonly concurrency?: number;
  readonly inFlight: number;
  readonly budget?: BudgetStatus;
}

/** What is left of a budget. Moments are ISO 8601. */
export interface BudgetStatus {
  readonly unit: BudgetUnit;
  readonly limit: number;
  readonly spent: number;
  /** What is left, from 1 down to 0. */
  readonly remainingRatio: number;
  readonly spentBy: Readonly<Partial<Record<Purpose, number>>>;
  readonly since: string;
  readonly renewsAt: string;
  readonly whenSpent: MonthlyBudget['whenSpent'];
}
