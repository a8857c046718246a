import { describe, expect, test } from 'vitest';
import type { GatewayEvent } from '../../../src/model/events.ts';
import { type FaultName, faults } from '../../../src/model/faults.ts';
import type { Verdict } from '../../../src/model/verdict.ts';
import type { Cells } from '../../../src/observe/cells.ts';
import { createEventCells, doorFaults, type EventCells, foldEvent } from '../../../src/observe/fold-event.ts';

const upstream = 'eth/alpha/json-rpc';
const timeout: Verdict = { meaning: 'timeout', blame: 'upstream', retry: 'other', holdOff: false, cache: false };

function fold(...events: readonly GatewayEvent[]): EventCells {
  const cells = createEventCells(1000);
  for (const event of events) foldEvent(cells, event);
  return cells;
}

function told(cells: Cells): readonly (readonly unknown[])[] {
  return cells.lines().map(({ labels, value }) => [...Object.values(labels), value]);
}

function moved(
  from: 'serving' | 'blocked' | 'probation',
  to: 'serving' | 'blocked' | 'probation',
  at: number,
): GatewayEvent {
  const reason = to === 'blocked' ? { reason: 'refused-connections' as const } : {};
  return { kind: 'standing-changed', at, upstream, from, to, detail: '', ...reason };
}

function failed(verdict: Verdict): GatewayEvent {
  return {
    kind: 'attempt-failed',
    at: 5,
    sentAt: 1,
    upstream,
    generation: 1,
    connection: 1,
    method: 'eth_call',
    class: 'normal',
    purpose: 'client',
    verdict,
    detail: '',
  };
}

describe('events are counted', () => {
  test('an attempt that was not good, by meaning and by whom it speaks against', () => {
    const { errors } = fold(
      failed(timeout),
      failed(timeout),
      failed({ ...timeout, meaning: 'reverted', blame: 'none' }),
    );
    expect(told(errors)).toEqual([
      ['eth', 'alpha', 'json-rpc', 'timeout', 'upstream', 2],
      ['eth', 'alpha', 'json-rpc', 'reverted', 'none', 1],
    ]);
  });

  test('a probe, a retry, a hedge, a write, a reorganisation and what no rule knows, each by its labels', () => {
    const cells = fold(
      { kind: 'probe-ended', upstream, result: 'held-off', detail: '' },
      { kind: 'retried', chain: 'eth', reason: 'timeout' },
      { kind: 'hedged', chain: 'eth', result: 'won' },
      { kind: 'write-settled', chain: 'eth', outcome: 'unknown' },
      { kind: 'reorg-seen', chain: 'eth', height: 7, depth: 2 },
      { kind: 'blocks-missed', chain: 'eth', count: 12 },
      { kind: 'answer-unclassified', chain: 'eth', upstream, code: -32000, shape: 'odd' },
    );
    expect(told(cells.probes)).toEqual([['eth', 'alpha', 'json-rpc', 'held-off', 1]]);
    expect(told(cells.retries)).toEqual([['eth', 'timeout', 1]]);
    expect(told(cells.hedges)).toEqual([['eth', 'won', 1]]);
    expect(told(cells.writes)).toEqual([['eth', 'unknown', 1]]);
    expect(told(cells.reorgs)).toEqual([['eth', 1]]);
    expect(told(cells.blocksMissed)).toEqual([['eth', 12]]);
    expect(told(cells.unclassified)).toEqual([['eth', 1]]);
  });

  test('a refusal at the door, while a fault that is the outcome of a call is counted as that alone', () => {
    const names = Object.keys(faults) as FaultName[];
    const { refused } = fold(...names.map((fault): GatewayEvent => ({ kind: 'call-refused', chain: 'eth', fault })));
    expect(told(refused).map(([name]) => name)).toEqual(
      names.filter((name) => doorFaults.some((door) => door === name)),
    );
  });

  test('what no counter needs changes nothing', () => {
    const cells = fold(
      { kind: 'tip-moved', chain: 'eth', tip: 7 },
      { kind: 'call-sent', upstream, purpose: 'poll' },
      { kind: 'warned', about: 'bug', detail: '' },
    );
    const counters = Object.values(cells).filter((cell) => typeof cell === 'object' && 'lines' in cell);
    expect(counters.flatMap((counter) => told(counter))).toEqual([]);
  });
});

describe('a block', () => {
  test('F-158: is counted by its reason', () => {
    expect(told(fold(moved('serving', 'blocked', 2000)).blocks)).toEqual([
      ['eth', 'alpha', 'json-rpc', 'refused-connections', 1],
    ]);
  });

  test('adds its time when it is over', () => {
    const cells = fold(moved('serving', 'blocked', 2000), moved('blocked', 'probation', 9500));
    expect(told(cells.blockedSeconds)).toEqual([['eth', 'alpha', 'json-rpc', 7.5]]);
    expect(cells.blockedSince.size).toBe(0);
  });

  test('that was there before this process is counted from its start on', () => {
    expect(told(fold(moved('blocked', 'probation', 4000)).blockedSeconds)).toEqual([['eth', 'alpha', 'json-rpc', 3]]);
  });

  test('adds nothing for a change that began and ends outside of it', () => {
    expect(told(fold(moved('probation', 'serving', 4000)).blockedSeconds)).toEqual([]);
  });
});
