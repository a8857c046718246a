import { describe, expect, test } from 'vitest';
import { type FinalTestimony, nextForks, noForks } from '../../../src/track/forks.ts';

const says = (who: string, height: number, hash: string): FinalTestimony => ({
  tracker: who,
  witness: who,
  height,
  hash,
});

describe('two endpoints disagree about a finalized hash (F-195)', () => {
  test('the minority is on another branch', () => {
    const state = nextForks(noForks, [says('a', 64, 'x'), says('b', 64, 'x'), says('c', 64, 'y')]);
    expect([...state.forked]).toEqual(['c']);
    expect(state.disputed).toBeUndefined();
  });

  test('one against one: nobody is condemned, the height is disputed', () => {
    const state = nextForks(noForks, [says('a', 64, 'x'), says('b', 64, 'y')]);
    expect(state).toEqual({ forked: new Set(), disputed: 64 });
  });

  test('two URLs of one operator are one voice, and no majority', () => {
    const twice = [says('a', 64, 'x'), { ...says('a2', 64, 'x'), witness: 'a' }, says('b', 64, 'y')];
    expect(nextForks(noForks, twice)).toEqual({ forked: new Set(), disputed: 64 });
  });

  test('different heights are not compared', () => {
    expect(nextForks(noForks, [says('a', 64, 'x'), says('b', 65, 'y')])).toEqual({ forked: new Set() });
  });

  test('two against two decide nothing', () => {
    const even = [says('a', 64, 'x'), says('b', 64, 'x'), says('c', 64, 'y'), says('d', 64, 'y')];
    expect(nextForks(noForks, even)).toEqual({ forked: new Set(), disputed: 64 });
  });

  test('a dispute stands at its lowest height until witnesses agree above it, or one is left', () => {
    const disputed = nextForks(noForks, [says('a', 64, 'x'), says('b', 64, 'y')]);
    expect(nextForks(disputed, [says('a', 96, 'x2'), says('b', 96, 'y2')]).disputed).toBe(64);
    expect(nextForks(disputed, [says('a', 96, 'x2'), says('b', 64, 'y')]).disputed).toBe(64);
    expect(nextForks(disputed, [says('a', 96, 'z'), says('b', 96, 'z')]).disputed).toBeUndefined();
    expect(nextForks(disputed, [says('a', 96, 'z')]).disputed).toBeUndefined();
  });

  test('who is on another branch stays so until a later block of its own agrees', () => {
    const condemned = nextForks(noForks, [says('a', 64, 'x'), says('b', 64, 'x'), says('c', 64, 'y')]);
    const silent = nextForks(condemned, [says('a', 96, 'z'), says('b', 96, 'z'), says('c', 64, 'y')]);
    expect([...silent.forked]).toEqual(['c']);
    const healed = nextForks(silent, [says('a', 96, 'z'), says('b', 96, 'z'), says('c', 96, 'z')]);
    expect([...healed.forked]).toEqual([]);
  });
});
