import { describe, expect, test } from 'vitest';
import { ByteBudget, type Holder } from '../../../src/transport/byte-budget.ts';

/** Somebody who holds many bytes and gives them back when told. */
function heavy(budget: ByteBudget, bytes: number): Holder & { isShed: boolean } {
  const holder = {
    isShed: false,
    shed() {
      holder.isShed = true;
      budget.give(bytes);
    },
  };
  budget.take(bytes, holder);
  budget.enrol(holder);
  return holder;
}

describe('F-069 bytes that do not fit', () => {
  test('make the newest of those who hold many give way, as many as it takes', () => {
    const budget = new ByteBudget(100);
    const [first, second, third] = [heavy(budget, 40), heavy(budget, 30), heavy(budget, 30)];
    expect(budget.take(50)).toBe(true);
    expect([first.isShed, second.isShed, third.isShed]).toEqual([false, true, true]);
    expect(budget.held).toBe(90);
  });

  test('are refused to whoever is itself the newest', () => {
    const budget = new ByteBudget(100);
    const [older, newest] = [heavy(budget, 50), heavy(budget, 40)];
    expect(budget.take(20, newest)).toBe(false);
    expect([older.isShed, newest.isShed, budget.held]).toEqual([false, false, 90]);
    expect(budget.take(20, older)).toBe(true);
    expect(newest.isShed).toBe(true);
  });

  test('are refused where nobody could give way, or all together could not', () => {
    const budget = new ByteBudget(100);
    budget.take(60);
    const holder = heavy(budget, 40);
    budget.withdraw(holder);
    expect(budget.take(1)).toBe(false);
    budget.enrol(holder);
    expect(budget.take(101)).toBe(false);
    expect(holder.isShed).toBe(false);
  });
});
