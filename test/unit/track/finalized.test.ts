import { describe, expect, test } from 'vitest';
import type { FinalizedReading } from '../../../src/track/finality.ts';
import {
  type FinalizedInputs,
  type FinalizedState,
  type FinalizedStep,
  judgeFinalized,
  unknownFinalized,
} from '../../../src/track/finalized.ts';

type Read = number | FinalizedReading;

function inputs(reads: readonly Read[], overrides: Partial<FinalizedInputs> = {}): FinalizedInputs {
  const witnesses = reads
    .map((read, index) => ({
      name: String.fromCharCode(97 + index),
      head: typeof read === 'number' ? { height: read, reach: read } : read,
    }))
    .sort((a, b) => b.head.height - a.head.height);
  return {
    witnesses,
    configured: reads.length,
    tip: 1_000_000,
    bound: 100,
    disputed: undefined,
    cause: 'poll',
    ...overrides,
  };
}

function judge(state: FinalizedState, reads: readonly Read[], overrides: Partial<FinalizedInputs> = {}): FinalizedStep {
  return judgeFinalized(state, inputs(reads, overrides));
}

const at = (...reads: readonly Read[]): FinalizedState => judge(unknownFinalized, reads).state;

describe('the agreed finalized height', () => {
  test.each([
    ['one', [64], 64],
    ['two, one ahead', [96, 64], 96],
    ['two, one far ahead', [1_000_000, 64], 64],
    ['three, one ahead', [96, 64, 64], 64],
    ['three, one far ahead', [1_000_000, 64, 64], 64],
    ['three, one behind', [96, 96, 32], 96],
  ])('%s: %j agree on %i', (_, reads, height) => {
    expect(at(...reads).finalized).toBe(height);
  });

  test('it is never above the tip', () => {
    expect(judge(unknownFinalized, [64], { tip: 60 }).state.finalized).toBe(60);
  });

  test('nobody: what was agreed stands', () => {
    expect(judge(at(64), []).state.finalized).toBe(64);
  });

  test('a block that is disputed without a majority is not final yet', () => {
    expect(judge(at(64), [96, 96], { disputed: 96 }).state.finalized).toBe(95);
  });
});

describe('it never falls', () => {
  test('because the one ahead is gone and another is behind', () => {
    let state = at(96, 64);
    for (let poll = 0; poll < 20; poll += 1) {
      const step = judge(state, [], { configured: 2, witnesses: [{ name: 'b', head: { height: 64, reach: 64 } }] });
      expect(step).toMatchObject({ result: 'kept', state: { finalized: 96 } });
      state = step.state;
    }
  });

  test('because a third one joins that is behind', () => {
    let state = at(96, 64);
    for (let poll = 0; poll < 20; poll += 1) {
      const step = judge(state, [96, 64, 64]);
      expect(step).toMatchObject({ result: 'kept', state: { finalized: 96 } });
      state = step.state;
    }
  });

  test('because a head reckoned with stepped back a block', () => {
    let state = at({ height: 936, reach: 1000 });
    for (let poll = 0; poll < 20; poll += 1) {
      const step = judge(state, [{ height: 935, reach: 999 }]);
      expect(step).toMatchObject({ result: 'kept', state: { finalized: 936 } });
      state = step.state;
    }
  });

  test('unless it falls for three polls: then the store is set aside, once', () => {
    const first = judge(at(500), [3]);
    const second = judge(first.state, [3]);
    const third = judge(second.state, [4]);
    expect([first, second, third].map((step) => step.result)).toEqual(['kept', 'kept', 'set-aside']);
    expect(second.state.finalized).toBe(500);
    expect(third.state.finalized).toBe(4);
    expect(judge(third.state, [5]).result).toBe('kept');
  });

  test('with two witnesses it takes three polls of each', () => {
    let state = at(500, 500);
    const results = Array.from({ length: 6 }, () => {
      const step = judge(state, [3, 3]);
      state = step.state;
      return step.result;
    });
    expect(results).toEqual(['kept', 'kept', 'kept', 'kept', 'kept', 'set-aside']);
  });

  test('what is judged for other reasons than a poll does not count', () => {
    let state = at(500);
    for (let time = 0; time < 10; time += 1) state = judge(state, [3], { cause: 'other' }).state;
    expect(state.finalized).toBe(500);
  });

  test('a poll in between that stands begins the count anew', () => {
    const fallen = judge(judge(at(500), [3]).state, [3]).state;
    const back = judge(fallen, [500]).state;
    expect(judge(judge(back, [3]).state, [3]).result).toBe('kept');
  });

  test('one of two left, fallen below its own word, is enough', () => {
    let state = at(500, 500);
    const results = Array.from({ length: 3 }, () => {
      const step = judge(state, [3], { configured: 2 });
      state = step.state;
      return step.result;
    });
    expect(results.at(-1)).toBe('set-aside');
  });
});
