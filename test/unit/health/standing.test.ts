import { describe, expect, test } from 'vitest';
import { type Course, nextStanding, type StandingEvent } from '../../../src/health/standing.ts';
import { buildHealthPolicy } from '../../support/build-health.ts';

const rules = { key: 'testnet/p0/json-rpc', policy: buildHealthPolicy() };
const unproven: Course = { standing: { kind: 'unproven', since: 0 }, trips: 0, tripsAt: 0 };
const serving: Course = { ...unproven, standing: { kind: 'serving', since: 0 } };

function walk(course: Course, ...events: readonly StandingEvent[]): Course {
  return events.reduce((next, event) => nextStanding(next, event, rules), course);
}

function trippedAt(at: number, from: Course = serving): Course {
  return walk(from, { kind: 'tripped', at, reason: 'error-rate', detail: 'too many' });
}

function passed(at: number): StandingEvent {
  return { kind: 'probe-passed', at };
}

function failedProbe(at: number, turn: 'scheduled' | 'extra' = 'scheduled'): StandingEvent {
  return { kind: 'probe-failed', at, detail: 'timed out', turn };
}

describe('unproven', () => {
  test('serves after one clean probe', () => {
    expect(walk(unproven, passed(5)).standing).toEqual({ kind: 'serving', since: 5 });
  });

  test('is blocked by a failed first probe, which is no trip', () => {
    const { standing, trips } = walk(unproven, failedProbe(5));
    expect(standing).toMatchObject({
      kind: 'blocked',
      reason: 'failed-first-probe',
      nextProbeAt: 2005,
      failedProbes: 0,
    });
    expect(trips).toBe(0);
  });

  test('moves for nothing else: answers, polls, failures, epochs, time, other trips', () => {
    const others: readonly StandingEvent[] = [
      { kind: 'answered', at: 9, clean: 100 },
      { kind: 'poll-answered', at: 9 },
      { kind: 'failed', at: 9, detail: 'x' },
      { kind: 'epoch-started', at: 9 },
      { kind: 'time-passed', at: 1e9 },
      { kind: 'tripped', at: 9, reason: 'failed-polls', detail: 'x' },
      { kind: 'probe-told-nothing', at: 9 },
      { kind: 'healed', at: 9 },
    ];
    for (const event of others) expect(walk(unproven, event)).toBe(unproven);
  });

  test('F-177: is blocked by a wrong identity', () => {
    const { standing } = walk(unproven, { kind: 'tripped', at: 3, reason: 'wrong-identity', detail: 'chain 5' });
    expect(standing).toMatchObject({ kind: 'blocked', reason: 'wrong-identity', detail: 'chain 5' });
  });
});

describe('serving', () => {
  test('is blocked by a trip, which counts and sets the first probe', () => {
    expect(trippedAt(1000)).toEqual({
      standing: {
        kind: 'blocked',
        since: 1000,
        reason: 'error-rate',
        detail: 'too many',
        nextProbeAt: 3000,
        failedProbes: 0,
        cleanProbes: 0,
      },
      trips: 1,
      tripsAt: 1000,
    });
  });

  test('does not move for probes, answers, single failures or time', () => {
    const others: readonly StandingEvent[] = [
      passed(9),
      failedProbe(9),
      { kind: 'answered', at: 9, clean: 3 },
      { kind: 'failed', at: 9, detail: 'x' },
      { kind: 'time-passed', at: 1e12 },
    ];
    for (const event of others) expect(walk(serving, event)).toBe(serving);
  });
});

describe('blocked', () => {
  test('B1, B6: leads to probation by two clean probes, 2 s apart, with no traffic at all', () => {
    const once = walk(trippedAt(0), passed(2000));
    expect(once.standing).toMatchObject({ kind: 'blocked', cleanProbes: 1, nextProbeAt: 4000 });
    expect(walk(once, passed(4000)).standing).toMatchObject({ kind: 'probation', step: 0, stepSince: 4000 });
  });

  test('a failed probe in between starts the count anew and goes on with the schedule', () => {
    const course = walk(trippedAt(0), failedProbe(2000), passed(6000), failedProbe(8000));
    expect(course.standing).toMatchObject({ kind: 'blocked', cleanProbes: 0, failedProbes: 2, nextProbeAt: 16_000 });
    expect(walk(course, passed(16_000)).standing.kind).toBe('blocked');
  });

  test('an extra probe that fails does not lengthen the schedule', () => {
    const course = walk(trippedAt(0), failedProbe(500, 'extra'), failedProbe(900, 'extra'));
    expect(course.standing).toMatchObject({ failedProbes: 0, nextProbeAt: 2000 });
  });

  test('a probe that could tell nothing waits one interval and keeps its place', () => {
    const course = walk(trippedAt(0), failedProbe(2000), { kind: 'probe-told-nothing', at: 6000 });
    expect(course.standing).toMatchObject({ kind: 'blocked', failedProbes: 1, nextProbeAt: 10_000 });
  });

  test('no answer, poll, epoch or length of time unblocks', () => {
    const blocked = trippedAt(0);
    const others: readonly StandingEvent[] = [
      { kind: 'answered', at: 9, clean: 1000 },
      { kind: 'poll-answered', at: 9 },
      { kind: 'epoch-started', at: 9 },
      { kind: 'time-passed', at: 1e12 },
      { kind: 'healed', at: 9 },
    ];
    for (const event of others) expect(walk(blocked, event).standing).toEqual(blocked.standing);
  });

  test('another trip changes nothing, save that a wrong identity becomes the reason', () => {
    const blocked = trippedAt(0);
    expect(trippedAt(500, blocked)).toBe(blocked);
    const wrong = walk(blocked, passed(10), { kind: 'tripped', at: 20, reason: 'wrong-identity', detail: 'chain 5' });
    expect(wrong.standing).toMatchObject({ kind: 'blocked', since: 0, reason: 'wrong-identity', cleanProbes: 0 });
    expect(wrong.trips).toBe(1);
  });
});

describe('probation', () => {
  const probation = walk(trippedAt(0), passed(2000), passed(4000));

  function clean(at: number, answers: number): StandingEvent {
    return { kind: 'answered', at, clean: answers };
  }

  test('F-162: a step is 10 clean answers and 10 s; two steps lead to a full share', () => {
    const early = walk(probation, clean(5000, 50));
    expect(early.standing).toMatchObject({ step: 0, clean: 50 });
    const second = walk(early, clean(14_000, 1));
    expect(second.standing).toMatchObject({ kind: 'probation', step: 1, stepSince: 14_000, clean: 0 });
    expect(walk(second, clean(20_000, 9), { kind: 'time-passed', at: 24_000 }).standing.kind).toBe('probation');
    expect(walk(second, clean(20_000, 10), { kind: 'time-passed', at: 24_000 }).standing).toEqual({
      kind: 'serving',
      since: 24_000,
    });
  });

  test('F-162: a quiet chain passes by three clean polls a step', () => {
    const poll = (at: number): StandingEvent => ({ kind: 'poll-answered', at });
    const second = walk(probation, poll(8000), poll(11_000), poll(14_000));
    expect(second.standing).toMatchObject({ step: 1 });
    expect(walk(second, poll(18_000), poll(21_000), poll(24_000)).standing.kind).toBe('serving');
  });

  test('polls between answers are no sign of a quiet chain', () => {
    const poll = (at: number): StandingEvent => ({ kind: 'poll-answered', at });
    const mixed = walk(probation, poll(8000), poll(11_000), clean(12_000, 1), poll(14_000), poll(15_000));
    expect(mixed.standing).toMatchObject({ step: 0, clean: 1, cleanPolls: 2 });
  });

  test('a blamed failure goes one step back', () => {
    const second = walk(probation, clean(14_000, 10));
    const back = walk(second, { kind: 'failed', at: 15_000, detail: 'HTTP 500' });
    expect(back.standing).toMatchObject({ kind: 'probation', step: 0, stepSince: 15_000, clean: 0 });
    expect(back.trips).toBe(1);
  });

  test('F-163: at the first step a failure blocks, as one more trip, with the interval doubled', () => {
    const { standing, trips } = walk(probation, { kind: 'failed', at: 5000, detail: 'HTTP 500' });
    expect(standing).toMatchObject({
      kind: 'blocked',
      reason: 'failed-probation',
      detail: 'HTTP 500',
      nextProbeAt: 9000,
    });
    expect(trips).toBe(2);
  });

  test('a trip blocks from any step', () => {
    expect(trippedAt(15_000, walk(probation, clean(14_000, 10))).standing).toMatchObject({
      kind: 'blocked',
      reason: 'error-rate',
    });
  });
});

describe('quarantined', () => {
  const convicted: StandingEvent = { kind: 'convicted', at: 50, evidence: 'e1' };

  test('any standing can be convicted', () => {
    for (const course of [unproven, serving, trippedAt(0), walk(trippedAt(0), passed(1), passed(2))])
      expect(walk(course, convicted).standing).toEqual({ kind: 'quarantined', since: 50, evidence: 'e1' });
  });

  test('only a published heal operation ends it, and it ends in probation', () => {
    const course = walk(serving, convicted);
    const others: readonly StandingEvent[] = [passed(60), failedProbe(61), { kind: 'time-passed', at: 1e12 }];
    for (const event of others) expect(walk(course, event)).toBe(course);
    expect(trippedAt(70, course)).toBe(course);
    expect(walk(course, { kind: 'healed', at: 80 }).standing).toMatchObject({ kind: 'probation', step: 0, since: 80 });
  });

  test('healing what is not quarantined does nothing', () => {
    expect(walk(serving, { kind: 'healed', at: 80 })).toBe(serving);
  });
});

describe('trips', () => {
  const minute = 60_000;

  test('decay by one per 15 min without a trip', () => {
    const course: Course = { ...serving, trips: 3, tripsAt: 0 };
    const after = (ms: number): number => walk(course, { kind: 'time-passed', at: ms }).trips;
    expect([14, 15, 29, 30, 45, 600].map((minutes) => after(minutes * minute))).toEqual([3, 2, 2, 1, 0, 0]);
  });

  test('a trip starts the wait for the next decay anew', () => {
    const course = trippedAt(14 * minute, { ...serving, trips: 1, tripsAt: 0 });
    expect(walk(course, { kind: 'time-passed', at: 28 * minute }).trips).toBe(2);
    expect(walk(course, { kind: 'time-passed', at: 29 * minute }).trips).toBe(1);
  });

  test('decay by one at an epoch, never below none', () => {
    expect(walk({ ...serving, trips: 2 }, { kind: 'epoch-started', at: 5 }).trips).toBe(1);
    expect(walk(serving, { kind: 'epoch-started', at: 5 })).toBe(serving);
  });
});
