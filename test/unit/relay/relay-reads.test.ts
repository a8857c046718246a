import { describe, expect, test } from 'vitest';
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
import { startScene } from '../../support/relay-scene.ts';

const many = [0, 1, 2, 3, 4, 5].map((index) => buildUpstream(index));
const unclassified = { meaning: 'generic', blame: 'none', retry: 'once' } as const;

describe('a read', () => {
  test('is answered by the first good answer, and asks nobody else', () => {
    const scene = startScene();
    scene.send(0).answer(goodOutcome('"0x10"'));
    expect(scene.outcome()).toMatchObject({
      kind: 'answered',
      answer: result('"0x10"'),
      attempts: 1,
      resort: 'primary',
    });
    expect(scene.asked()).toEqual([0]);
    expect(scene.events).toEqual([]);
    expect(scene.clock.pending()).toBe(0);
  });

  test.each([
    ['a refused connection (F-001)', refusedOutcome()],
    ['a reset (F-004)', lostOutcome({ meaning: 'connection-lost' })],
    ['a cut body', lostOutcome({ meaning: 'bad-response' })],
    ['a timeout', lostOutcome()],
    ['a page of HTML', lostOutcome({ meaning: 'bad-response' })],
    ['a rate limit (F-032)', rateLimitedOutcome(7000)],
    ['a refused key (F-038)', lostOutcome({ meaning: 'auth-failed' })],
    ['a quota (F-039)', lostOutcome({ meaning: 'quota-exhausted', blame: 'none', holdOff: true })],
    ['an internal error (B11)', errorOutcome({ meaning: 'internal-error' }, errorAnswer(-32603, 'internal'))],
  ])('goes on to another upstream after %s', (_, outcome) => {
    const scene = startScene();
    scene.send(0).answer(outcome);
    expect(scene.asked()).toEqual([0, 1]);
    scene.send(1).answer(goodOutcome());
    expect(scene.outcome()).toMatchObject({ kind: 'answered', attempts: 2 });
    expect(scene.outcome()).toHaveProperty('upstream.endpoint.index', 1);
    expect(scene.events).toEqual([{ kind: 'retried', chain: 'testnet', reason: outcome.verdict.meaning }]);
  });

  test.each([
    ['a revert', { meaning: 'reverted', blame: 'none', retry: 'no' }],
    ["the client's own mistake", { meaning: 'invalid-params', blame: 'client', retry: 'no' }],
    ['an answer that only time can change', { meaning: 'block-unknown', blame: 'none', retry: 'same-later' }],
  ] as const)('passes on %s as it is, at once', (_, verdict) => {
    const scene = startScene();
    scene.send(0).answer(errorOutcome(verdict, errorAnswer(3, 'execution reverted')));
    expect(scene.outcome()).toMatchObject({ kind: 'answered', answer: { code: 3 }, attempts: 1 });
    expect(scene.asked()).toEqual([0]);
  });

  test('is tried three times at most, however many upstreams there are (I14)', () => {
    const scene = startScene({ upstreams: many });
    for (const slot of [0, 1, 2]) scene.send(slot).answer(refusedOutcome());
    expect(scene.asked()).toEqual([0, 1, 2]);
    expect(scene.outcome()).toMatchObject({ kind: 'failed', fault: 'UPSTREAMS_EXHAUSTED' });
  });

  test('is tried once more where an upstream answered well just now', () => {
    const scene = startScene({ upstreams: many, answering: [4] });
    for (const slot of [0, 1, 2]) scene.send(slot).answer(refusedOutcome());
    expect(scene.asked()).toEqual([0, 1, 2, 4]);
    scene.send(3).answer(refusedOutcome());
    expect(scene.outcome()).toMatchObject({ kind: 'failed', fault: 'UPSTREAMS_EXHAUSTED' });
    expect(scene.asked()).toHaveLength(4);
  });

  test('is retried once after an error nobody knows, and then ends', () => {
    const scene = startScene();
    scene.send(0).answer(errorOutcome(unclassified, errorAnswer(-32000, 'first')));
    expect(scene.asked()).toEqual([0, 1]);
    scene.send(1).answer(errorOutcome(unclassified, errorAnswer(-32000, 'second')));
    expect(scene.outcome()).toMatchObject({ kind: 'answered', answer: { message: 'first' }, attempts: 2 });
  });

  test('takes a broken upstream for no second opinion', () => {
    const scene = startScene();
    scene.send(0).answer(errorOutcome(unclassified));
    scene.send(1).answer(refusedOutcome());
    expect(scene.asked()).toEqual([0, 1, 2]);
    scene.send(2).answer(goodOutcome());
    expect(scene.outcome()).toMatchObject({ kind: 'answered', answer: { kind: 'result' } });
  });

  test('without permission to retry moves on only where nothing was sent, or it was turned away', () => {
    const plan = { retry: 'if-unsent' } as const;
    const unsent = startScene({ plan });
    unsent.send(0).answer(refusedOutcome());
    expect(unsent.asked()).toEqual([0, 1]);
    const limited = startScene({ plan });
    limited.send(0).answer(rateLimitedOutcome());
    expect(limited.asked()).toEqual([0, 1]);
    const lost = startScene({ plan });
    lost.send(0).answer(lostOutcome());
    expect(lost.asked()).toEqual([0]);
    expect(lost.outcome()).toMatchObject({ fault: 'UPSTREAMS_EXHAUSTED' });
  });
});

describe('when nobody gave a good answer', () => {
  test("an upstream's own error is passed on, rather than a fault", () => {
    const scene = startScene();
    scene.send(0).answer(refusedOutcome());
    scene.send(1).answer(errorOutcome({ meaning: 'internal-error' }, errorAnswer(-32603, 'boom')));
    scene.send(2).answer(lostOutcome());
    expect(scene.outcome()).toMatchObject({ kind: 'answered', answer: { code: -32603, message: 'boom' }, attempts: 3 });
  });

  test('of several errors the most specific is passed on, of equals that of the most advanced upstream (F-193)', () => {
    const upstreams = [{ head: 90 }, { head: 99 }, { head: 95 }].map((traits, index) => buildUpstream(index, traits));
    const equals = startScene({ upstreams });
    for (const slot of [0, 1, 2]) {
      equals.send(slot).answer(errorOutcome({ meaning: 'internal-error' }, errorAnswer(-32603, `of ${slot}`)));
    }
    expect(equals.outcome()).toMatchObject({ answer: { message: 'of 1' } });
    const specific = startScene({ upstreams });
    specific.send(0).answer(errorOutcome({ meaning: 'data-missing', retry: 'once' }, errorAnswer(-32000, 'pruned')));
    specific.send(1).answer(errorOutcome(unclassified, errorAnswer(-32000, 'what?')));
    expect(specific.outcome()).toMatchObject({ answer: { message: 'pruned' } });
  });

  test('of newest blocks that are all behind what was shown, the highest is told, whatever the snapshot said of who gave it', () => {
    const scene = startScene({ upstreams: [buildUpstream(0, { head: 99 }), buildUpstream(1, { head: 90 })] });
    const { verdict } = errorOutcome({ meaning: 'lagging', blame: 'none' });
    scene.send(0).answer({ ...goodOutcome('97'), verdict, shown: 97 });
    scene.send(1).answer({ ...goodOutcome('98'), verdict, shown: 98 });
    expect(scene.outcome()).toMatchObject({ kind: 'answered', answer: result('98') });
  });

  test('an empty result that others could not better is the result', () => {
    const scene = startScene();
    const empty = {
      ...goodOutcome('null'),
      verdict: { ...errorOutcome(unclassified).verdict, meaning: 'lagging' },
    } as const;
    scene.send(0).answer(empty);
    scene.send(1).answer(errorOutcome(unclassified));
    expect(scene.outcome()).toMatchObject({ kind: 'answered', answer: result('null') });
  });

  test.each([
    ['a refused key', errorOutcome({ meaning: 'auth-failed' }, errorAnswer(-32001, 'invalid key'))],
    ['a rate limit in JSON (F-031)', errorOutcome({ meaning: 'rate-limited', blame: 'none', holdOff: true })],
    ['a wrong chain', errorOutcome({ meaning: 'wrong-chain' })],
  ])('no client is shown %s: it is between us and the upstream', (_, outcome) => {
    const scene = startScene();
    for (const slot of [0, 1, 2]) scene.send(slot).answer(outcome);
    expect(scene.outcome().kind).toBe('failed');
  });

  test('all rate limited: no upstream, and the soonest end of a hold-off (F-037)', () => {
    const scene = startScene({ upstreams: many.slice(0, 2) });
    scene.send(0).answer(rateLimitedOutcome(7000));
    scene.send(1).answer(rateLimitedOutcome(3000));
    expect(scene.outcome()).toMatchObject({ kind: 'failed', fault: 'NO_UPSTREAM', retryAfterMs: 3000 });
  });

  test('a hold-off of unsaid length is taken for a second', () => {
    const scene = startScene({ upstreams: many.slice(0, 2) });
    scene.send(0).answer(rateLimitedOutcome());
    scene.send(1).answer(rateLimitedOutcome(3000));
    expect(scene.outcome()).toMatchObject({ fault: 'NO_UPSTREAM', retryAfterMs: 1000 });
  });

  test('the soonest end may be that of one that was not asked because of it (F-037)', () => {
    const scene = startScene({ upstreams: many.slice(0, 1), refusal: 'paced', retryAfterMs: 1500 });
    scene.send(0).answer(rateLimitedOutcome(7000));
    expect(scene.outcome()).toMatchObject({ fault: 'NO_UPSTREAM', retryAfterMs: 1500 });
  });

  test('every answer too large: that is said (F-012)', () => {
    const scene = startScene();
    for (const slot of [0, 1, 2]) scene.send(slot).answer(lostOutcome({ meaning: 'result-too-large', blame: 'none' }));
    expect(scene.outcome()).toMatchObject({ kind: 'failed', fault: 'RESPONSE_TOO_LARGE' });
  });

  test('nobody to ask at all: no upstream, when to come back, and why', () => {
    const scene = startScene({ upstreams: [], retryAfterMs: 4000 });
    expect(scene.outcome()).toMatchObject({ kind: 'failed', fault: 'NO_UPSTREAM', retryAfterMs: 4000, attempts: [] });
  });

  test('only our own limit in the way: overloaded, and when to come back (F-027)', () => {
    const scene = startScene({ unavailable: [0, 1, 2], refusal: 'at-concurrency', retryAfterMs: 1000 });
    scene.clock.advance(1020);
    expect(scene.outcome()).toMatchObject({ kind: 'failed', fault: 'OVERLOADED', retryAfterMs: 1000 });
  });

  test('the attempts are told in words, with names and no addresses', () => {
    const scene = startScene({ upstreams: many.slice(0, 2) });
    scene.clock.advance(12.4);
    scene.send(0).answer(refusedOutcome());
    scene.clock.advance(2000);
    scene.send(1).answer(lostOutcome());
    expect(scene.outcome()).toMatchObject({
      fault: 'UPSTREAMS_EXHAUSTED',
      attempts: [
        { upstream: 'p0/json-rpc', meaning: 'connect-failed', ms: 12, detail: 'connect-failed in words' },
        { upstream: 'p1/json-rpc', meaning: 'timeout', ms: 2000, detail: 'timeout in words' },
      ],
    });
  });
});

describe('time', () => {
  test('an attempt has the time of its class, the last askable upstream all that remains', () => {
    const scene = startScene();
    expect(scene.send(0).order.timeoutMs).toBe(2000);
    scene.clock.advance(2000);
    scene.send(0).answer(lostOutcome());
    expect(scene.send(1).order.timeoutMs).toBe(2000);
    scene.clock.advance(2000);
    scene.send(1).answer(lostOutcome());
    expect(scene.send(2).order.timeoutMs).toBe(26_000);
  });

  test('what remains is divided among those still askable, so all get their turn', () => {
    const scene = startScene({ plan: { deadlineAt: 4000 } });
    expect(scene.send(0).order.timeoutMs).toBe(1000);
    scene.clock.advance(1000);
    scene.send(0).answer(lostOutcome());
    expect(scene.send(1).order.timeoutMs).toBe(1000);
  });

  test('a call whose time is over is not retried, and says so', () => {
    const scene = startScene({ plan: { deadlineAt: 2000 } });
    scene.clock.advance(995);
    scene.send(0).answer(lostOutcome());
    expect(scene.asked()).toEqual([0]);
    expect(scene.outcome()).toMatchObject({ kind: 'failed', fault: 'DEADLINE_PASSED' });
  });

  test('an answer that came in the last moment still counts', () => {
    const scene = startScene({ plan: { deadlineAt: 2000 } });
    scene.clock.advance(5000);
    scene.send(0).answer(goodOutcome());
    expect(scene.outcome().kind).toBe('answered');
  });

  test('a call that comes with no time asks nobody', () => {
    const scene = startScene({ plan: { deadlineAt: 1000 } });
    expect(scene.sends).toEqual([]);
    expect(scene.outcome()).toMatchObject({ kind: 'failed', fault: 'DEADLINE_PASSED', attempts: [] });
  });

  test('no purpose of a send is anything but the call itself and its retries', () => {
    const scene = startScene();
    for (const slot of [0, 1, 2]) scene.send(slot).answer(refusedOutcome());
    expect(scene.sends.map((send) => send.order.purpose)).toEqual(['client', 'retry', 'retry']);
  });
});

describe('a client that has gone', () => {
  test('stops its read, without an outcome (F-249)', () => {
    const scene = startScene();
    scene.cancel();
    expect(scene.send(0).cancelled).toBe(true);
    scene.send(0).answer(goodOutcome());
    scene.cancel();
    expect(scene.outcomes).toEqual([]);
  });

  test('changes nothing once the call has ended', () => {
    const scene = startScene();
    scene.send(0).answer(goodOutcome());
    scene.cancel();
    expect(scene.send(0).cancelled).toBe(false);
    expect(scene.outcomes).toHaveLength(1);
  });
});

test('a read that our own memory has no room for is shed, and says when to come back (F-110)', () => {
  const scene = startScene();
  const shed = lostOutcome({ meaning: 'cancelled', blame: 'none', retry: 'no' });
  scene.send(0).answer({ ...shed, failure: 'over-budget' });
  expect(scene.asked()).toEqual([0]);
  expect(scene.outcome()).toMatchObject({ kind: 'failed', fault: 'OVERLOADED', retryAfterMs: 1000 });
});

describe('the budget', () => {
  test('that is spent stops retries, but for the one to an upstream that answered well just now (F-247)', () => {
    const spent = startScene();
    while (spent.budget.take(1000)) expect(spent.budget.remaining(1000)).toBeGreaterThanOrEqual(0);
    spent.send(0).answer(refusedOutcome());
    expect(spent.outcome()).toMatchObject({ fault: 'UPSTREAMS_EXHAUSTED' });
    const saved = startScene({ budget: spent.budget, answering: [2] });
    saved.send(0).answer(refusedOutcome());
    expect(saved.asked()).toEqual([0, 2]);
    saved.send(1).answer(refusedOutcome());
    expect(saved.asked()).toEqual([0, 2]);
    expect(saved.outcome()).toMatchObject({ fault: 'UPSTREAMS_EXHAUSTED' });
  });

  test('is not charged for a retry that found nobody', () => {
    const scene = startScene({ upstreams: many.slice(0, 1) });
    const before = scene.budget.remaining(1000);
    scene.send(0).answer(refusedOutcome());
    expect(scene.budget.remaining(1000)).toBe(before);
  });
});
