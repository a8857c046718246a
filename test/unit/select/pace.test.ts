import { describe, expect, test } from 'vitest';
import { Pace } from '../../../src/select/pace.ts';
import { buildUpstream } from '../../support/build-pairing.ts';

describe('an upstream that asked us to slow down', () => {
  const heldOff = buildUpstream(0, { heldOff: { until: 60_000, reason: 'retry-after' } });

  test('may be asked at once, then once per second', () => {
    const pace = new Pace(1);
    expect(pace.lastResortWaitMs(0, 5000)).toBe(0);
    pace.sent(heldOff, 5000);
    expect(pace.lastResortWaitMs(0, 5400)).toBe(600);
    expect(pace.lastResortWaitMs(0, 6000)).toBe(0);
  });

  test('is not paced by what was sent after its hold-off ended', () => {
    const pace = new Pace(1);
    pace.sent(heldOff, 60_000);
    expect(pace.lastResortWaitMs(0, 60_000)).toBe(0);
  });
});

describe('an admitted rate', () => {
  const slowed = buildUpstream(0, { admittedRate: 5 });

  test('lets through a second worth at once, then its rate', () => {
    const pace = new Pace(1);
    let sent = 0;
    for (let now = 1000; now < 11_000; now += 10) {
      if (pace.rateWaitMs(slowed, now) > 0) continue;
      pace.sent(slowed, now);
      sent += 1;
    }
    expect(sent).toBeGreaterThanOrEqual(5 + 49);
    expect(sent).toBeLessThanOrEqual(5 + 51);
  });

  test('says when the next call is due', () => {
    const pace = new Pace(1);
    for (let i = 0; i < 5; i += 1) pace.sent(slowed, 1000);
    expect(pace.rateWaitMs(slowed, 1000)).toBeCloseTo(200);
    expect(pace.rateWaitMs(slowed, 1150)).toBeCloseTo(50);
    expect(pace.rateWaitMs(slowed, 1201)).toBe(0);
  });

  test('below one per second still lets a call through now and then', () => {
    const crawling = buildUpstream(0, { admittedRate: 0.5 });
    const pace = new Pace(1);
    pace.sent(crawling, 1000);
    expect(pace.rateWaitMs(crawling, 2000)).toBeCloseTo(1000);
    expect(pace.rateWaitMs(crawling, 3001)).toBe(0);
  });

  test('of nothing at all is waited for a finite time', () => {
    const stopped = buildUpstream(0, { admittedRate: 0 });
    const pace = new Pace(1);
    pace.sent(stopped, 1000);
    expect(Number.isFinite(pace.rateWaitMs(stopped, 1000))).toBe(true);
  });

  test('is no matter where there is none', () => {
    expect(new Pace(1).rateWaitMs(buildUpstream(0), 1000)).toBe(0);
  });
});

describe('a blocked upstream', () => {
  test('starts with room for few calls, gains one per good answer, and falls back with a failure', () => {
    const pace = new Pace(2);
    const first = pace.room(0);
    expect(first).toBeGreaterThanOrEqual(1);
    for (let i = 0; i < 5; i += 1) pace.answered(0);
    expect(pace.room(0)).toBe(first + 5);
    expect(pace.room(1)).toBe(first);
    pace.failed(0);
    expect(pace.room(0)).toBe(first);
  });
});
