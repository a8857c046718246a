import { expect, test } from 'vitest';
import { createCells } from '../../../src/observe/cells.ts';
import { createMeter } from '../../../src/observe/meter.ts';
import { metricTable } from '../../../src/observe/metric-table.ts';
import { createUsageLedger, usageStepMs } from '../../../src/observe/usage-ledger.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

const key = 'eth/alpha/json-rpc';

/** A ledger over real counters, on a clock of its own; the day is 14 November, 22:13:20 UTC. */
function openLedger() {
  const clock = createVirtualClock();
  const meter = createMeter();
  const errors = createCells(metricTable.endpointErrors.labels);
  const ledger = createUsageLedger({ sends: meter.sends, errors, durationsOf: meter.durationsOf }, clock);
  const upstream = meter.upstream(key);
  return {
    clock,
    meter,
    errors,
    ledger,
    sendAll(times: number, purpose: 'client' | 'retry' | 'poll' = 'client') {
      for (let sent = 0; sent < times; sent += 1) upstream.sent(purpose);
    },
    answerAll(times: number, seconds: number) {
      for (let answered = 0; answered < times; answered += 1) upstream.answered('light', 'ok', seconds);
    },
    pass(steps: number) {
      for (let step = 0; step < steps; step += 1) {
        clock.advance(usageStepMs);
        ledger.step();
      }
    },
    usage: () => ledger.read().get(key),
  };
}

test('calls per second are those for clients, over the last minute or since the start', () => {
  const { clock, sendAll, pass, usage } = openLedger();
  sendAll(50);
  sendAll(10, 'retry');
  sendAll(1000, 'poll');
  clock.advance(6000);
  expect(usage()?.callsPerSecond).toBe(10);
  pass(5);
  expect(usage()?.callsPerSecond).toBeCloseTo(60 / 56, 2);
  pass(2);
  expect(usage()?.callsPerSecond).toBe(0);
});

test('a call right after the start is no flood', () => {
  const { clock, sendAll, usage } = openLedger();
  clock.advance(1);
  sendAll(1);
  expect(usage()?.callsPerSecond).toBe(1);
});

test('the 95th percentile is that of the last minute, as exact as the buckets', () => {
  const { answerAll, sendAll, pass, usage } = openLedger();
  sendAll(1);
  expect(usage()?.p95Ms).toBeUndefined();
  answerAll(90, 0.004);
  answerAll(10, 0.08);
  expect(usage()?.p95Ms).toBe(75);
  pass(7);
  expect(usage()?.p95Ms).toBeUndefined();
  answerAll(1, 99);
  expect(usage()?.p95Ms).toBe(30_000);
});

test('the trend is the last ten minutes, oldest first', () => {
  const { answerAll, sendAll, pass, usage } = openLedger();
  sendAll(20);
  answerAll(20, 0.001);
  pass(1);
  sendAll(40);
  pass(1);
  expect(usage()?.trend).toEqual({ everyMs: usageStepMs, callsPerSecond: [2, 4], p95Ms: [0.95, null] });
  pass(59);
  const { callsPerSecond = [], p95Ms = [] } = usage()?.trend ?? {};
  expect([callsPerSecond.length, p95Ms.length]).toEqual([60, 60]);
  expect(callsPerSecond.slice(0, 2)).toEqual([4, 0]);
});

test('today ends at midnight UTC', () => {
  const { clock, errors, ledger, sendAll, pass, usage } = openLedger();
  const error = errors.cell(['eth', 'alpha', 'json-rpc', 'timeout', 'upstream']);
  sendAll(3);
  sendAll(2, 'poll');
  error.value += 4;
  pass(1);
  expect(usage()?.callsToday).toEqual({ client: 3, poll: 2 });
  expect(usage()?.errorsToday).toEqual([{ kind: 'timeout', blame: 'upstream', count: 4 }]);
  clock.advance(2 * 3600_000);
  pass(1);
  sendAll(1);
  expect(usage()?.callsToday).toEqual({ client: 1 });
  expect(usage()?.errorsToday).toEqual([]);
  expect(new Date(ledger.countedSince()).toISOString()).toBe('2023-11-15T00:13:40.000Z');
});

test('of many kinds of errors the most frequent are shown', () => {
  const { errors, usage } = openLedger();
  for (let kind = 1; kind <= 20; kind += 1)
    errors.cell(['eth', 'alpha', 'json-rpc', `kind-${kind}`, 'upstream']).value = kind;
  const shown = usage()?.errorsToday.map(({ count }) => count);
  expect(shown).toEqual([20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9]);
});

test('an upstream that went and came back is counted anew', () => {
  const { meter, ledger, sendAll, pass, usage } = openLedger();
  sendAll(100);
  pass(1);
  meter.forget(key);
  pass(1);
  expect(ledger.read().size).toBe(0);
  meter.upstream(key).sent('client');
  expect(usage()?.callsToday).toEqual({ client: 1 });
});
