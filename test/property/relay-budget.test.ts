import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRetryBudget } from '../../src/relay/retry-budget.ts';

interface Entry {
  readonly second: number;
  readonly kind: 'call' | 'retry' | 'hedge';
}

const anyMoment = fc.record({
  waitMs: fc.oneof(fc.integer({ min: 0, max: 1500 }), fc.constantFrom(0, 0, 29_000, 31_000, 100_000)),
  calls: fc.integer({ min: 0, max: 120 }),
  retries: fc.integer({ min: 0, max: 30 }),
  hedges: fc.integer({ min: 0, max: 5 }),
});

test('the budget of any history equals what a list of everything that happened says', () => {
  fc.assert(
    fc.property(fc.array(anyMoment, { maxLength: 25 }), (moments) => {
      const budget = createRetryBudget();
      const history: Entry[] = [];
      let now = 1000;
      for (const moment of moments) {
        now += moment.waitMs;
        const second = Math.floor(now / 1000);
        const within = (kind: Entry['kind'], seconds: number) =>
          history.filter((entry) => entry.kind === kind && entry.second > second - seconds).length;
        for (let i = 0; i < moment.calls; i += 1) {
          budget.noteCall(now);
          history.push({ second, kind: 'call' });
        }
        for (let i = 0; i < moment.retries; i += 1) {
          const isAllowed = within('retry', 30) + 1 <= within('call', 30) * 0.2 || within('retry', 1) < 10;
          expect(budget.remaining(now) >= 1).toBe(isAllowed);
          expect(budget.take(now)).toBe(isAllowed);
          if (isAllowed) history.push({ second, kind: 'retry' });
        }
        for (let i = 0; i < moment.hedges; i += 1) {
          const isAllowed = within('hedge', 30) + 1 <= within('call', 30) * 0.05;
          expect(budget.takeHedge(now)).toBe(isAllowed);
          if (isAllowed) history.push({ second, kind: 'hedge' });
        }
      }
    }),
    { numRuns: 200 },
  );
});
