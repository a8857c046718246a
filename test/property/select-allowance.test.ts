import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Allowance } from '../../src/select/allowance.ts';

const anyRate = fc.record({
  callsPerSecond: fc.integer({ min: 1, max: 500 }),
  burst: fc.integer({ min: 1, max: 500 }),
});
/** Milliseconds from one moment to the next, and whether something is to be sent in it. */
const anyMoments = fc.array(
  fc.record({ restMs: fc.integer({ min: 0, max: 700 }), wish: fc.constantFrom('nothing', 'a call', 'a poll') }),
  { maxLength: 300 },
);

interface SentCall {
  readonly at: number;
  /** Within the rate, or as the one call per second of a last resort. */
  readonly by: 'rate' | 'floor';
}

/** Sends whatever may be sent: by the rate, else as a last resort. */
function walk(rate: { callsPerSecond: number; burst: number }, moments: Moments): readonly SentCall[] {
  const allowance = new Allowance({ rate });
  const sent: SentCall[] = [];
  let now = 1000;
  for (const { restMs, wish } of moments) {
    now += restMs;
    if (wish === 'nothing') continue;
    if (wish === 'a poll') {
      allowance.sent('ours', now);
      continue;
    }
    const by = allowance.rateWaitMs(now) === 0 ? 'rate' : allowance.floorWaitMs(now) === 0 ? 'floor' : undefined;
    if (by === undefined) continue;
    sent.push({ at: now, by });
    allowance.sent('clients', now);
  }
  return sent;
}

type Moments = readonly { readonly restMs: number; readonly wish: 'nothing' | 'a call' | 'a poll' }[];

test('in no span of time more calls go out by a rate than its burst and what it grew by', () => {
  fc.assert(
    fc.property(anyRate, anyMoments, (rate, moments) => {
      const times = walk(rate, moments).flatMap(({ at, by }) => (by === 'rate' ? [at] : []));
      for (const [first, from] of times.entries()) {
        for (const [count, to] of times.slice(first).entries()) {
          const most = rate.burst + ((to - from) / 1000) * rate.callsPerSecond;
          expect(count + 1).toBeLessThanOrEqual(most + 1e-6);
        }
      }
    }),
  );
});

test('over the rate one call per second goes out and no more', () => {
  fc.assert(
    fc.property(anyRate, anyMoments, (rate, moments) => {
      const floors = walk(rate, moments).flatMap(({ at, by }) => (by === 'floor' ? [at] : []));
      for (const [at, time] of floors.slice(1).entries()) expect(time - (floors[at] ?? 0)).toBeGreaterThanOrEqual(1000);
    }),
  );
});

test('a wait that was waited out is over', () => {
  fc.assert(
    fc.property(anyRate, fc.integer({ min: 1, max: 600 }), (rate, calls) => {
      const allowance = new Allowance({ rate });
      for (let at = 0; at < calls; at += 1) allowance.sent('clients', 1000);
      const waitMs = allowance.rateWaitMs(1000);
      expect(allowance.rateWaitMs(1000 + waitMs + 1e-6)).toBeLessThan(1e-3);
      expect(waitMs).toBeLessThanOrEqual(1000 / rate.callsPerSecond + 1e-6);
    }),
  );
});
