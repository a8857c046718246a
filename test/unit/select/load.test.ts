import { describe, expect, test } from 'vitest';
import { createLoad, type Load } from '../../../src/select/load.ts';
import type { OpenSend } from '../../../src/select/open-send.ts';
import { buildUpstream } from '../../support/build-pairing.ts';

const upstream = buildUpstream(0);

function begin(load: Load, now: number, method = 'read'): OpenSend {
  return load.begin(upstream, load.seriesOf(method, 'light'), now);
}

/** Calls answered well after `ms` each, one after the other from `now` on; returns when the last one came. */
function answers(load: Load, from: number, { ms = 20, count = 30 } = {}): number {
  let now = from;
  for (let i = 0; i < count; i += 1) {
    const send = begin(load, now);
    now += ms;
    load.end(send, 'good', now);
  }
  return now;
}

describe('calls in flight', () => {
  test('are counted from begin to end, whatever the ending', () => {
    const load = createLoad(1);
    const sends = [begin(load, 1000), begin(load, 1000), begin(load, 1000), begin(load, 1000)];
    expect(load.inFlight(0)).toBe(4);
    const [good, failed, neutral, cancelled] = sends;
    if (good) load.end(good, 'good', 1010);
    if (failed) load.end(failed, 'failed', 1010);
    if (neutral) load.end(neutral, 'neutral', 1010);
    if (cancelled) load.end(cancelled, 'cancelled', 1010);
    expect(load.inFlight(0)).toBe(0);
  });

  test('are counted once where a send is ended twice', () => {
    const load = createLoad(1);
    const send = begin(load, 1000);
    load.end(send, 'cancelled', 1010);
    load.end(send, 'good', 1020);
    expect(load.inFlight(0)).toBe(0);
    expect(load.drainGood(0)).toBeUndefined();
  });
});

describe('the expected time', () => {
  test('follows good answers', () => {
    const load = createLoad(1);
    const now = answers(load, 1000);
    expect(load.expectedMs(0, 'light', now)).toBeGreaterThan(18);
    expect(load.expectedMs(0, 'light', now)).toBeLessThan(22);
  });

  test('of an upstream that fails fast is long: a refused connection must not look like a quick answer', () => {
    const load = createLoad(1);
    const now = answers(load, 1000);
    load.end(begin(load, now), 'failed', now + 1);
    expect(load.expectedMs(0, 'light', now + 1)).toBeGreaterThanOrEqual(1000);
  });

  test('is not touched by a rate limit, however fast it came', () => {
    const load = createLoad(1);
    const now = answers(load, 1000);
    const before = load.expectedMs(0, 'light', now);
    load.end(begin(load, now), 'neutral', now);
    expect(load.expectedMs(0, 'light', now)).toBe(before);
  });

  test('is not touched by a loser of a race that was no slower than usual (B10)', () => {
    const load = createLoad(1);
    const now = answers(load, 1000);
    const before = load.expectedMs(0, 'light', now + 5);
    load.end(begin(load, now), 'cancelled', now + 5);
    expect(load.expectedMs(0, 'light', now + 5)).toBe(before);
    expect(load.answersWell(0, now + 5)).toBe(true);
  });

  test('learns from a call given up on that it takes at least that long (F-028)', () => {
    const load = createLoad(1);
    const now = answers(load, 1000);
    load.end(begin(load, now), 'cancelled', now + 400);
    expect(load.expectedMs(0, 'light', now + 400)).toBe(400);
  });
});

describe('a send that hangs (F-002, F-010)', () => {
  test('counts against its upstream after one second, before it has failed', () => {
    const load = createLoad(1);
    const now = answers(load, 1000);
    begin(load, now);
    expect(load.expectedMs(0, 'light', now + 999)).toBeLessThan(25);
    expect(load.expectedMs(0, 'light', now + 1000)).toBe(1000);
    expect(load.expectedMs(0, 'light', now + 4000)).toBe(4000);
  });

  test('counts only after three times its method needs at most, where that is longer', () => {
    const load = createLoad(1);
    const now = answers(load, 1000, { ms: 1000, count: 60 });
    begin(load, now);
    expect(load.expectedMs(0, 'light', now + 2000)).toBeLessThan(1500);
    expect(load.expectedMs(0, 'light', now + 6000)).toBe(6000);
  });

  test('is excused by a good answer that came after it was overdue: the upstream works', () => {
    const load = createLoad(1);
    const now = answers(load, 1000);
    begin(load, now);
    const later = answers(load, now + 1500, { count: 1 });
    expect(load.expectedMs(0, 'light', later)).toBeLessThan(100);
    expect(load.expectedMs(0, 'light', later + 5000)).toBeLessThan(100);
  });

  test('is excused by a good answer of the very moment it was overdue', () => {
    const load = createLoad(1);
    begin(load, 1000);
    load.end(begin(load, 1990), 'good', 2000);
    expect(load.expectedMs(0, 'light', 4000)).toBeLessThan(100);
  });

  test('is not excused by answers from before it was overdue', () => {
    const load = createLoad(1);
    const now = answers(load, 1000);
    begin(load, now);
    const later = answers(load, now + 100, { count: 1 });
    expect(load.expectedMs(0, 'light', later + 1500)).toBeGreaterThan(1000);
  });

  test('counts no more once it ended', () => {
    const load = createLoad(1);
    const now = answers(load, 1000);
    const send = begin(load, now);
    load.end(send, 'neutral', now + 2000);
    expect(load.expectedMs(0, 'light', now + 2000)).toBeLessThan(100);
  });

  test('counts as long as the oldest that is overdue, in whatever order they went out', () => {
    const load = createLoad(1);
    const heavy = answers(load, 1000, { ms: 2000, count: 40 });
    const slow = begin(load, heavy);
    const quick = load.begin(upstream, load.seriesOf('other', 'write'), heavy + 100);
    expect(load.expectedMs(0, 'write', heavy + 1100)).toBe(1000);
    load.end(quick, 'neutral', heavy + 1200);
    expect(load.expectedMs(0, 'write', heavy + 1200)).toBeLessThan(10);
    load.end(slow, 'neutral', heavy + 1300);
  });
});

describe('good answers', () => {
  test('are taken out as a sum, once', () => {
    const load = createLoad(2);
    answers(load, 1000, { count: 7 });
    expect(load.drainGood(0)).toMatchObject({ good: 7, generation: 1 });
    expect(load.drainGood(0)).toBeUndefined();
    expect(load.drainGood(1)).toBeUndefined();
  });

  test('come with the time the newest of them was sent, in whatever order they came', () => {
    const load = createLoad(1);
    const [first, second, third] = [1000, 1100, 5000].map((at) => begin(load, at));
    if (first === undefined || second === undefined || third === undefined) throw new Error('three were sent');
    load.end(second, 'good', 1200);
    load.end(first, 'good', 1300);
    expect(load.drainGood(0)).toEqual({ good: 2, generation: 1, newestSentAt: 1100 });
    load.end(third, 'good', 5100);
    expect(load.drainGood(0)).toEqual({ good: 1, generation: 1, newestSentAt: 5000 });
  });

  test('of an older generation count for nothing, nor does the time they were sent', () => {
    const load = createLoad(1);
    const series = load.seriesOf('read', 'light');
    const old = load.begin(buildUpstream(0, { generation: 1 }), series, 1000);
    const present = load.begin(buildUpstream(0, { generation: 2 }), series, 1000);
    load.end(present, 'good', 1010);
    load.end(old, 'good', 1020);
    expect(load.drainGood(0)).toEqual({ good: 1, generation: 2, newestSentAt: 1000 });
  });

  test('of a newer generation replace those of the older', () => {
    const load = createLoad(1);
    answers(load, 1000, { count: 5 });
    const present = load.begin(buildUpstream(0, { generation: 2 }), 0, 3000);
    load.end(present, 'good', 3010);
    expect(load.drainGood(0)).toMatchObject({ good: 1, generation: 2 });
  });
});

describe('answering well', () => {
  test('lasts ten seconds from the last good answer', () => {
    const load = createLoad(1);
    expect(load.answersWell(0, 1000)).toBe(false);
    const now = answers(load, 1000, { count: 1 });
    expect(load.answersWell(0, now + 10_000)).toBe(true);
    expect(load.answersWell(0, now + 10_001)).toBe(false);
  });

  test('ends with two failures in a row, even in the same millisecond, and is back with the next good answer', () => {
    const load = createLoad(1);
    const now = answers(load, 1000, { count: 1 });
    load.end(begin(load, now), 'failed', now);
    expect(load.answersWell(0, now)).toBe(true);
    load.end(begin(load, now), 'failed', now);
    expect(load.answersWell(0, now)).toBe(false);
    load.end(begin(load, now), 'good', now);
    expect(load.answersWell(0, now)).toBe(true);
  });
});

describe('an answered poll', () => {
  test('speaks for an upstream that was sent no call yet', () => {
    const load = createLoad(1);
    load.pollAnswered(0, 1000);
    expect(load.answersWell(0, 11_000)).toBe(true);
    expect(load.answersWell(0, 17_000)).toBe(false);
  });

  test('says nothing where a call that was sent later failed', () => {
    const load = createLoad(1);
    load.pollAnswered(0, 1000);
    load.end(begin(load, 1100), 'failed', 1200);
    expect(load.answersWell(0, 1200)).toBe(false);
    load.pollAnswered(0, 1300);
    expect(load.answersWell(0, 1400)).toBe(true);
  });

  test('speaks for an upstream although calls sent before it time out later', () => {
    const load = createLoad(1);
    const hung = begin(load, 1000);
    load.pollAnswered(0, 2000);
    load.end(hung, 'failed', 3000);
    expect(load.answersWell(0, 3000)).toBe(true);
  });
});

describe('a read is overdue', () => {
  const series = 0;

  test('after a second in which its upstream answered nobody', () => {
    const load = createLoad(1);
    expect(load.isOverdue(0, series, { sentAt: 1000, now: 1999 })).toBe(false);
    expect(load.isOverdue(0, series, { sentAt: 1000, now: 2000 })).toBe(true);
  });

  test('later where the method mostly takes longer', () => {
    const load = createLoad(1);
    const now = answers(load, 1000, { ms: 1000, count: 50 });
    expect(load.isOverdue(0, series, { sentAt: now + 1, now: now + 2001 })).toBe(false);
    expect(load.isOverdue(0, series, { sentAt: now + 1, now: now + 4501 })).toBe(true);
  });

  test('and its upstream silent, but not where only our patience is over', () => {
    const load = createLoad(1);
    answers(load, 2000, { count: 1 });
    expect(load.isOverdue(0, series, { sentAt: 1000, now: 6000 })).toBe(true);
    expect(load.isSilent(0, series, { sentAt: 1000, now: 6000 })).toBe(false);
    expect(load.isSilent(0, series, { sentAt: 5000, now: 6000 })).toBe(true);
  });

  test('not as long as its upstream answers calls or polls, but for five seconds at most', () => {
    const load = createLoad(2);
    answers(load, 2000, { count: 1 });
    load.pollAnswered(1, 2000);
    for (const index of [0, 1]) {
      expect(load.isOverdue(index, series, { sentAt: 1000, now: 5999 })).toBe(false);
      expect(load.isOverdue(index, series, { sentAt: 1000, now: 6000 })).toBe(true);
    }
  });
});

describe('the hedge delay', () => {
  test('is unknown at first, then at least 50 ms', () => {
    const load = createLoad(1);
    const series = load.seriesOf('read', 'light');
    expect(load.hedgeDelayMs(0, series)).toBeUndefined();
    answers(load, 1000, { ms: 5 });
    expect(load.hedgeDelayMs(0, series)).toBe(50);
  });

  test('follows the slowest twentieth of the answers', () => {
    const load = createLoad(1);
    answers(load, 1000, { ms: 300, count: 50 });
    expect(load.hedgeDelayMs(0, load.seriesOf('read', 'light'))).toBeGreaterThan(250);
  });
});

describe('a load that goes on after a reload', () => {
  test('F-239: knows what was learned of endpoints that stay, wherever they stand now, and nothing of new ones', () => {
    const load = createLoad(1);
    const now = answers(load, 1000, { ms: 20, count: 30 });
    const next = load.continued([undefined, 0]);
    expect([next.hasObserved(0, 'light'), next.hasObserved(1, 'light')]).toEqual([false, true]);
    expect(next.expectedMs(1, 'light', now)).toBe(load.expectedMs(0, 'light', now));
    expect(next.hedgeDelayMs(1, next.seriesOf('read', 'light'))).toBe(
      load.hedgeDelayMs(0, load.seriesOf('read', 'light')),
    );
    expect([next.answersWell(0, now), next.answersWell(1, now)]).toEqual([false, true]);
  });

  test('F-238: counts calls that began before it, and lets go of them when they end where they began', () => {
    const load = createLoad(1);
    const send = begin(load, 1000);
    const next = load.continued([undefined, 0]);
    expect([next.inFlight(0), next.inFlight(1)]).toEqual([0, 1]);
    load.end(send, 'good', 1020);
    expect(next.inFlight(1)).toBe(0);
    expect(next.drainGood(1)).toMatchObject({ good: 1, generation: upstream.generation });
    expect(load.drainGood(0)).toBeUndefined();
  });

  test('sees that a call from before is overdue', () => {
    const load = createLoad(1);
    begin(load, 1000);
    const next = load.continued([0]);
    expect(next.expectedMs(0, 'light', 9000)).toBe(8000);
  });

  test('leaves the load of endpoints that are gone to the calls they have', () => {
    const load = createLoad(2);
    const send = begin(load, 1000);
    const next = load.continued([1]);
    load.end(send, 'good', 1020);
    expect([load.inFlight(0), next.inFlight(0)]).toEqual([0, 0]);
    expect(next.drainGood(0)).toBeUndefined();
  });
});
