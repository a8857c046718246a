import fc from 'fast-check';
import { expect, test } from 'vitest';
import { budgetPeriodAt } from '../../src/select/budget-period.ts';

const dayMs = 86_400_000;
const anyMoment = fc.integer({ min: 0, max: Date.UTC(2200, 0, 1) });
const anyDay = fc.integer({ min: 1, max: 31 });

test('every moment lies in its period, which begins at midnight UTC of the reset day or of a shorter month’s last', () => {
  fc.assert(
    fc.property(anyMoment, anyDay, (wallMs, resetDay) => {
      const { from, to } = budgetPeriodAt(wallMs, resetDay);
      expect(from).toBeLessThanOrEqual(wallMs);
      expect(wallMs).toBeLessThan(to);
      for (const edge of [from, to]) {
        const at = new Date(edge);
        const lastDay = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate();
        expect(Math.abs(edge % dayMs)).toBe(0);
        expect(at.getUTCDate()).toBe(Math.min(resetDay, lastDay));
      }
      expect(to - from).toBeLessThanOrEqual(31 * dayMs);
    }),
  );
});

test('periods follow each other without a gap', () => {
  fc.assert(
    fc.property(anyMoment, anyDay, (wallMs, resetDay) => {
      const { from, to } = budgetPeriodAt(wallMs, resetDay);
      expect(budgetPeriodAt(to, resetDay).from).toBe(to);
      if (from > 0) expect(budgetPeriodAt(from - 1, resetDay).to).toBe(from);
    }),
  );
});

test.each([
  ['2026-11-20T12:00:00Z', 1, '2026-11-01', '2026-12-01'],
  ['2026-11-20T12:00:00Z', 25, '2026-10-25', '2026-11-25'],
  ['2026-01-10T00:00:00Z', 15, '2025-12-15', '2026-01-15'],
  ['2027-02-28T23:59:59Z', 31, '2027-02-28', '2027-03-31'],
  ['2028-02-29T00:00:00Z', 30, '2028-02-29', '2028-03-30'],
])('%s with the reset day %d lies between %s and %s', (moment, resetDay, from, to) => {
  const period = budgetPeriodAt(Date.parse(moment), resetDay);
  expect(period).toEqual({ from: Date.parse(from), to: Date.parse(to) });
});
