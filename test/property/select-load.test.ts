import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Ending } from '../../src/select/ending.ts';
import { createLoad } from '../../src/select/load.ts';
import type { OpenSend } from '../../src/select/open-send.ts';
import { buildUpstream } from '../support/build-pairing.ts';

const size = 3;

type Command =
  | { readonly kind: 'begin'; readonly index: number; readonly generation: number }
  | { readonly kind: 'end'; readonly nth: number; readonly ending: Ending }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'drain'; readonly index: number };

const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ kind: fc.constant('begin'), index: fc.nat(size - 1), generation: fc.integer({ min: 1, max: 2 }) }),
  fc.record({
    kind: fc.constant('end'),
    nth: fc.nat(20),
    ending: fc.constantFrom<Ending>('good', 'failed', 'neutral', 'cancelled'),
  }),
  fc.record({ kind: fc.constant('wait'), ms: fc.integer({ min: 1, max: 1500 }) }),
  fc.record({ kind: fc.constant('drain'), index: fc.nat(size - 1) }),
);

/** A send as the naive model keeps it: for ever. */
interface Remembered {
  readonly send: OpenSend;
  readonly generation: number;
  endedAt: number | undefined;
  ending: Ending | undefined;
}

/** The age of the oldest send that is overdue and that no later good answer excuses, found by looking at everything. */
function oldestOverdue(history: readonly Remembered[], index: number, now: number): number {
  const ofEndpoint = history.filter((entry) => entry.send.index === index);
  const goodAt = Math.max(0, ...ofEndpoint.filter((e) => e.ending === 'good').map((e) => e.endedAt ?? 0));
  const overdue = ofEndpoint.filter(
    (entry) => entry.endedAt === undefined && entry.send.overdueAt <= now && entry.send.overdueAt > goodAt,
  );
  const first = overdue.sort((a, b) => a.send.overdueAt - b.send.overdueAt)[0];
  return first === undefined ? 0 : now - first.send.sentAt;
}

test('the load of any walk equals what a naive list of all sends says', () => {
  fc.assert(
    fc.property(fc.array(anyCommand, { maxLength: 80 }), (commands) => {
      const load = createLoad(size);
      const history: Remembered[] = [];
      const drained = Array<number>(size).fill(0);
      let now = 1000;
      for (const command of commands) {
        if (command.kind === 'wait') now += command.ms;
        if (command.kind === 'begin') {
          const { index, generation } = command;
          const send = load.begin(buildUpstream(index, { generation }), 0, now);
          history.push({ send, generation, endedAt: undefined, ending: undefined });
        }
        if (command.kind === 'end' && history.length > 0) {
          const entry = history[command.nth % history.length];
          if (entry !== undefined) {
            load.end(entry.send, command.ending, now);
            if (entry.endedAt === undefined) {
              entry.endedAt = now;
              entry.ending = command.ending;
            }
          }
        }
        if (command.kind === 'drain')
          drained[command.index] = (drained[command.index] ?? 0) + (load.drainGood(command.index)?.good ?? 0);
        for (let index = 0; index < size; index += 1) {
          const open = history.filter((entry) => entry.send.index === index && entry.endedAt === undefined);
          expect(load.inFlight(index)).toBe(open.length);
          const overdue = oldestOverdue(history, index, now);
          const expected = load.expectedMs(index, 'light', now);
          expect(expected).toBeGreaterThanOrEqual(overdue);
          expect(Number.isFinite(expected) && expected > 0).toBe(true);
          if (overdue === 0 && !history.some((e) => e.send.index === index && e.endedAt !== undefined)) {
            expect(load.hasObserved(index, 'light')).toBe(false);
          }
        }
      }
      for (let index = 0; index < size; index += 1) {
        const good = history.filter((e) => e.send.index === index && e.ending === 'good').length;
        expect((drained[index] ?? 0) + (load.drainGood(index)?.good ?? 0)).toBeLessThanOrEqual(good);
      }
    }),
    { numRuns: 500 },
  );
});
