import { describe, expect, test } from 'vitest';
import { okVerdict } from '../../../src/model/verdict.ts';
import { createCacheTrip } from '../../../src/path/cache-trip.ts';
import { refused } from '../../../src/path/trip.ts';
import { hash } from '../../../src/system/hash.ts';
import { buildVerdict, errorAnswer, result } from '../../support/build-outcome.ts';
import { buildPairing } from '../../support/build-pairing.ts';
import { allSettled, answered, CacheScene, type CacheSceneOptions, steered } from '../../support/cache-scene.ts';

/** A scene, its parts at hand. */
function scene(options: CacheSceneOptions = {}) {
  const world = new CacheScene(options);
  return {
    world,
    clock: world.clock,
    lane: world.lane,
    answers: world.answers,
    flights: world.flights,
    relays: world.relays,
    uses: world.uses,
    relay: (at: number) => world.relay(at),
    ask: (...args: Parameters<CacheScene['ask']>) => world.ask(...args),
    find: (...args: Parameters<CacheScene['find']>) => world.find(...args),
  };
}

const failure = refused({ fault: 'UPSTREAMS_EXHAUSTED', message: 'every upstream failed' });
const final = 'balance ["0x5a"]';
const latest = 'balance ["latest"]';

describe('a read of a final block', () => {
  test('is relayed once and then found, with who answered and without an attempt', async () => {
    const { ask, relay, relays, find, uses } = scene();
    const first = ask(final);
    await relay(0).end(answered());
    expect(first.served).toMatchObject({ facts: { cache: 'miss', attempts: 2 } });
    expect(find(final)).toEqual({
      kind: 'answered',
      answer: result('"0x1"'),
      verdict: okVerdict,
      facts: { upstream: 'p0/json-rpc', attempts: 0, height: 100, degraded: undefined, cache: 'hit' },
      upstream: undefined,
    });
    expect(relays).toHaveLength(1);
    expect(uses).toEqual(['balance miss', 'balance hit']);
  });

  test('is found by the layer too, for a call that had to wait before it', async () => {
    const { ask, relay, relays } = scene();
    ask(final);
    await relay(0).end(answered());
    const second = ask(final);
    await allSettled();
    expect(second.served).toMatchObject({ facts: { cache: 'hit' } });
    expect(relays).toHaveLength(1);
  });

  test('is found however its params are spaced, but not in another case (F-185)', async () => {
    const { ask, relay, find } = scene();
    ask(final);
    await relay(0).end(answered());
    expect(find('balance [ "0x5a"\t]')).toBeDefined();
    expect(find('balance ["0x5A"]')).toBeUndefined();
  });

  test.each([
    ['a null (F-184)', answered(result('null'))],
    [
      'an error that may be another next time (F-184)',
      answered(errorAnswer(-32000, 'busy'), { verdict: buildVerdict() }),
    ],
    ['an answer given in need', answered(result('"0x1"'), { facts: { ...answered().facts, degraded: 'lagging' } })],
    ['an answer of several', answered(result('"0x1"'), { upstream: undefined })],
    ['a fault of ours', failure],
  ])('keeps nothing of %s', async (_, served) => {
    const { ask, relay, find } = scene();
    ask(final);
    await relay(0).end(served);
    expect(find(final)).toBeUndefined();
  });

  test('keeps nothing that is still on its way, and reads it for nobody who has gone', async () => {
    const { ask, relay, find } = scene();
    let cancelled = 0;
    const rest = {
      beginning: [],
      read: () => Promise.resolve({ kind: 'ended' } as const),
      cancel: () => {
        cancelled += 1;
      },
    };
    const leader = ask(final);
    const follower = ask(final);
    leader.leave();
    await relay(0).end(answered({ kind: 'result', result: Buffer.alloc(0), rest }));
    expect(cancelled).toBe(1);
    expect(find(final)).toBeUndefined();
    await relay(1).end(answered());
    expect(follower.served).toMatchObject({ answer: result('"0x1"'), facts: { cache: 'miss' } });
  });

  test('keeps an error that is deterministic', async () => {
    const { ask, relay, find } = scene();
    ask(final);
    const reverted = buildVerdict({ meaning: 'reverted', blame: 'none', retry: 'no', cache: true });
    await relay(0).end(answered(errorAnswer(3, 'execution reverted'), { verdict: reverted }));
    expect(find(final)).toMatchObject({ answer: { kind: 'error', code: 3 } });
  });

  test.each([
    ['is of another chain, as it turned out', { identity: 'wrong', generation: 2 }],
    ['is not confirmed', { identity: 'unknown' }],
    ['was convicted', { standing: 'quarantined' }],
    ['fell and rose again', { generation: 3 }],
  ] as const)('keeps nothing of an upstream that meanwhile %s (F-186)', async (_, traits) => {
    const { ask, relay, find, world } = scene();
    ask(final);
    world.pairing = buildPairing([traits], { finalized: 90, tip: 100 });
    await relay(0).end(answered());
    expect(find(final)).toBeUndefined();
  });

  test('keeps nothing that was asked for before a reload', async () => {
    const { ask, relay, find, lane } = scene();
    ask(final, { lane: { ...lane, successor: () => lane } });
    await relay(0).end(answered());
    expect(find(final)).toBeUndefined();
  });

  test('does not share what a client asked for beside the call (F-185)', async () => {
    const { ask, relay, find } = scene();
    ask(final, { steering: steered({ exclude: 'p1' }) });
    await relay(0).end(answered());
    expect(find(final)).toBeUndefined();
    expect(find(final, { steering: steered({ exclude: 'P1' }) })).toBeDefined();
    expect(find(final, { steering: steered({ exclude: 'p1', 'timeout-ms': '9' }) })).toBeDefined();
  });

  test('does not answer for several, once the configuration wants several to agree', async () => {
    const { ask, relay, find, lane } = scene();
    ask(final);
    await relay(0).end(answered());
    const quorum = { balance: { agree: 2, of: 3 } };
    expect(find(final, { lane: { ...lane, settings: { ...lane.settings, quorum } } })).toBeUndefined();
    expect(find(final)).toBeDefined();
  });

  test('is shared by all sessions', async () => {
    const { ask, relay, find } = scene();
    ask(final, { steering: steered({ session: 'a' }) });
    await relay(0).end(answered());
    expect(find(final, { steering: steered({ session: 'b' }) })).toBeDefined();
    expect(find(final)).toBeDefined();
  });

  test('of a range is found only further on, where its width was looked at', async () => {
    const { ask, relay, relays, find } = scene();
    ask('logs ["0x1","0x2"]');
    await relay(0).end(answered(result('[1]')));
    expect(find('logs ["0x1","0x2"]')).toBeUndefined();
    const again = ask('logs ["0x1","0x2"]');
    await allSettled();
    expect(again.served).toMatchObject({ facts: { cache: 'hit' } });
    expect(relays).toHaveLength(1);
  });
});

describe('x-switchyard-cache: bypass', () => {
  test('takes neither what is kept nor what is under way, and renews what is kept', async () => {
    const { ask, relay, find, uses } = scene();
    const steering = steered({ cache: 'bypass' });
    ask(final);
    await relay(0).end(answered());
    expect(find(final, { steering })).toBeUndefined();
    const fresh = ask(final, { steering });
    await relay(1).end(answered(result('"0x2"')));
    expect(fresh.served).toMatchObject({ answer: result('"0x2"'), facts: { cache: 'bypass' } });
    expect(find(final)).toMatchObject({ answer: result('"0x2"') });
    expect(uses).toEqual(['balance miss', 'balance bypass', 'balance hit']);
  });
});

describe('identical reads under way', () => {
  test('are one: a thousand clients, one relay, and each its own answer (F-188)', async () => {
    const { ask, relay, relays } = scene();
    const clients = Array.from({ length: 1000 }, () => ask(latest));
    await relay(0).end(answered());
    expect(relays).toHaveLength(1);
    expect(clients[0]?.served).toMatchObject({ facts: { cache: 'miss' } });
    for (const { served } of clients.slice(1)) {
      expect(served).toMatchObject({ answer: result('"0x1"'), facts: { cache: 'coalesced', upstream: 'p0/json-rpc' } });
    }
  });

  test('about the newest block are not kept once they are answered', async () => {
    const { ask, relay, relays } = scene();
    ask(latest);
    await relay(0).end(answered());
    ask(latest);
    expect(relays).toHaveLength(2);
  });

  test('go on without the client that began them (F-188)', async () => {
    const { ask, relay } = scene();
    const leader = ask(latest);
    const follower = ask(latest);
    leader.leave();
    await allSettled();
    expect(leader.served).toEqual({ kind: 'gone' });
    expect(relay(0).isCancelled).toBe(false);
    await relay(0).end(answered());
    expect(follower.served).toMatchObject({ facts: { cache: 'coalesced' } });
  });

  test('stop when nobody is left who waits', async () => {
    const { ask, relay, flights } = scene();
    const leader = ask(latest);
    const follower = ask(latest);
    follower.leave();
    leader.leave();
    await allSettled();
    expect(follower.served).toEqual({ kind: 'gone' });
    expect(relay(0).isCancelled).toBe(true);
    expect(flights.size).toBe(0);
  });

  test('do not share a failure: the first follower leads the others, and the second failure is for all (F-188)', async () => {
    const { ask, relay, relays } = scene();
    const leader = ask(latest);
    const followers = [ask(latest), ask(latest), ask(latest)];
    await relay(0).end(failure);
    expect(leader.served).toBe(failure);
    expect(relays).toHaveLength(2);
    expect(followers.map(({ served }) => served)).toEqual([undefined, undefined, undefined]);
    await relay(1).end(failure);
    expect(relays).toHaveLength(2);
    expect(followers.map(({ served }) => served)).toEqual([failure, failure, failure]);
  });

  test('do not share an error that another upstream might not give', async () => {
    const { ask, relay } = scene();
    ask(latest);
    const follower = ask(latest);
    await relay(0).end(answered(errorAnswer(-32000, 'busy'), { verdict: buildVerdict({ meaning: 'chain-busy' }) }));
    expect(follower.served).toBeUndefined();
    await relay(1).end(answered());
    expect(follower.served).toMatchObject({ answer: result('"0x1"'), facts: { cache: 'miss' } });
  });

  test('share an error that is final', async () => {
    const { ask, relay } = scene();
    ask(latest);
    const follower = ask(latest);
    const verdict = buildVerdict({ meaning: 'reverted', blame: 'none', retry: 'no' });
    await relay(0).end(answered(errorAnswer(3, 'execution reverted'), { verdict }));
    expect(follower.served).toMatchObject({ answer: { code: 3 }, facts: { cache: 'coalesced' } });
  });

  test('do not share the haste of the client that began them, however often', async () => {
    const { ask, relay } = scene();
    const hasty = refused({ fault: 'DEADLINE_PASSED', message: 'over' });
    ask(latest, { steering: steered({ 'timeout-ms': '5' }) });
    ask(latest, { steering: steered({ 'timeout-ms': '10' }) });
    const patient = ask(latest);
    await relay(0).end(hasty);
    await relay(1).end(hasty);
    expect(patient.served).toBeUndefined();
    await relay(2).end(answered());
    expect(patient.served).toMatchObject({ kind: 'answered' });
  });

  test('do not share what one client may use', async () => {
    const { ask, relay } = scene();
    const over = refused({ fault: 'RATE_LIMITED', message: 'over' });
    ask(latest);
    ask(latest);
    const other = ask(latest);
    await relay(0).end(over);
    await relay(1).end(over);
    expect(other.served).toBeUndefined();
    await relay(2).end(answered());
    expect(other.served).toMatchObject({ kind: 'answered' });
  });

  test('are apart where one can be streamed to and the other cannot, but found by both once kept', async () => {
    const { ask, relay, relays, find } = scene();
    ask(final);
    ask(final);
    ask(final, { large: 'streamed' });
    ask(final, { large: 'streamed' });
    expect(relays).toHaveLength(2);
    await relay(0).end(answered());
    expect(find(final, { large: 'streamed' })).toBeDefined();
  });

  test('raise the height that the sessions of all of them were shown', async () => {
    const { ask, relay, relays, lane } = scene();
    const block = 'block ["0x64"]';
    ask(block, { steering: steered({ session: 'a' }) });
    ask(block, { steering: steered({ session: 'b' }) });
    await relay(0).end(answered(result('{"number":"0x64"}')));
    expect(relays).toHaveLength(1);
    expect(lane.sessions.seen('=b')).toMatchObject({ height: 100 });
  });

  test('leave each follower its own deadline', async () => {
    const { ask, relay, clock } = scene();
    const leader = ask(latest);
    const hasty = ask(latest, { steering: steered({ 'timeout-ms': '50' }) });
    await clock.advanceAsync(50);
    expect(hasty.served).toMatchObject({ kind: 'refused', answer: { fault: 'DEADLINE_PASSED' } });
    expect(leader.served).toBeUndefined();
    await relay(0).end(answered());
    expect(leader.served).toMatchObject({ kind: 'answered' });
    expect(clock.pending()).toBe(0);
  });

  test.each([
    ['a write was sent through us', (s: ReturnType<typeof scene>) => void s.ask('send ["0x"]')],
    [
      'a block came',
      (s: ReturnType<typeof scene>) => s.answers.fold({ kind: 'tip-moved', chain: 'testnet', tip: 101 }),
    ],
    ['a newer height was shown', (s: ReturnType<typeof scene>) => void s.lane.shownHead.isBehind(101, 100)],
  ])('begin anew after %s', (_, happens) => {
    const world = scene();
    world.ask(latest);
    happens(world);
    const before = world.relays.length;
    world.ask(latest);
    expect(world.relays).toHaveLength(before + 1);
  });

  test('begin anew after a write was answered, so that clients read what they wrote', async () => {
    const { ask, relay, relays } = scene();
    ask('send ["0x"]');
    ask(latest);
    await relay(0).end(answered());
    ask(latest);
    expect(relays).toHaveLength(3);
  });

  test('about a final block are one across blocks and writes', () => {
    const { ask, relays, answers } = scene();
    ask(final);
    answers.move();
    ask(final);
    expect(relays).toHaveLength(1);
  });

  test('are one only within a session, and for a nonce only for one client', () => {
    const { ask, relays } = scene();
    const inSession = (name: string) => ({ steering: steered({ session: name }) });
    ask(latest, inSession('a'));
    ask(latest, inSession('a'));
    ask(latest, inSession('b'));
    ask(latest);
    expect(relays).toHaveLength(3);
    ask('nonce ["latest"]', { party: 'x' });
    ask('nonce ["latest"]', { party: 'y' });
    ask('nonce ["latest"]', { party: 'y' });
    expect(relays).toHaveLength(5);
  });

  test('begin anew once their session has seen more', () => {
    const { ask, relays, lane } = scene();
    const steering = steered({ session: 'a' });
    ask(latest, { steering });
    lane.sessions.note('=a', { height: 101, at: 0 });
    ask(latest, { steering });
    expect(relays).toHaveLength(2);
  });

  test('break with the bug of one alone', async () => {
    const { lane, clock, world } = scene();
    let calls = 0;
    const { serve } = createCacheTrip({ clock, hash }, () => {
      calls += 1;
      return calls === 1 ? Promise.reject(new Error('a bug')) : Promise.resolve(answered());
    });
    const first = serve(world.trip(latest));
    const second = serve(world.trip(latest));
    await expect(first).rejects.toThrow('a bug');
    await expect(second).resolves.toMatchObject({ kind: 'answered' });
    expect(lane.cache?.flights.size).toBe(0);
  });
});

describe('reads of the newest block, where the configuration keeps them for a moment', () => {
  test('are found until it is over', async () => {
    const { ask, relay, find, clock } = scene({ tipMs: 500 });
    ask('price');
    await relay(0).end(answered());
    expect(find('price')).toBeDefined();
    clock.advance(500);
    expect(find('price')).toBeUndefined();
  });

  test('are not found once a block came or something was written', async () => {
    const { ask, relay, find, answers } = scene({ tipMs: 500 });
    ask('price');
    await relay(0).end(answered());
    answers.fold({ kind: 'tip-moved', chain: 'testnet', tip: 101 });
    expect(find('price')).toBeUndefined();
    ask('price');
    await relay(1).end(answered());
    expect(find('price')).toBeDefined();
    ask('send ["0x"]');
    expect(find('price')).toBeUndefined();
  });
});

describe('what the cache leaves alone', () => {
  test.each(['send ["0x"]', 'filter', 'syncing', 'unheard-of'])('%s is relayed each time', async (call) => {
    const { ask, relay, relays, find, uses } = scene({ tipMs: 500 });
    ask(call);
    ask(call);
    expect(relays).toHaveLength(2);
    await relay(0).end(answered());
    expect(find(call)).toBeUndefined();
    expect(uses).toEqual([]);
  });

  test('reads with very long params are relayed each time, and say so', () => {
    const { ask, relays, uses } = scene();
    const call = `balance ["0x5a","${'a'.repeat(70_000)}"]`;
    ask(call);
    ask(call);
    expect(relays).toHaveLength(2);
    expect(uses).toEqual(['balance bypass', 'balance bypass']);
  });

  test('everything, where it is off', async () => {
    const { ask, relay, relays, find } = scene({ cache: 'off' });
    ask(final);
    ask(final);
    expect(relays).toHaveLength(2);
    await relay(0).end(answered());
    expect(find(final)).toBeUndefined();
  });
});
