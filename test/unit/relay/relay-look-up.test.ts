import { describe, expect, test } from 'vitest';
import type { RelayPlan } from '../../../src/relay/relay-plan.ts';
import type { LookUpResult } from '../../../src/relay/relay-state.ts';
import {
  errorAnswer,
  errorOutcome,
  goodOutcome,
  lostOutcome,
  refusedOutcome,
  result,
} from '../../support/build-outcome.ts';
import { buildUpstream } from '../../support/build-pairing.ts';
import { type RelayScene, startScene } from '../../support/relay-scene.ts';

const nonceTooLow = errorOutcome(
  { meaning: 'nonce-too-low', blame: 'client', retry: 'no' },
  errorAnswer(-32000, 'nonce too low'),
);
const mempoolFull = errorOutcome(
  { meaning: 'mempool-full', blame: 'none', retry: 'other' },
  errorAnswer(-32000, 'txpool is full'),
);

/** A signed write to the first of two upstreams, and what a look-up would come to. */
function startWrite(lookUp: LookUpResult, plan: Partial<RelayPlan> = possible): RelayScene {
  return startScene({
    upstreams: [buildUpstream(0), buildUpstream(1)],
    lookUp,
    plan: { kind: 'raw', class: 'write', attemptTimeoutMs: 10_000, ...plan },
  });
}

const knownResult = Buffer.from('"0xhash"');
const possible = { knownResult, lookUp: 'possible' } as const;

/** The same, lost on the first and answered so by the second. */
function startLost(lookUp: LookUpResult, second = nonceTooLow): RelayScene {
  const scene = startWrite(lookUp);
  scene.send(0).answer(lostOutcome());
  scene.send(1).answer(second);
  scene.clock.advance(100);
  return scene;
}

function writeEvents(scene: RelayScene): readonly unknown[] {
  return scene.events.filter((event) => event.kind === 'write-settled');
}

describe('F-143: a signed write that was lost on one upstream and called spent by another', () => {
  test('is a success where it is found by its hash, and counted as known', () => {
    const scene = startLost('found');
    expect(scene.outcome()).toMatchObject({ kind: 'answered', answer: result('"0xhash"') });
    expect(writeEvents(scene)).toEqual([{ kind: 'write-settled', chain: 'testnet', outcome: 'known' }]);
  });

  test('is rejected as the upstream rejected it where nobody knows the hash', () => {
    const scene = startLost('absent');
    expect(scene.outcome()).toMatchObject({ kind: 'answered', answer: { kind: 'error', message: 'nonce too low' } });
    expect(writeEvents(scene)).toEqual([{ kind: 'write-settled', chain: 'testnet', outcome: 'rejected' }]);
  });

  test('has an unknown outcome where nobody can tell', () => {
    const scene = startLost('unclear');
    expect(scene.outcome()).toMatchObject({ kind: 'failed', fault: 'WRITE_OUTCOME_UNKNOWN' });
    expect(writeEvents(scene)).toEqual([{ kind: 'write-settled', chain: 'testnet', outcome: 'unknown' }]);
  });

  test('is looked for once, first where an answer came from, and says nothing before', () => {
    const scene = startWrite('found');
    scene.send(0).answer(lostOutcome());
    scene.send(1).answer(nonceTooLow);
    scene.clock.advance(99);
    expect({ lookedUp: scene.lookedUp, outcomes: scene.outcomes }).toEqual({ lookedUp: [[1, 0]], outcomes: [] });
    scene.clock.advance(5000);
    expect({ lookedUp: scene.lookedUp.length, sends: scene.sends.length }).toEqual({ lookedUp: 1, sends: 2 });
    expect(scene.outcomes).toHaveLength(1);
    expect(scene.clock.pending()).toBe(0);
  });

  test('is not rejected for a reason that another upstream may not have', () => {
    expect(startLost('absent', mempoolFull).outcome()).toMatchObject({ fault: 'WRITE_OUTCOME_UNKNOWN' });
  });
});

describe('a signed write is looked for', () => {
  test('where nobody answered at all, and a success where it is found', () => {
    const scene = startLost('found', lostOutcome());
    expect(scene.outcome()).toMatchObject({ kind: 'answered', answer: result('"0xhash"') });
  });

  test('though its client has gone: what was sent cannot be taken back', () => {
    const scene = startWrite('found');
    scene.send(0).answer(lostOutcome());
    scene.send(1).answer(nonceTooLow);
    scene.cancel();
    scene.clock.advance(100);
    expect(scene.outcomes).toHaveLength(1);
  });

  test.each([
    ['accepted', goodOutcome('"0xhash"')],
    ['rejected for good', nonceTooLow],
    ['sent nowhere', refusedOutcome()],
  ] as const)('never where it was %s', (_, outcome) => {
    const scene = startWrite('found');
    scene.send(0).answer(outcome);
    for (const send of scene.sends.slice(1)) send.answer(outcome);
    scene.clock.advance(5000);
    expect({ lookedUp: scene.lookedUp, outcomes: scene.outcomes.length }).toEqual({ lookedUp: [], outcomes: 1 });
  });

  test.each([
    ['a chain that has no such question', { knownResult }],
    ['a call that carries no signed bytes', { ...possible, kind: 'once' }],
    ['bytes whose name nobody can tell', { lookUp: 'possible' }],
  ] as const)('never on behalf of %s', (_, plan) => {
    const scene = startWrite('found', plan);
    for (const send of scene.sends) send.answer(lostOutcome());
    scene.clock.advance(20_000);
    expect({ lookedUp: scene.lookedUp, outcome: scene.outcome() }).toMatchObject({
      lookedUp: [],
      outcome: { fault: 'WRITE_OUTCOME_UNKNOWN' },
    });
  });
});
