import { describe, expect, test } from 'vitest';
import { restoredHistory } from '../../../src/health/history-row.ts';
import type { Transition } from '../../../src/model/chain-view.ts';

const wallAt = 1_700_000_000_000;
const blocked: Transition = {
  at: wallAt,
  from: 'serving',
  to: 'blocked',
  reason: 'failed-polls',
  detail: 'connection refused',
};
const back: Transition = { at: wallAt + 9000, from: 'blocked', to: 'probation', detail: 'two probes passed' };

/** What the next process, whose monotonic clock stood at 50 when it was `startedAt` by the wall, makes of a row. */
function restarted(history: unknown, startedAt = wallAt + 60_000): readonly Transition[] {
  const row: unknown = JSON.parse(JSON.stringify({ version: 1, history }));
  return restoredHistory(row, startedAt - 50);
}

describe('the history of an earlier process', () => {
  test('is told at the same wall time, however long nobody ran', () => {
    for (const startedAt of [wallAt + 10_000, wallAt + 86_400_000]) {
      const toWall = startedAt - 50;
      const told = restarted([blocked, back], startedAt).map((one) => ({ ...one, at: one.at + toWall }));
      expect(told).toEqual([blocked, back]);
    }
  });

  test('is kept to the newest twenty', () => {
    const many = Array.from({ length: 30 }, (_, index) => ({ ...blocked, at: wallAt + index }));
    expect(restarted(many).map(({ at }) => at)).toEqual(many.slice(10).map(({ at }) => at - (wallAt + 59_950)));
  });

  test('has its texts cut, and reasons nobody knows left out', () => {
    const [kept] = restarted([{ ...blocked, detail: 'x'.repeat(5000), reason: 'bad luck' }]);
    expect(kept).toEqual({ at: -59_950, from: 'serving', to: 'blocked', detail: 'x'.repeat(200) });
  });

  test.each([
    ['no list', 'blocked'],
    ['no transitions', [null, 7, 'blocked', []]],
    ['standings nobody knows', [{ ...blocked, to: 'asleep' }]],
    ['no moment', [{ ...blocked, at: 'yesterday' }]],
    ['nothing', undefined],
  ])('of %s is empty', (_words, history) => {
    expect(restarted(history)).toEqual([]);
  });

  test('a row that is none has none', () => {
    for (const row of [undefined, null, 1, 'row', []]) expect(restoredHistory(row, 0)).toEqual([]);
  });
});
