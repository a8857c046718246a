import { describe, expect, test } from 'vitest';
import { classifyCall } from '../../../src/classify/classify-call.ts';
import type { CallOutcome } from '../../../src/model/traffic.ts';
import type { AttemptRun } from '../../../src/path/attempt.ts';
import { CallMemory } from '../../../src/path/call-memory.ts';
import { overloaded } from '../../../src/path/own-answers.ts';
import { unsteered } from '../../../src/path/steering.ts';
import { beginTrail, followAttempt } from '../../../src/path/trail.ts';
import { refused } from '../../../src/path/trip.ts';
import { buildLane, buildPolicy, specWith } from '../../support/build-lane.ts';
import { errorOutcome, goodOutcome } from '../../support/build-outcome.ts';
import { buildUpstream } from '../../support/build-pairing.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

const write = { kind: 'write', class: 'write' } as const;
const spec = {
  ...specWith(
    buildPolicy('read'),
    buildPolicy('try', { carriesSigned: true }),
    buildPolicy('send', { ...write, write: { kind: 'raw', path: ['0'], encoding: 'hex' } }),
  ),
  unknownMethod: buildPolicy('other', { ...write, write: { kind: 'once' } }),
};

/** A memory of so many calls, and a way to remember one. */
function startMemory(size: number) {
  const memory = new CallMemory(size, () => 'ours');
  const redact = (bytes: Buffer): Buffer => Buffer.from(bytes.toString().replaceAll('SECRET', '***'));
  const lane = buildLane({ spec, redact });
  return {
    memory,
    keep(
      id: string | undefined,
      method = 'read',
      params = '[]',
      outcome: CallOutcome = 'OVERLOADED',
    ): string | undefined {
      const name = { id };
      const classified = classifyCall(spec, { id: undefined, method, params: Buffer.from(params) });
      const times = { startedAt: 1000, sentAt: 0, settledAt: 0 };
      const trip = {
        lane,
        classified,
        steering: unsteered,
        times,
        purpose: 'client',
        trail: beginTrail(),
        onCancel: () => undefined,
      } as const;
      memory.keep(name, { trip, served: refused(overloaded), outcome }, 1042);
      return name.id;
    },
  };
}

describe('what is remembered of calls', () => {
  test('is found by the id of their request, all calls of a batch together and in order', () => {
    const { memory, keep } = startMemory(10);
    keep('a', 'read', '[1]');
    keep('b', 'read', '[2]');
    keep('a', 'read', '[3]');
    expect(memory.recall('a').map(({ params }) => params)).toEqual(['[1]', '[3]']);
    expect(memory.recall('c')).toEqual([]);
  });

  test('is of the last ones only', () => {
    const { memory, keep } = startMemory(3);
    for (const id of ['a', 'b', 'c', 'd', 'b']) keep(id);
    expect(['a', 'b', 'c', 'd'].map((id) => memory.recall(id).length)).toEqual([0, 1, 1, 1]);
  });

  test('tells what they came to', () => {
    const { memory, keep } = startMemory(1);
    keep('a');
    expect(memory.recall('a')).toMatchObject([
      { chain: 'testnet', method: 'read', startedAt: 1000, tookMs: 42, outcome: 'OVERLOADED', fault: overloaded },
    ]);
  });

  test.each(['ok', 'client-gone'] as const)(
    'is of a call that came to %s only where its request has a name',
    (outcome) => {
      const { memory, keep } = startMemory(2);
      expect(keep('a', 'read', '[]', outcome)).toBe('a');
      expect(keep(undefined, 'read', '[]', outcome)).toBeUndefined();
      expect([memory.recall('a').length, memory.recall('ours').length]).toEqual([1, 0]);
    },
  );

  test('is of every call that came to anything else, and its request is given a name', () => {
    const { memory, keep } = startMemory(2);
    expect(keep(undefined)).toBe('ours');
    expect(memory.recall('ours')).toHaveLength(1);
  });

  test('holds the first 256 bytes of the params of a read, and none of what may be signed', () => {
    const { memory, keep } = startMemory(10);
    keep('a', 'read', `["${'x'.repeat(1000)}"]`);
    keep('a', 'send', '["0x02f8"]');
    keep('a', 'nobody_knows_it', '["0x02f8"]');
    keep('a', 'try', '["0x02f8"]');
    const kept = memory.recall('a').map(({ params }) => params);
    expect(kept).toEqual([`["${'x'.repeat(254)}`, undefined, undefined, undefined]);
  });
});

test('a secret across the cut leaves no half of itself', () => {
  const { memory, keep } = startMemory(1);
  keep('a', 'read', `["${'x'.repeat(251)}SECRET and more"]`);
  expect(memory.recall('a').map(({ params }) => params)).toEqual([`["${'x'.repeat(251)}***`]);
});

describe('a trail', () => {
  const clock = createVirtualClock();

  function run(index: number): AttemptRun {
    return {
      upstream: buildUpstream(index),
      order: { purpose: index === 0 ? 'client' : 'retry', timeoutMs: 1000 },
      done: () => undefined,
    };
  }

  test('says of each attempt to whom, what for, when, and what came of it by which rule', () => {
    const trail = beginTrail();
    const first = followAttempt(trail, run(0), clock);
    clock.advance(20);
    first.done(errorOutcome({ meaning: 'internal-error', rule: 'evm-internal' }));
    const second = followAttempt(trail, run(1), clock);
    clock.advance(5);
    second.done(goodOutcome());
    followAttempt(trail, run(2), clock);
    expect(trail).toMatchObject({
      attempts: 3,
      marks: [
        { purpose: 'client', sentAt: 1000, endedAt: 1020, meaning: 'internal-error', rule: 'evm-internal' },
        { purpose: 'retry', sentAt: 1020, endedAt: 1025, meaning: 'ok', rule: undefined },
        { purpose: 'retry', sentAt: 1025, endedAt: undefined, meaning: undefined },
      ],
    });
  });

  test('keeps 64 attempts and counts them all', () => {
    const trail = beginTrail();
    for (let sent = 0; sent < 100; sent += 1) followAttempt(trail, run(sent), clock);
    expect({ marks: trail.marks.length, attempts: trail.attempts }).toEqual({ marks: 64, attempts: 100 });
  });
});
