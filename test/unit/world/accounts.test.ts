import { describe, expect, test } from 'vitest';
import type { AccountSettings, MonthlyBudget } from '../../../src/model/account.ts';
import type { GatewayEvent } from '../../../src/model/events.ts';
import { createMemoryStore } from '../../../src/store/memory-store.ts';
import { Accounts } from '../../../src/world/accounts.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

/** The virtual wall clock begins in November. */
const budget: MonthlyBudget = { unit: 'calls', limit: 100, resetDay: 1, whenSpent: 'stop' };

function openAccounts(settings: readonly AccountSettings[], store = createMemoryStore()) {
  const clock = createVirtualClock();
  const events: GatewayEvent[] = [];
  let holds = 0;
  const accounts = new Accounts(settings, { clock, store, emit: (event) => void events.push(event) });
  accounts.tell(() => {
    holds += 1;
  });
  const spend = (name: string, calls: number): void => {
    for (let at = 0; at < calls; at += 1) accounts.of(name)?.charge('client', 10);
  };
  const levels = (): readonly unknown[] => events.map((event) => ('level' in event ? event.level : event.kind));
  return { accounts, clock, store, spend, levels, holds: () => holds };
}

describe('an account with a budget', () => {
  test('is told of when a level is crossed, and holds its endpoints back when nothing is left', () => {
    const { accounts, spend, levels, holds } = openAccounts([{ name: 'vendor', budget }]);
    spend('vendor', 79);
    expect([levels(), holds(), accounts.of('vendor')?.hold()]).toEqual([[], 0, undefined]);
    spend('vendor', 1);
    expect(levels()).toEqual([0.8]);
    spend('vendor', 20);
    expect(levels()).toEqual([0.8, 0.95, 1]);
    expect(holds()).toBe(1);
    expect(accounts.of('vendor')?.hold()).toMatchObject({ floor: 'closed' });
    spend('vendor', 50);
    expect(levels()).toHaveLength(3);
  });

  test('tells one level where several are crossed at once', () => {
    const { spend, levels } = openAccounts([{ name: 'vendor', budget: { ...budget, unit: 'cost', limit: 10 } }]);
    spend('vendor', 1);
    expect(levels()).toEqual([1]);
  });

  test('holds back until its month is over, by the monotonic clock', () => {
    const { accounts, clock, spend } = openAccounts([{ name: 'vendor', budget }]);
    spend('vendor', 100);
    const end = Date.UTC(2023, 11, 1);
    expect(accounts.of('vendor')?.hold()?.until).toBe(clock.now() + end - clock.wall());
  });

  test('begins anew with its month, and lets its endpoints go', () => {
    const { accounts, clock, spend, levels, holds } = openAccounts([{ name: 'vendor', budget }]);
    spend('vendor', 100);
    clock.jumpWall(Date.UTC(2023, 11, 1) - clock.wall());
    clock.advance(1000);
    expect(levels().at(-1)).toBe('budget-renewed');
    expect([accounts.of('vendor')?.hold(), holds()]).toEqual([undefined, 2]);
    expect(accounts.statuses()).toMatchObject([{ budget: { spent: 0, remainingRatio: 1 } }]);
  });

  test('lets its endpoints go when a reload allows more, and holds them when it allows less', () => {
    const { accounts, spend, levels, holds } = openAccounts([{ name: 'vendor', budget }]);
    spend('vendor', 100);
    accounts.take([{ name: 'vendor', budget: { ...budget, limit: 1000 } }]);
    expect([accounts.of('vendor')?.hold(), holds()]).toEqual([undefined, 2]);
    accounts.take([{ name: 'vendor', budget: { ...budget, limit: 50 } }]);
    expect(accounts.of('vendor')?.hold()).toMatchObject({ floor: 'closed' });
    expect(levels()).toEqual([0.8, 0.95, 1, 1]);
  });

  test('is stored within half a second, and goes on in the next process', () => {
    const first = openAccounts([{ name: 'vendor', budget }]);
    first.spend('vendor', 90);
    first.clock.advance(500);
    const next = openAccounts([{ name: 'vendor', budget }], first.store);
    expect(next.accounts.statuses()).toMatchObject([{ budget: { spent: 90, spentBy: { client: 90 } } }]);
    next.spend('vendor', 5);
    expect(next.levels()).toEqual([0.95]);
  });

  test('is stored to the last call where the process ends in order', () => {
    const first = openAccounts([{ name: 'vendor', budget }]);
    first.spend('vendor', 7);
    first.accounts.close();
    const next = openAccounts([{ name: 'vendor', budget }], first.store);
    expect(next.accounts.statuses()).toMatchObject([{ budget: { spent: 7 } }]);
  });

  test('that a reload takes away and another brings back has spent what it had', () => {
    const { accounts, spend } = openAccounts([{ name: 'vendor', budget }]);
    spend('vendor', 30);
    accounts.take([]);
    expect(accounts.of('vendor')).toBeUndefined();
    accounts.take([{ name: 'vendor', budget }]);
    expect(accounts.statuses()).toMatchObject([{ budget: { spent: 30, remainingRatio: 0.7 } }]);
  });

  test('does not count for another', () => {
    const { accounts, spend } = openAccounts([
      { name: 'vendor', budget },
      { name: 'ethereum/own', budget },
    ]);
    spend('vendor', 100);
    expect(accounts.of('ethereum/own')?.hold()).toBeUndefined();
    expect(accounts.statuses().map(({ budget: left }) => left?.spent)).toEqual([100, 0]);
  });
});

test('accounts without a budget keep no clock running', () => {
  const { clock } = openAccounts([{ name: 'vendor', rate: { callsPerSecond: 5, burst: 5 } }]);
  expect(clock.pending()).toBe(0);
});

test('an account without limits is nobody', () => {
  expect(openAccounts([]).accounts.of(undefined)).toBeUndefined();
});
