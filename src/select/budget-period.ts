/** A month of a budget, in milliseconds since 1970: from its first moment to that of the next. */
export interface BudgetPeriod {
  readonly from: number;
  readonly to: number;
}

const dayMs = 86_400_000;

/**
 * The period a moment lies in: it begins at midnight UTC of the reset day, or of the month's last day where that comes before.
 *
 * @param wallMs milliseconds since 1970, from 1970 on.
 * @param resetDay 1 to 31.
 */
export function budgetPeriodAt(wallMs: number, resetDay: number): BudgetPeriod {
  const { year, month } = monthOf(wallMs);
  const begun = wallMs >= beginOf(year, month, resetDay) ? 0 : -1;
  return { from: beginOf(year, month + begun, resetDay), to: beginOf(year, month + begun + 1, resetDay) };
}

/** Months below 0 or above 11 are those of the years around. */
function beginOf(year: number, month: number, resetDay: number): number {
  const first = Date.UTC(year, month, 1);
  const days = (Date.UTC(year, month + 1, 1) - first) / dayMs;
  return first + (Math.min(resetDay, days) - 1) * dayMs;
}

/** Year and month, 0 to 11. Years differ by a day at most from 365.2425 days each, so the first guess is off by one at most. */
function monthOf(wallMs: number): { readonly year: number; readonly month: number } {
  const guess = 1970 + Math.floor(wallMs / (365.2425 * dayMs));
  const year = wallMs < Date.UTC(guess, 0, 1) ? guess - 1 : wallMs >= Date.UTC(guess + 1, 0, 1) ? guess + 1 : guess;
  let month = 11;
  while (month > 0 && wallMs < Date.UTC(year, month, 1)) month -= 1;
  return { year, month };
}
