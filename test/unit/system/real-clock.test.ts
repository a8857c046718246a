import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRealClock } from '../../../src/system/real-clock.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate', 'performance', 'Date'] });
});

afterEach(() => {
  vi.useRealTimers();
});

describe('the real clock', () => {
  it('fires once, not before its delay and at most a slot after it', () => {
    const clock = createRealClock();
    const start = clock.now();
    const fired: number[] = [];
    for (const delay of [0, 1, 9, 10, 11, 250, 2_000])
      clock.after(delay, () => fired.push(clock.now() - start - delay));
    vi.advanceTimersByTime(5_000);
    expect(fired.length).toBe(7);
    for (const late of fired) {
      expect(late).toBeGreaterThanOrEqual(0);
      expect(late).toBeLessThanOrEqual(21);
    }
  });

  it('fires what is further away than the wheel is round', () => {
    const clock = createRealClock();
    const fired: string[] = [];
    clock.after(35_000, () => fired.push('far'));
    clock.after(100, () => fired.push('near'));
    vi.advanceTimersByTime(34_990);
    expect(fired).toEqual(['near']);
    vi.advanceTimersByTime(50);
    expect(fired).toEqual(['near', 'far']);
  });

  it('fires what is further away than the platform can count', () => {
    const clock = createRealClock();
    let fired = false;
    clock.after(30 * 86_400_000, () => {
      fired = true;
    });
    vi.advanceTimersByTime(29 * 86_400_000);
    expect(fired).toBe(false);
    vi.advanceTimersByTime(86_400_000 + 20);
    expect(fired).toBe(true);
  });

  it('fires in the order of due time, and of arming within a slot', () => {
    const clock = createRealClock();
    const fired: string[] = [];
    clock.after(300, () => fired.push('c'));
    clock.after(100, () => fired.push('a'));
    clock.after(100, () => fired.push('b'));
    vi.advanceTimersByTime(400);
    expect(fired).toEqual(['a', 'b', 'c']);
  });

  it('does not fire what was cancelled, not even by a timer of the same slot', () => {
    const clock = createRealClock();
    const fired: string[] = [];
    const cancels: (() => void)[] = [];
    clock.after(100, () => {
      fired.push('first');
      for (const cancel of cancels) cancel();
    });
    cancels.push(clock.after(100, () => fired.push('second')));
    cancels.push(clock.after(500, () => fired.push('third')));
    vi.advanceTimersByTime(1_000);
    expect(fired).toEqual(['first']);
  });

  it('takes a cancel twice, and after the fact', () => {
    const clock = createRealClock();
    let fired = 0;
    const cancel = clock.after(10, () => {
      fired += 1;
    });
    vi.advanceTimersByTime(100);
    cancel();
    cancel();
    clock.after(10, () => {
      fired += 1;
    });
    vi.advanceTimersByTime(100);
    expect(fired).toBe(2);
  });

  it('fires a timer that a timer arms, in a later slot', () => {
    const clock = createRealClock();
    let turns = 0;
    const again = (): void => {
      turns += 1;
      if (turns < 5) clock.after(0, again);
    };
    clock.after(0, again);
    vi.advanceTimersByTime(1_000);
    expect(turns).toBe(5);
  });

  it('lets the others have their turn when one throws', () => {
    const clock = createRealClock();
    let fired = false;
    clock.after(10, () => {
      throw new Error('a bug');
    });
    clock.after(10, () => {
      fired = true;
    });
    expect(() => vi.advanceTimersByTime(100)).toThrow('a bug');
    vi.advanceTimersByTime(100);
    expect(fired).toBe(true);
  });

  it('uses one timer of the platform for all, and none for nothing', () => {
    const clock = createRealClock();
    expect(vi.getTimerCount()).toBe(0);
    for (let i = 0; i < 1_000; i++) clock.after(i * 37, () => {});
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(40_000);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('an early cancel leaves the platform timer to wake once and rest', () => {
    const clock = createRealClock();
    clock.after(1_000, () => {})();
    vi.advanceTimersByTime(2_000);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('stops: nothing fires, nothing can be armed, and nothing holds the process', () => {
    const clock = createRealClock();
    let fired = false;
    const cancel = clock.after(10, () => {
      fired = true;
    });
    clock.stop();
    cancel();
    clock.after(10, () => {
      fired = true;
    })();
    vi.advanceTimersByTime(1_000);
    expect(fired).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('refuses a delay that is no finite number', () => {
    const clock = createRealClock();
    expect(() => clock.after(Number.NaN, () => {})).toThrow(RangeError);
    expect(() => clock.after(Number.POSITIVE_INFINITY, () => {})).toThrow(RangeError);
  });

  it('tells the wall time apart from the monotonic one', () => {
    const clock = createRealClock();
    const before = clock.now();
    vi.setSystemTime(new Date('2020-01-01T00:00:00Z'));
    expect(clock.wall()).toBe(Date.parse('2020-01-01T00:00:00Z'));
    expect(clock.now()).toBe(before);
  });
});
