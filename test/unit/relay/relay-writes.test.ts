import { describe, expect, test } from 'vitest';
import type { RelayPlan } from '../../../src/relay/relay-plan.ts';
import {
  errorAnswer,
  errorOutcome,
  goodOutcome,
  lostOutcome,
  rateLimitedOutcome,
  refusedOutcome,
  result,
} from '../../support/build-outcome.ts';
import { buildUpstream } from '../../support/build-pairing.ts';
import { type RelayScene, type SceneTraits, startScene } from '../../support/relay-scene.ts';

const knownResult = Buffer.from('"0xhash"');
const known = errorOutcome({ meaning: 'tx-already-known', blame: 'none', retry: 'no' }, errorAnswer(-32000, 'known'));
const rejected = (
  message: string,
  meaning: 'insufficient-funds' | 'nonce-too-low' | 'double-spend' = 'insufficient-funds',
) => errorOutcome({ meaning, blame: 'client', retry: 'no' }, errorAnswer(-32000, message));

function startWrite(plan: Partial<RelayPlan>, traits: SceneTraits = {}): RelayScene {
  const upstreams = [0, 1, 2, 3, 4, 5].map((index) => buildUpstream(index));
  return startScene({ upstreams, ...traits, plan: { class: 'write', attemptTimeoutMs: 10_000, knownResult, ...plan } });
}

function startRaw(plan: Partial<RelayPlan> = {}, traits: SceneTraits = {}): RelayScene {
  return startWrite({ kind: 'raw', broadcast: 2, ...plan }, traits);
}

function settled(scene: RelayScene): unknown {
  return scene.events.find((event) => event.kind === 'write-settled');
}

describe('a signed write', () => {
  test('goes to several upstreams at once, and to each of them once (F-146, G11)', () => {
    const scene = startRaw();
    expect(scene.asked()).toEqual([0, 1]);
    expect(scene.sends.map((send) => [send.order.purpose, send.order.timeoutMs])).toEqual([
      ['client', 10_000],
      ['broadcast', 10_000],
    ]);
  });

  test('is accepted by the first that accepts; the others are cancelled and heard no more (F-146)', () => {
    const scene = startRaw();
    scene.send(1).answer(goodOutcome('"0xhash"'));
    expect(scene.outcome()).toMatchObject({
      kind: 'answered',
      answer: result('"0xhash"'),
      upstream: { endpoint: { index: 1 } },
    });
    expect(scene.send(0).cancelled).toBe(true);
    expect(scene.send(1).cancelled).toBe(false);
    scene.send(0).answer(known);
    expect(scene.outcomes).toHaveLength(1);
    expect(settled(scene)).toEqual({ kind: 'write-settled', chain: 'testnet', outcome: 'accepted' });
    expect(scene.clock.pending()).toBe(0);
  });

  test('that an upstream already knows has succeeded, with the hash worked out from its bytes (F-141, F-142)', () => {
    const scene = startRaw();
    scene.send(0).answer(lostOutcome());
    scene.send(1).answer(known);
    expect(scene.outcome()).toMatchObject({ kind: 'answered', answer: { kind: 'result', result: knownResult } });
    expect(settled(scene)).toMatchObject({ outcome: 'known' });
  });

  test('whose hash nobody can tell is answered by an acceptance, else by what the upstream said', () => {
    const plan = { kind: 'raw', class: 'write', broadcast: 2 } as const;
    const accepted = startScene({ plan });
    accepted.send(0).answer(known);
    expect(accepted.outcomes).toEqual([]);
    accepted.send(1).answer(goodOutcome('"0xhash"'));
    expect(accepted.outcome()).toMatchObject({ answer: result('"0xhash"') });
    const told = startScene({ plan });
    told.send(0).answer(known);
    told.send(1).answer(known);
    expect(told.outcome()).toMatchObject({ answer: { message: 'known' } });
  });

  test('rejected by one and accepted by another is accepted (F-149)', () => {
    const scene = startRaw();
    scene.send(0).answer(rejected('insufficient funds'));
    expect(scene.outcomes).toEqual([]);
    scene.send(1).answer(goodOutcome());
    expect(scene.outcome()).toMatchObject({ answer: { kind: 'result' } });
  });

  test('rejected by all is rejected in the words of the most advanced, and sent nowhere else (F-149)', () => {
    const upstreams = [90, 99, 95].map((head, index) => buildUpstream(index, { head }));
    const scene = startRaw({}, { upstreams });
    scene.send(0).answer(rejected('behind'));
    scene.send(1).answer(rejected('ahead'));
    expect(scene.outcome()).toMatchObject({ kind: 'answered', answer: { message: 'ahead' }, doubt: 'none' });
    expect(scene.asked()).toEqual([0, 1]);
    expect(settled(scene)).toMatchObject({ outcome: 'rejected' });
  });

  test('rejected for a reason others may see differently goes to one more (F-150)', () => {
    const scene = startRaw({ broadcast: 1 });
    const behind = errorOutcome(
      { meaning: 'tx-unknown', blame: 'none', retry: 'once' },
      errorAnswer(-32002, 'blockhash'),
    );
    scene.send(0).answer(behind);
    scene.send(1).answer(behind);
    expect(scene.asked()).toEqual([0, 1]);
    expect(scene.outcome()).toMatchObject({ answer: { message: 'blockhash' } });
  });

  test('that nobody accepted within a second goes on to others, one by one, backups too', () => {
    const upstreams = [0, 1, 2, 3].map((index) =>
      buildUpstream(index, { endpoint: { tier: index < 3 ? 'primary' : 'backup' } }),
    );
    const scene = startRaw({}, { upstreams });
    scene.clock.advance(999);
    expect(scene.asked()).toEqual([0, 1]);
    scene.clock.advance(1);
    expect(scene.asked()).toEqual([0, 1, 2]);
    scene.clock.advance(1000);
    expect(scene.asked()).toEqual([0, 1, 2, 3]);
    scene.send(3).answer(goodOutcome());
    expect(scene.outcome()).toMatchObject({ resort: 'backup', attempts: 4 });
    expect(scene.sends.map((send) => send.cancelled)).toEqual([true, true, true, false]);
  });

  test('goes on at once where an upstream failed', () => {
    const scene = startRaw();
    scene.send(0).answer(refusedOutcome());
    expect(scene.asked()).toEqual([0, 1, 2]);
    expect(scene.send(2).order.purpose).toBe('retry');
  });

  test('is sent a bounded number of times, however many upstreams there are', () => {
    const scene = startRaw();
    for (let slot = 0; slot < scene.sends.length; slot += 1) scene.send(slot).answer(refusedOutcome());
    scene.clock.advance(60_000);
    expect(scene.asked()).toEqual([0, 1, 2, 3]);
    expect(scene.outcomes).toHaveLength(1);
  });

  test('goes to private providers one after another where it is broadcast to one (width 1)', () => {
    const scene = startRaw({ broadcast: 1 });
    expect(scene.asked()).toEqual([0]);
    scene.clock.advance(1000);
    expect(scene.asked()).toEqual([0, 1]);
  });

  test('that nobody answered has an unknown outcome: it may have arrived (F-147)', () => {
    const scene = startRaw({}, { upstreams: [buildUpstream(0), buildUpstream(1)] });
    scene.clock.advance(10_000);
    scene.send(0).answer(lostOutcome());
    scene.send(1).answer(lostOutcome({ meaning: 'connection-lost' }));
    expect(scene.outcome()).toMatchObject({ kind: 'failed', fault: 'WRITE_OUTCOME_UNKNOWN' });
    expect(settled(scene)).toMatchObject({ outcome: 'unknown' });
  });

  test('that cannot have arrived anywhere is not called unknown', () => {
    const scene = startRaw({}, { upstreams: [buildUpstream(0), buildUpstream(1)] });
    scene.send(0).answer(refusedOutcome());
    scene.send(1).answer(refusedOutcome());
    expect(scene.outcome()).toMatchObject({ kind: 'failed', fault: 'UPSTREAMS_EXHAUSTED' });
    expect(settled(scene)).toMatchObject({ outcome: 'unsent' });
  });

  test('rejected by one and lost on another is rejected, with the doubt told', () => {
    const scene = startRaw({}, { upstreams: [buildUpstream(0), buildUpstream(1)] });
    scene.send(0).answer(lostOutcome());
    scene.send(1).answer(rejected('insufficient funds'));
    expect(scene.outcome()).toMatchObject({
      kind: 'answered',
      answer: { message: 'insufficient funds' },
      doubt: 'may-have-arrived',
    });
  });

  test.each(['nonce-too-low', 'double-spend'] as const)(
    'lost on one and rejected as %s by another may have caused that itself: nobody signs anew for it (F-143)',
    (meaning) => {
      const scene = startRaw({}, { upstreams: [buildUpstream(0), buildUpstream(1)] });
      scene.send(0).answer(lostOutcome());
      scene.send(1).answer(rejected('spent', meaning));
      expect(scene.outcome()).toMatchObject({ kind: 'failed', fault: 'WRITE_OUTCOME_UNKNOWN' });
      expect(settled(scene)).toMatchObject({ outcome: 'unknown' });
    },
  );

  test('rejected for its nonce by all who were asked is rejected in their own words (F-144)', () => {
    const scene = startRaw({}, { upstreams: [buildUpstream(0), buildUpstream(1)] });
    scene.send(0).answer(rejected('nonce too low', 'nonce-too-low'));
    scene.send(1).answer(rejected('nonce too low', 'nonce-too-low'));
    expect(scene.outcome()).toMatchObject({ kind: 'answered', answer: { message: 'nonce too low' }, doubt: 'none' });
  });

  test('that a block holds already has succeeded as one in the pool has (F-151)', () => {
    const scene = startRaw();
    scene
      .send(0)
      .answer(
        errorOutcome({ meaning: 'tx-in-chain', blame: 'none', retry: 'no' }, errorAnswer(-27, 'already in chain')),
      );
    expect(scene.outcome()).toMatchObject({ kind: 'answered', answer: { kind: 'result', result: knownResult } });
    expect(settled(scene)).toMatchObject({ outcome: 'known' });
  });

  test('lost on one and met with a mere malfunction on another has an unknown outcome', () => {
    const scene = startRaw({}, { upstreams: [buildUpstream(0), buildUpstream(1)] });
    scene.send(0).answer(lostOutcome());
    scene.send(1).answer(errorOutcome({ meaning: 'internal-error' }, errorAnswer(-32603, 'boom')));
    expect(scene.outcome()).toMatchObject({ kind: 'failed', fault: 'WRITE_OUTCOME_UNKNOWN' });
  });

  test('all rate limited was turned away, not lost: no upstream, and when to come back', () => {
    const scene = startRaw({}, { upstreams: [buildUpstream(0), buildUpstream(1)] });
    scene.send(0).answer(rateLimitedOutcome(4000));
    scene.send(1).answer(rateLimitedOutcome(2000));
    expect(scene.outcome()).toMatchObject({ kind: 'failed', fault: 'NO_UPSTREAM', retryAfterMs: 2000 });
  });

  test('goes on to its end when the client has gone (F-155)', () => {
    const scene = startRaw();
    scene.cancel();
    expect(scene.sends.map((send) => send.cancelled)).toEqual([false, false]);
    scene.send(0).answer(refusedOutcome());
    expect(scene.asked()).toEqual([0, 1, 2]);
    scene.send(2).answer(goodOutcome());
    expect(scene.outcome()).toMatchObject({ kind: 'answered' });
  });

  test('does not fail for want of a budget that reads have spent', () => {
    const scene = startRaw();
    while (scene.budget.take(1000)) expect(scene.outcomes).toEqual([]);
    scene.send(0).answer(refusedOutcome());
    expect(scene.asked()).toEqual([0, 1, 2]);
  });

  test('on an only upstream has all the time there is', () => {
    const scene = startRaw({}, { upstreams: [buildUpstream(0)] });
    expect(scene.asked()).toEqual([0]);
    expect(scene.send(0).order.timeoutMs).toBe(30_000);
  });

  test('nobody can take was never sent', () => {
    const scene = startRaw({}, { upstreams: [] });
    expect(scene.outcome()).toMatchObject({ kind: 'failed', fault: 'NO_UPSTREAM' });
    expect(settled(scene)).toMatchObject({ outcome: 'unsent' });
  });
});

describe('any other write', () => {
  const startOnce = (plan: Partial<RelayPlan> = {}) =>
    startWrite({ kind: 'once', hedge: 'allowed', ...plan }, { hedgeAfterMs: 50 });

  test('goes to one upstream, and stays there whatever time passes (F-148)', () => {
    const scene = startOnce();
    scene.clock.advance(9000);
    expect(scene.asked()).toEqual([0]);
    scene.send(0).answer(goodOutcome());
    expect(scene.outcome()).toMatchObject({ kind: 'answered' });
    expect(settled(scene)).toMatchObject({ outcome: 'accepted' });
  });

  test.each([
    ['a reset (F-004)', lostOutcome({ meaning: 'connection-lost' })],
    ['a timeout (F-148)', lostOutcome()],
    ['a cut answer', lostOutcome({ meaning: 'bad-response' })],
    ['an HTTP 500 without a body', lostOutcome({ meaning: 'server-error' })],
  ])('is not sent again after %s: it may have arrived (I16)', (_, outcome) => {
    const scene = startOnce();
    scene.send(0).answer(outcome);
    expect(scene.asked()).toEqual([0]);
    expect(scene.outcome()).toMatchObject({ kind: 'failed', fault: 'WRITE_OUTCOME_UNKNOWN' });
  });

  test('moves on where nothing was sent, and where the method is not there', () => {
    const scene = startOnce();
    scene.send(0).answer(refusedOutcome());
    expect(scene.asked()).toEqual([0, 1]);
    scene.send(1).answer(errorOutcome({ meaning: 'method-unsupported', blame: 'capability', retry: 'once' }));
    expect(scene.asked()).toEqual([0, 1, 2]);
    scene.send(2).answer(goodOutcome());
    expect(scene.outcome()).toMatchObject({ kind: 'answered', attempts: 3 });
  });

  test('that one upstream does not know and another may have carried out has an unknown outcome', () => {
    const scene = startOnce();
    scene.send(0).answer(errorOutcome({ meaning: 'method-unsupported', blame: 'capability', retry: 'once' }));
    scene.send(1).answer(lostOutcome());
    expect(scene.outcome()).toMatchObject({ kind: 'failed', fault: 'WRITE_OUTCOME_UNKNOWN' });
  });

  test('ends with the error an upstream gave, of whatever kind', () => {
    const scene = startOnce();
    scene.send(0).answer(errorOutcome({ meaning: 'internal-error' }, errorAnswer(-32603, 'boom')));
    expect(scene.outcome()).toMatchObject({ kind: 'answered', answer: { message: 'boom' } });
    expect(settled(scene)).toMatchObject({ outcome: 'rejected' });
  });

  test('that was rate limited was turned away: it is not sent again, and not called unknown', () => {
    const scene = startOnce();
    scene.send(0).answer(rateLimitedOutcome(2000));
    expect(scene.asked()).toEqual([0]);
    expect(scene.outcome()).toMatchObject({ kind: 'failed', fault: 'NO_UPSTREAM', retryAfterMs: 2000 });
  });

  test('that is no write by its class is not counted as one', () => {
    const scene = startOnce({ class: 'normal' });
    scene.send(0).answer(goodOutcome());
    expect(settled(scene)).toBeUndefined();
  });
});
