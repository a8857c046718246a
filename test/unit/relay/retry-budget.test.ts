import { describe, expect, test } from 'vitest';
import { createRetryBudget, type RetryBudget } from '../../../src/relay/retry-budget.ts';

function noteCalls(budget: RetryBudget, count: number, now: number): void {
  for (let i = 0; i < count; i += 1) budget.noteCall(now);
}

function takeAll(budget: RetryBudget, now: number): number {
  let taken = 0;
  while (budget.take(now)) taken += 1;
  return taken;
}

describe('retries', () => {
  test('are allowed for 20 % of the calls', () => {
    const budget = createRetryBudget();
    noteCalls(budget, 1000, 5000);
    expect(budget.remaining(5000)).toBe(200);
    expect(takeAll(budget, 5000)).toBe(200);
    expect(budget.remaining(5000)).toBe(0);
  });

  test('are allowed ten times per second, however few calls there were', () => {
    const budget = createRetryBudget();
    for (const now of [1000, 2000, 3000]) expect(takeAll(budget, now)).toBe(10);
  });

  test('count for thirty seconds, and so do calls', () => {
    const budget = createRetryBudget();
    noteCalls(budget, 1000, 1000);
    expect(takeAll(budget, 1000)).toBe(200);
    expect(takeAll(budget, 30_999)).toBe(10);
    noteCalls(budget, 1000, 31_000);
    expect(budget.remaining(31_000)).toBe(190);
  });

  test('of the past are forgotten after a long silence', () => {
    const budget = createRetryBudget();
    noteCalls(budget, 1000, 1000);
    expect(budget.remaining(1_000_000)).toBe(10);
  });

  test('at 100 % failures add no more than a fifth of the calls, above the floor (G10)', () => {
    const budget = createRetryBudget();
    let retries = 0;
    const seconds = 120;
    for (let now = 0; now < seconds * 1000; now += 2) {
      budget.noteCall(now);
      if (budget.take(now)) retries += 1;
    }
    expect(retries).toBeLessThanOrEqual(0.2 * seconds * 500);
    expect(retries).toBeGreaterThan(0.19 * seconds * 500);
  });
});

describe('hedges', () => {
  test('are allowed for 5 % of the calls, and have no floor', () => {
    const budget = createRetryBudget();
    noteCalls(budget, 19, 1000);
    expect(budget.takeHedge(1000)).toBe(false);
    noteCalls(budget, 1, 1000);
    expect(budget.takeHedge(1000)).toBe(true);
    expect(budget.takeHedge(1000)).toBe(false);
  });

  test('take nothing from retries', () => {
    const budget = createRetryBudget();
    noteCalls(budget, 100, 1000);
    expect(budget.takeHedge(1000)).toBe(true);
    expect(budget.remaining(1000)).toBe(20);
  });
});
