import {
  type AccountSettings,
  type AccountStatus,
  type BudgetHold,
  type BudgetStatus,
  budgetLevels,
  type MonthlyBudget,
} from '../model/account.ts';
import type { Purpose } from '../model/names.ts';
import type { Account } from '../ports/account.ts';
import type { Clock } from '../ports/clock.ts';
import type { Emit } from '../ports/emit.ts';
import { Allowance } from '../select/allowance.ts';
import { type BudgetPeriod, budgetPeriodAt } from '../select/budget-period.ts';
import { levelOf, Spending } from '../select/spending.ts';

/** What we send on our own account. */
const ownPurposes: ReadonlySet<Purpose> = new Set(['poll', 'probe', 'audit', 'backfill']);

/** A hold-off whose end moved less than this is the same: clocks drift. In milliseconds. */
const driftMs = 1000;

/** What an account needs of its surroundings. */
export interface AccountParts {
  readonly clock: Pick<Clock, 'now' | 'wall'>;
  readonly emit: Emit;
  /** Its budget was spent, or it is not any more. */
  onHold(): void;
  /** What `row()` said in an earlier process. */
  readonly row: unknown;
}

/** One account at work: what it may be sent now, and what it has spent this month. Outlives every world that has it. */
export class LiveAccount implements Account {
  readonly allowance: Allowance;
  readonly #parts: AccountParts;
  readonly #spending: Spending;
  #settings: AccountSettings;
  #period: BudgetPeriod;
  /** The highest level operators were told of, and the amount at which the next is reached. */
  #level: number;
  #nextMark = Number.POSITIVE_INFINITY;
  #hold: BudgetHold | undefined;
  #isUnstored = false;

  constructor(settings: AccountSettings, parts: AccountParts) {
    this.#parts = parts;
    this.#settings = settings;
    this.allowance = new Allowance(settings);
    this.#period = this.#periodNow();
    this.#spending = new Spending(parts.row);
    this.#spending.passTo(parts.clock.wall(), this.#period.from);
    this.#level = this.#levelNow();
    this.#mark();
    this.#hold = this.#holdNow();
  }

  /** Goes on under other settings; what was spent stays spent. */
  take(settings: AccountSettings): void {
    this.#settings = settings;
    this.allowance.limit(settings, this.#parts.clock.now());
    this.look();
  }

  charge(purpose: Purpose, cost: number): void {
    this.allowance.sent(ownPurposes.has(purpose) ? 'ours' : 'clients', this.#parts.clock.now());
    const { budget } = this.#settings;
    if (budget === undefined) return;
    this.#spending.add(purpose, cost);
    this.#isUnstored = true;
    if (this.#spending.total(budget.unit) >= this.#nextMark) this.#judge();
  }

  /** Lets time pass: to be called about twice a second. */
  look(): void {
    this.#period = this.#periodNow();
    if (this.#spending.passTo(this.#parts.clock.wall(), this.#period.from) === 'renewed') {
      this.#isUnstored = true;
      if (this.#settings.budget !== undefined)
        this.#parts.emit({ kind: 'budget-renewed', account: this.#settings.name });
    }
    this.#judge();
  }

  /** What keeps its endpoints back, as long as its budget is spent. */
  hold(): BudgetHold | undefined {
    return this.#hold;
  }

  /** What is to be stored, where anything changed since it was asked for last. */
  unstored(): Readonly<Record<string, unknown>> | undefined {
    if (!this.#isUnstored) return undefined;
    this.#isUnstored = false;
    return this.#spending.row();
  }

  status(): AccountStatus {
    const { name, rate, concurrency, budget } = this.#settings;
    return {
      account: name,
      ...(rate !== undefined && { rate }),
      ...(concurrency !== undefined && { concurrency }),
      inFlight: this.allowance.inFlight,
      ...(budget !== undefined && { budget: this.#budgetStatus(budget) }),
    };
  }

  #budgetStatus({ unit, limit, whenSpent }: MonthlyBudget): BudgetStatus {
    const spent = this.#spending.total(unit);
    return {
      unit,
      limit,
      spent,
      remainingRatio: Math.max(0, 1 - spent / limit),
      spentBy: this.#spending.by(unit),
      since: isoOf(this.#period.from),
      renewsAt: isoOf(this.#period.to),
      whenSpent,
    };
  }

  /** Tells of levels that were crossed, and whether the endpoints are kept back now. */
  #judge(): void {
    const { name, budget } = this.#settings;
    const level = this.#levelNow();
    if (budget !== undefined && level > this.#level && level !== 0) {
      const { unit, limit, whenSpent } = budget;
      const spent = this.#spending.total(unit);
      this.#parts.emit({ kind: 'budget-crossed', account: name, level, spent, limit, unit, whenSpent });
    }
    this.#level = level;
    this.#mark();
    const hold = this.#holdNow();
    if (isSameHold(this.#hold, hold)) return;
    this.#hold = hold;
    this.#parts.onHold();
  }

  #levelNow(): ReturnType<typeof levelOf> {
    const { budget } = this.#settings;
    return budget === undefined ? 0 : levelOf(this.#spending.total(budget.unit), budget.limit);
  }

  #mark(): void {
    const next = budgetLevels.find((level) => level > this.#level);
    const { budget } = this.#settings;
    this.#nextMark = next === undefined || budget === undefined ? Number.POSITIVE_INFINITY : next * budget.limit;
  }

  #holdNow(): BudgetHold | undefined {
    const { budget } = this.#settings;
    if (budget === undefined || this.#levelNow() !== 1) return undefined;
    const { clock } = this.#parts;
    const until = clock.now() + this.#period.to - clock.wall();
    return { until, floor: budget.whenSpent === 'stop' ? 'closed' : 'open' };
  }

  #periodNow(): BudgetPeriod {
    return budgetPeriodAt(this.#parts.clock.wall(), this.#settings.budget?.resetDay ?? 1);
  }
}

function isSameHold(one: BudgetHold | undefined, other: BudgetHold | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.floor === other.floor && Math.abs(one.until - other.until) < driftMs;
}

function isoOf(wallMs: number): string {
  return new Date(wallMs).toISOString();
}
