import type { LocalErrorLog } from '../health/own-trouble.ts';
import type { BudgetHold } from '../model/account.ts';
import type { ChainSpec } from '../model/chain-spec.ts';
import type { Endpoint } from '../model/endpoint.ts';
import type { UpstreamKey } from '../model/names.ts';
import type { ChainSettings } from '../model/settings.ts';
import type { Ask } from '../ports/ask.ts';
import type { Clock } from '../ports/clock.ts';
import type { Emit } from '../ports/emit.ts';
import type { StateStore } from '../ports/state-store.ts';
import type { RetryBudget } from '../relay/retry-budget.ts';
import type { Load } from '../select/load.ts';

/** One chain to be kept: what it is, and who serves it. */
export interface ControlPlan {
  readonly settings: ChainSettings;
  readonly spec: ChainSpec;
  readonly endpoints: readonly Endpoint[];
}

/** What the control plane of one chain needs of the world. */
export interface ControlDeps {
  readonly clock: Clock;
  readonly ask: Ask;
  readonly emit: Emit;
  readonly store: StateStore;
  readonly localErrors: LocalErrorLog;
  /** The request path's own state, read for sums and views. */
  readonly load: Load;
  readonly budget: RetryBudget;
  /** Whether the budget an endpoint is billed to keeps it back; absent means that nobody has one. */
  budgetOf?(endpoint: Endpoint): BudgetHold | undefined;
}

/** What a reload brings beside the plan. */
export interface ControlChange {
  /** The load of the new endpoints, which goes on where that of the old ones stands. */
  readonly load: Load;
  /** Upstreams whose new URL was seen to be of this chain. */
  readonly vouched: ReadonlySet<UpstreamKey>;
}
