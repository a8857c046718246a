import { describe, expect, test } from 'vitest';
import {
  blankHeadWatch,
  type HeadJudgement,
  type HeadWatch,
  headFault,
  isHeadOutlier,
  isHeadStale,
  noteHeadPoll,
  noteJudgement,
} from '../../../src/health/head-watch.ts';
import { buildHealthPolicy } from '../../support/build-health.ts';

const policy = buildHealthPolicy();

function judged(watch: HeadWatch, traits: Partial<HeadJudgement>): HeadWatch {
  return noteJudgement(watch, { lagging: false, outlier: false, ...traits });
}

function moment(at: number, heldUntil = 0) {
  return { at, heldUntil, staleAfterMs: 30_000 };
}

describe('a head that stands still below the tip', () => {
  const behind = noteHeadPoll(judged(blankHeadWatch, { behindSince: 1000, lagging: true }), 2000);

  test('F-176: is stale after 30 s, counted from when the tip passed it', () => {
    expect(isHeadStale(behind, moment(31_000))).toBe(false);
    expect(isHeadStale(behind, moment(31_001))).toBe(true);
  });

  test('is not stale before a poll sent since then was answered', () => {
    const unpolled = judged(noteHeadPoll(blankHeadWatch, 1000), { behindSince: 1000 });
    expect(isHeadStale(unpolled, moment(99_000))).toBe(false);
  });

  test('F-178: a head at the tip is never stale, however long the chain stands still', () => {
    expect(isHeadStale(noteHeadPoll(judged(blankHeadWatch, {}), 5000), moment(1e9))).toBe(false);
  });

  test('a hold-off stops the clock', () => {
    expect(isHeadStale(behind, moment(60_000, 40_000))).toBe(false);
    const polledSince = noteHeadPoll(behind, 41_000);
    expect(isHeadStale(polledSince, moment(70_000, 40_000))).toBe(false);
    expect(isHeadStale(polledSince, moment(70_001, 40_000))).toBe(true);
  });

  test('fails a probe without waiting for a poll, until it moves', () => {
    expect(headFault(behind, moment(32_000))).toMatch(/still stands below the tip/);
    expect(headFault(judged(behind, { behindSince: 31_500 }), moment(32_000))).toBeUndefined();
    expect(headFault(judged(behind, {}), moment(1e9))).toBeUndefined();
  });
});

describe('an outlier', () => {
  test('counts once per answered poll, however often it is judged', () => {
    const first = judged(noteHeadPoll(blankHeadWatch, 10), { outlier: true });
    const again = judged(judged(first, { outlier: true, lagging: true }), { outlier: true });
    expect(isHeadOutlier(again, policy)).toBe(false);
    expect(isHeadOutlier(judged(noteHeadPoll(again, 20), { outlier: true }), policy)).toBe(true);
  });

  test('that is seen before its own poll is noted counts for that poll alone, not for the one before as well', () => {
    const well = judged(noteHeadPoll(blankHeadWatch, 10), {});
    const seen = judged(well, { outlier: true });
    const noted = judged(noteHeadPoll(seen, 20), { outlier: true });
    expect(isHeadOutlier(noted, policy)).toBe(false);
    expect(isHeadOutlier(judged(noteHeadPoll(noted, 30), { outlier: true }), policy)).toBe(true);
  });

  test('one poll in reason starts the count anew', () => {
    let watch = judged(noteHeadPoll(blankHeadWatch, 10), { outlier: true });
    watch = judged(noteHeadPoll(watch, 20), {});
    watch = judged(noteHeadPoll(watch, 30), { outlier: true });
    expect(isHeadOutlier(watch, policy)).toBe(false);
  });

  test('fails a probe', () => {
    expect(headFault(judged(blankHeadWatch, { outlier: true }), moment(0))).toMatch(/implausibly far ahead/);
  });
});

describe('judgements', () => {
  test('that say nothing new keep the object', () => {
    const watch = judged(noteHeadPoll(blankHeadWatch, 10), { behindSince: 5, lagging: true });
    expect(judged(watch, { behindSince: 5, lagging: true })).toBe(watch);
    expect(noteHeadPoll(watch, 9)).toBe(watch);
  });
});
