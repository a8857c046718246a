import { describe, expect, test } from 'vitest';
import { judgeStandpoint, type StandpointInputs, unknownStandpoint } from '../../../src/track/standpoint.ts';
import { ethereumPolicy, fastPolicy, head } from './builders.ts';

function inputs(
  height: number | undefined,
  tip: number | undefined,
  overrides: Partial<StandpointInputs> = {},
): StandpointInputs {
  const state = height === undefined ? { movedAt: 0, doubted: 0 } : { head: head(height), movedAt: 0, doubted: 0 };
  return { head: state, kind: 'single', tip, pollMs: 10_000, now: 0, ...overrides };
}

const judge = (of: StandpointInputs, prev = unknownStandpoint) => judgeStandpoint(prev, of, ethereumPolicy);

describe('lag', () => {
  test('an unknown head is neither behind nor ahead', () => {
    expect(judge(inputs(undefined, 100))).toEqual({ lagging: false, outlier: false });
    expect(judge(inputs(100, undefined))).toEqual({ lagging: false, outlier: false });
  });

  test('up to the limit it is not lagging, beyond it is (F-182)', () => {
    expect(judge(inputs(98, 100))).toMatchObject({ lagging: false, lag: 2 });
    expect(judge(inputs(97, 100))).toMatchObject({ lagging: true, lag: 3 });
  });

  test('a pool may lag twice as far', () => {
    expect(judge(inputs(96, 100, { kind: 'pool' })).lagging).toBe(false);
    expect(judge(inputs(95, 100, { kind: 'pool' })).lagging).toBe(true);
  });

  test('what the chain made since the head was read is nobody’s lag, but no more than one poll’s worth', () => {
    const fast = (now: number) =>
      judgeStandpoint(unknownStandpoint, inputs(100, 125, { now, pollMs: 15_000 }), fastPolicy);
    expect(fast(0).lagging).toBe(true);
    expect(fast(15_000).lagging).toBe(false);
    expect(
      judgeStandpoint(unknownStandpoint, inputs(100, 126, { now: 60_000, pollMs: 15_000 }), fastPolicy).lagging,
    ).toBe(true);
  });

  test('slightly ahead lags nobody and is no outlier', () => {
    expect(judge(inputs(101, 100))).toEqual({ lagging: false, outlier: false, lag: 0 });
  });

  test('above the tip by more than the bound is an outlier', () => {
    expect(judge(inputs(200, 100)).outlier).toBe(false);
    expect(judge(inputs(201, 100)).outlier).toBe(true);
  });
});

describe('since when it is behind', () => {
  test('from when the tip passed it', () => {
    const level = judge(inputs(100, 100, { now: 5 }));
    expect(level.behindSince).toBeUndefined();
    const passed = judge(inputs(100, 101, { now: 7 }), level);
    expect(passed.behindSince).toBe(7);
    expect(judge(inputs(100, 140, { now: 9 }), passed).behindSince).toBe(7);
  });

  test('a head that moves while behind does not stand still', () => {
    const passed = judge(inputs(100, 110, { now: 7 }));
    const moved = inputs(105, 111, { now: 20, head: { head: head(105), movedAt: 19, doubted: 0 } });
    expect(judge(moved, passed).behindSince).toBe(19);
  });

  test('caught up is caught up', () => {
    const passed = judge(inputs(100, 110, { now: 7 }));
    expect(judge(inputs(110, 110, { now: 8 }), passed).behindSince).toBeUndefined();
  });
});
