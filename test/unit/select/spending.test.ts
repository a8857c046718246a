import { describe, expect, test } from 'vitest';
import { levelOf, Spending } from '../../../src/select/spending.ts';

const november = Date.UTC(2026, 10, 1);
const december = Date.UTC(2026, 11, 1);

function spent(): Spending {
  const spending = new Spending();
  spending.passTo(november + 1000, november);
  spending.add('client', 5);
  spending.add('client', 5);
  spending.add('poll', 1);
  return spending;
}

describe('what is spent', () => {
  test('is counted by purpose, in calls and in cost units', () => {
    const spending = spent();
    expect([spending.total('calls'), spending.total('cost')]).toEqual([3, 11]);
    expect(spending.by('calls')).toEqual({ client: 2, poll: 1 });
    expect(spending.by('cost')).toEqual({ client: 10, poll: 1 });
  });

  test('is nothing when a month begins, once', () => {
    const spending = spent();
    expect(spending.passTo(december - 1, november)).toBe('kept');
    expect(spending.total('calls')).toBe(3);
    expect(spending.passTo(december, december)).toBe('renewed');
    expect([spending.total('calls'), spending.by('cost')]).toEqual([0, {}]);
    spending.add('client', 1);
    expect(spending.passTo(december + 500, december)).toBe('kept');
    expect(spending.total('calls')).toBe(1);
  });

  test('F-167: is not paid back by a clock that goes back, nor by another reset day', () => {
    const spending = spent();
    const october = Date.UTC(2026, 9, 1);
    expect(spending.passTo(november - 3_600_000, october)).toBe('kept');
    expect(spending.total('calls')).toBe(3);
    const now = november + 20 * 86_400_000;
    const other = spent();
    other.passTo(now, november);
    expect(other.passTo(now, november + 14 * 86_400_000)).toBe('kept');
    expect(other.total('calls')).toBe(3);
  });

  test('is spent still in the next process, and nothing more once a month began between them', () => {
    const row = JSON.parse(JSON.stringify(spent().row()));
    const next = new Spending(row);
    expect(next.passTo(november + 5000, november)).toBe('kept');
    expect([next.total('calls'), next.total('cost'), next.by('calls')]).toEqual([3, 11, { client: 2, poll: 1 }]);
    const late = new Spending(row);
    expect(late.passTo(december + 5000, december)).toBe('renewed');
    expect(late.total('calls')).toBe(0);
  });

  test.each([
    undefined,
    null,
    7,
    'row',
    [],
    {},
    { version: 2, calls: { client: 5 } },
    { version: 1, calls: { client: -5, poll: 'x', nobody: 7, probe: Number.NaN }, cost: 7 },
  ])('F-226: of a row that makes no sense is nothing: %j', (row) => {
    const spending = new Spending(row);
    expect([spending.total('calls'), spending.total('cost'), spending.by('calls')]).toEqual([0, 0, {}]);
  });
});

test.each([
  [0, 0],
  [799, 0],
  [800, 0.8],
  [949, 0.8],
  [950, 0.95],
  [999, 0.95],
  [1000, 1],
  [5000, 1],
])('of a budget of 1000, %d reaches the level %d', (amount, level) => {
  expect(levelOf(amount, 1000)).toBe(level);
});
