import { describe, expect, test } from 'vitest';
import { attemptTimeoutMs, hasTimeLeft } from '../../../src/relay/attempt-timeout.ts';
import { buildPlan } from '../../support/relay-scene.ts';

const read = buildPlan({ deadlineAt: 30_000, attemptTimeoutMs: 5000, maxAttempts: 3 });
const raw = buildPlan({ ...read, kind: 'raw', broadcast: 2 });

describe('the time of an attempt', () => {
  test.each([
    ['is that of its class while there is plenty', read, { now: 0, sent: 0, askable: 4 }, 5000],
    [
      'is a third of what remains, where three or more could be asked',
      read,
      { now: 21_000, sent: 0, askable: 9 },
      3000,
    ],
    ['is half of what remains where two could be asked', read, { now: 24_000, sent: 1, askable: 2 }, 3000],
    ['is all that remains for the last askable', read, { now: 4000, sent: 1, askable: 1 }, 26_000],
    ['is all that remains for an only upstream', read, { now: 0, sent: 0, askable: 1 }, 30_000],
    ['is all that remains for the last attempt there may be', read, { now: 10_000, sent: 3, askable: 5 }, 20_000],
    ['leaves half for one more attempt after the third', read, { now: 24_000, sent: 2, askable: 5 }, 3000],
    ['of a broadcast divides nothing', raw, { now: 0, sent: 1, askable: 1 }, 5000],
    ['of a broadcast never outlasts the call', raw, { now: 27_000, sent: 1, askable: 3 }, 3000],
    ['of a broadcast to an only upstream is all there is', raw, { now: 0, sent: 0, askable: 1 }, 30_000],
  ] as const)('%s', (_, plan, moment, expected) => {
    expect(attemptTimeoutMs(plan, moment)).toBe(expected);
  });

  test('too short to be fair is not spent: it would be held against the upstream', () => {
    expect(hasTimeLeft(read, 29_990)).toBe(true);
    expect(hasTimeLeft(read, 29_991)).toBe(false);
  });

  test('lets every upstream of three have a turn before a client gives up after ten seconds', () => {
    const patient = buildPlan({ deadlineAt: 30_000, attemptTimeoutMs: 5000 });
    const first = attemptTimeoutMs(patient, { now: 0, sent: 0, askable: 3 });
    const second = attemptTimeoutMs(patient, { now: first, sent: 1, askable: 2 });
    expect(first + second).toBeLessThanOrEqual(10_000);
  });
});
