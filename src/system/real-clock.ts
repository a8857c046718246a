import type { Clock } from '../ports/clock.ts';
import { TimerWheel } from './timer-wheel.ts';

/**
 * The real clock: monotonic and wall time of the platform, timers on one coarse wheel.
 *
 * `stop` drops every timer and arms no more, so that nothing holds the process; `now` and `wall` go on. Never throws,
 * save for a delay that is no finite number.
 */
export function createRealClock(): Clock & { stop(): void } {
  const wheel = new TimerWheel();
  return {
    now: () => performance.now(),
    wall: () => Date.now(),
    after: (delayMs, run) => wheel.arm(delayMs, run),
    stop: () => wheel.stop(),
  };
}
