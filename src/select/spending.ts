import { type BudgetLevel, type BudgetUnit, budgetLevels } from '../model/account.ts';
import { isRecord } from '../model/json-path.ts';
import type { Purpose } from '../model/names.ts';

/** Form of the rows; another number is another form, and is ignored. */
const rowVersion = 1;

const purposes: readonly Purpose[] = [
  'client',
  'retry',
  'hedge',
  'broadcast',
  'logs-piece',
  'poll',
  'probe',
  'audit',
  'backfill',
];

/** Amounts by purpose; a purpose nobody sent for is absent. */
export type SpentBy = Readonly<Partial<Record<Purpose, number>>>;

/**
 * What was sent on one account since its month began, by purpose: calls and cost units both, so that a budget may change its unit.
 * Counting is a few additions; memory is fixed; never throws.
 */
export class Spending {
  /** When time was last let pass, milliseconds since 1970. */
  #at: number;
  readonly #amounts: Readonly<Record<BudgetUnit, Map<Purpose, number>>>;
  readonly #totals: Record<BudgetUnit, number>;

  /** @param row what `row()` said in an earlier process; junk is no row. */
  constructor(row?: unknown) {
    const known = isRecord(row) && row.version === rowVersion ? row : {};
    this.#at = amount(known.at);
    this.#amounts = { calls: amountsOf(known.calls), cost: amountsOf(known.cost) };
    this.#totals = { calls: sumOf(this.#amounts.calls), cost: sumOf(this.#amounts.cost) };
  }

  /** Counts one call, and the units it cost. */
  add(purpose: Purpose, cost: number): void {
    this.#addTo('calls', purpose, 1);
    this.#addTo('cost', purpose, cost);
  }

  total(unit: BudgetUnit): number {
    return this.#totals[unit];
  }

  by(unit: BudgetUnit): SpentBy {
    return Object.fromEntries(this.#amounts[unit]);
  }

  /**
   * Lets time pass to a moment of the wall clock, in a month that began at `from`. Where that began since it was let pass last, nothing
   * is spent; another reset day, or a clock that goes back, pays nothing back.
   */
  passTo(wallMs: number, from: number): 'renewed' | 'kept' {
    const isNew = from > this.#at;
    this.#at = wallMs;
    if (!isNew) return 'kept';
    for (const unit of ['calls', 'cost'] as const) {
      this.#amounts[unit].clear();
      this.#totals[unit] = 0;
    }
    return 'renewed';
  }

  /** What outlives the process, as plain JSON. */
  row(): Readonly<Record<string, unknown>> {
    return { version: rowVersion, at: this.#at, calls: this.by('calls'), cost: this.by('cost') };
  }

  #addTo(unit: BudgetUnit, purpose: Purpose, units: number): void {
    const amounts = this.#amounts[unit];
    amounts.set(purpose, (amounts.get(purpose) ?? 0) + units);
    this.#totals[unit] += units;
  }
}

/** The highest level that is reached where so much of a limit is spent; 0 below the first. */
export function levelOf(spent: number, limit: number): BudgetLevel | 0 {
  return budgetLevels.findLast((level) => spent >= level * limit) ?? 0;
}

function amountsOf(row: unknown): Map<Purpose, number> {
  const found = new Map<Purpose, number>();
  if (!isRecord(row)) return found;
  for (const purpose of purposes) if (amount(row[purpose]) > 0) found.set(purpose, amount(row[purpose]));
  return found;
}

function sumOf(amounts: ReadonlyMap<Purpose, number>): number {
  let sum = 0;
  for (const one of amounts.values()) sum += one;
  return sum;
}

function amount(value: unknown): number {
  return typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER ? value : 0;
}
