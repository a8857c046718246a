import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createRealClock } from '../../src/system/real-clock.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate', 'performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

type Step =
  | { readonly kind: 'arm'; readonly delay: number }
  | { readonly kind: 'cancel'; readonly which: number }
  | { readonly kind: 'wait'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('arm' as const), delay: fc.integer({ min: -5, max: 30_000 }) }),
  fc.record({ kind: fc.constant('cancel' as const), which: fc.nat(50) }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 15_000 }) }),
);

it('whatever is armed, cancelled and waited for, each timer fires once and in time, or was cancelled', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const clock = createRealClock();
      const timers: { due: number; fired: number[]; cancelled: boolean; cancel: () => void }[] = [];
      for (const one of steps) {
        if (one.kind === 'wait') vi.advanceTimersByTime(one.ms);
        else if (one.kind === 'arm') {
          const fired: number[] = [];
          const cancel = clock.after(one.delay, () => fired.push(clock.now()));
          timers.push({ due: clock.now() + Math.max(0, one.delay), fired, cancelled: false, cancel });
        } else {
          const timer = timers[one.which];
          timer?.cancel();
          if (timer?.fired.length === 0) timer.cancelled = true;
        }
      }
      vi.advanceTimersByTime(31_000);
      for (const timer of timers) {
        expect(timer.fired.length).toBe(timer.cancelled ? 0 : 1);
        for (const at of timer.fired) {
          expect(at).toBeGreaterThanOrEqual(timer.due);
          expect(at).toBeLessThanOrEqual(timer.due + 21);
        }
      }
      expect(vi.getTimerCount()).toBe(0);
      clock.stop();
    }),
    { numRuns: 300 },
  );
});
