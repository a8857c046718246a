import { describe, expect, test } from 'vitest';
import { background, endpoint, endpoints, evmSpec, head, solanaSpec } from './builders.ts';
import { chainOfNow, createWorld } from './world.ts';

const key = (index: number) => `ethereum/p${index}/json-rpc`;
const minutes = (count: number) => count * 60_000;

describe('polling', () => {
  test('every URL is asked at once, and followed', async () => {
    const world = createWorld({ endpoints: endpoints(3) });
    await world.clock.advanceAsync(500);
    const view = world.tracking.view();
    expect(view).toMatchObject({ tip: 1000, finalized: 968, state: 'running' });
    expect(view.degraded).toBeUndefined();
    expect(view.upstreams.map((one) => one.tracker)).toEqual(['following', 'following', 'following']);
    expect(view.upstreams.map((one) => one.head)).toEqual([1000, 1000, 1000]);
  });

  test('nothing is asked before the identity is confirmed; the head is unknown till then, not zero', async () => {
    const world = createWorld({ prepare: (url) => Object.assign(url(0), { identity: 'unknown' }) });
    await world.clock.advanceAsync(minutes(1));
    expect(world.asked.filter((question) => question.upstream === key(0))).toEqual([]);
    expect(world.tracking.view().upstreams[0]).toMatchObject({ tracker: 'waiting-for-event' });
    expect(world.tracking.view().upstreams[0]?.head).toBeUndefined();
    world.url(0).identity = 'confirmed';
    world.tracking.factsChanged();
    await world.clock.advanceAsync(100);
    expect(world.tracking.view().upstreams[0]?.head).toBe(world.chain.height());
  });

  test('costs one call per interval for the head and no more for finality (B32)', async () => {
    const world = createWorld({ endpoints: endpoints(1) });
    for (let minute = 0; minute < 60; minute += 1) {
      world.tracking.clientCall();
      await world.clock.advanceAsync(minutes(1));
    }
    const heads = world.asked.filter((question) => question.params.includes('latest')).length;
    expect(heads).toBeGreaterThan(355);
    expect(heads).toBeLessThanOrEqual(362);
    expect(world.asked.length).toBeLessThanOrEqual(2 * heads);
    expect(world.asked.every((question) => question.purpose === 'poll')).toBe(true);
  });

  test('reads the finalized height of a fast chain every five seconds at most, and nothing else beside its head (B32)', async () => {
    const world = createWorld({ spec: evmSpec({ blockTimeMs: 1000 }), endpoints: endpoints(1) });
    for (let minute = 0; minute < 10; minute += 1) {
      world.tracking.clientCall();
      await world.clock.advanceAsync(minutes(1));
    }
    const heads = world.asked.filter((question) => question.params.includes('latest')).length;
    const finalized = world.asked.filter((question) => question.params.includes('finalized')).length;
    expect(heads).toBeGreaterThan(595);
    expect(heads).toBeLessThanOrEqual(602);
    expect(finalized).toBeLessThanOrEqual(122);
    expect(world.asked.length).toBe(heads + finalized);
  });

  test('goes every 15 s while nobody calls for ten minutes, and at full pace from the next call on', async () => {
    const world = createWorld({ endpoints: endpoints(1) });
    await world.clock.advanceAsync(minutes(11));
    const count = () => world.asked.filter((question) => question.params.includes('latest')).length;
    const before = count();
    await world.clock.advanceAsync(minutes(10));
    expect(count() - before).toBe(40);
    const idle = count();
    world.tracking.clientCall();
    await world.clock.advanceAsync(50);
    expect(count()).toBe(idle + 1);
    await world.clock.advanceAsync(minutes(5));
    expect(count() - idle).toBeGreaterThanOrEqual(30);
  });

  test('fits into the calls per day a provider is given', async () => {
    const world = createWorld({
      endpoints: endpoints(1),
      plan: { background: { ...background, maxCallsPerDay: 2880 } },
    });
    for (let minute = 0; minute < 60; minute += 1) {
      world.tracking.clientCall();
      await world.clock.advanceAsync(minutes(1));
    }
    expect(world.asked.length).toBeLessThanOrEqual(124);
    expect(world.tracking.view().upstreams[0]).toMatchObject({ lagging: false, tracker: 'following' });
  });

  test('follows the block time as measured, where the spec does not know it', async () => {
    const spec = evmSpec({ blockTimeMs: 1000, blockTimeKnown: false });
    const world = createWorld({ spec, chain: chainOfNow(1000, 4), mining: 'on-demand', endpoints: endpoints(1) });
    for (let block = 0; block < 20; block += 1) {
      await world.clock.advanceAsync(4000);
      world.chain.mine();
    }
    expect(world.tracking.view().blockTimeMs).toBe(4000);
    const before = world.asked.filter((question) => question.params.includes('latest')).length;
    await world.clock.advanceAsync(minutes(1));
    expect(world.asked.filter((question) => question.params.includes('latest')).length - before).toBe(15);
  });

  test.each([
    ['two of three', 2000, 100],
    ['every other one', 5000, 60],
    ['none, where they are ten seconds apart already', 12_000, 60],
  ])('is left out while client traffic shows fresh heads: %s', async (_words, blockTimeMs, expected) => {
    const world = createWorld({ spec: evmSpec({ blockTimeMs }), endpoints: endpoints(1) });
    await world.clock.advanceAsync(100);
    const before = world.asked.length;
    for (let second = 0; second < 600; second += 1) {
      await world.clock.advanceAsync(1000);
      world.tracking.headSeen(key(0), head(world.chain.height(), { at: world.clock.now() }));
      world.tracking.clientCall();
    }
    const heads = world.asked.slice(before).filter((question) => question.params.includes('latest')).length;
    expect(Math.abs(heads - expected)).toBeLessThanOrEqual(2);
  });

  test('is not left out for a head below the tip: a stuck upstream is asked as before', async () => {
    const world = createWorld();
    await world.clock.advanceAsync(100);
    world.url(1).head = () => 1000;
    const before = world.asked.length;
    for (let second = 0; second < 300; second += 1) {
      await world.clock.advanceAsync(1000);
      world.tracking.headSeen(key(1), head(1000, { at: world.clock.now() }));
    }
    const heads = world.asked.slice(before).filter((one) => one.upstream === key(1) && one.params.includes('latest'));
    expect(heads.length).toBeGreaterThanOrEqual(28);
  });

  test('one URL of two providers is one poll, and both see its head and its end (B29)', async () => {
    const shared = [endpoint(0), endpoint(1, { tracker: 'url-0' })];
    const world = createWorld({ endpoints: shared });
    await world.clock.advanceAsync(100);
    expect(world.asked.filter((question) => question.params.includes('latest'))).toHaveLength(1);
    expect(world.polls[0]).toMatchObject({ upstreams: [key(0), key(1)], outcome: { kind: 'answered' } });
    expect(world.tracking.view().upstreams.map((one) => one.head)).toEqual([1000, 1000]);
    expect(
      world
        .of('tracker-changed')
        .filter((event) => event.state === 'following')
        .map((event) => event.upstream),
    ).toEqual([key(0), key(1)]);
  });
});

describe('who is behind, who is ahead (walked by hand)', () => {
  test('one of three stuck: it lags alone, and since when is known', async () => {
    const world = createWorld({ endpoints: endpoints(3) });
    await world.clock.advanceAsync(minutes(1));
    const at = world.chain.height();
    world.url(2).head = () => at;
    await world.run(minutes(5));
    const { tip, upstreams } = world.tracking.view();
    expect(tip).toBe(world.chain.height());
    expect(upstreams.map((one) => one.lagging)).toEqual([false, false, true]);
    expect(upstreams[2]).toMatchObject({ outlier: false, polledSince: true, lag: (tip ?? 0) - at });
    expect(world.clock.now() - (upstreams[2]?.behindSince ?? 0)).toBeGreaterThan(minutes(4));
  });

  test('the configured lag limit goes before the spec’s', async () => {
    const world = createWorld({ plan: { lagLimit: 30 } });
    world.url(1).head = () => world.chain.height() - 25;
    await world.run(minutes(1));
    expect(world.tracking.view().upstreams[1]).toMatchObject({ lag: 25, lagging: false });
  });

  test.each([1, 2, 3])('one liar far ahead beside %i honest: counted, lagging nobody (B8, F-072)', async (honest) => {
    const world = createWorld({
      endpoints: endpoints(honest + 1),
      prepare: (url) => Object.assign(url(honest), { head: () => 900_000_000, timeShift: 86_400_000_000 }),
    });
    await world.run(minutes(5));
    const { tip, upstreams } = world.tracking.view();
    expect(tip).toBe(world.chain.height());
    expect(upstreams[honest]).toMatchObject({ outlier: true, lagging: false });
    expect(upstreams.slice(0, honest).every((one) => !one.lagging && !one.outlier)).toBe(true);
  });

  test('an hour ahead in block time is no reason to believe', async () => {
    const world = createWorld({
      prepare: (url) => Object.assign(url(1), { head: () => world.chain.height() + 5000, timeShift: 3600 - 60_000 }),
    });
    await world.run(minutes(1));
    expect(world.tracking.view()).toMatchObject({ tip: world.chain.height(), degraded: 'heads-disagree' });
    expect(world.tracking.view().upstreams[1]?.outlier).toBe(true);
  });

  test('an hour ahead with blocks of now is an outlier at every poll, and the tip never goes there (B8)', async () => {
    const world = createWorld({ spec: evmSpec({ blockTimeMs: 1000, lagLimit: 10 }) });
    await world.run(minutes(1));
    Object.assign(world.url(1), { head: () => world.chain.height() + 3600, timeShift: -3600 });
    await world.clock.advanceAsync(2100);
    for (let second = 0; second < 120; second += 1) {
      const { tip, upstreams } = world.tracking.view();
      expect(tip).toBeLessThanOrEqual(world.chain.height());
      expect(upstreams.map((one) => one.outlier)).toEqual([false, true]);
      await world.clock.advanceAsync(1000);
    }
  });

  test('a head that jumps by a billion between two polls is a failed poll, not a head (F-072)', async () => {
    const world = createWorld();
    await world.clock.advanceAsync(100);
    world.url(0).head = () => 1_500_000_000;
    await world.clock.advanceAsync(15_000);
    const failed = world.polls.find((poll) => poll.outcome.kind === 'failed');
    expect(failed?.outcome).toMatchObject({ verdict: { meaning: 'bad-response', blame: 'upstream' } });
    expect(world.tracking.view().upstreams[0]?.head).toBe(1000);
  });

  test.each([
    ['one of two', [1]],
    ['all of them', [0, 1]],
  ])('F-196: %s shows blocks that move, with times ten minutes old: nobody is blamed', async (_, late) => {
    const world = createWorld();
    for (const index of late) world.url(index).timeShift = -600;
    await world.run(minutes(10));
    const { tip, upstreams } = world.tracking.view();
    expect(tip).toBe(world.chain.height());
    expect(upstreams.every((one) => !one.lagging && !one.outlier)).toBe(true);
    expect(world.polls.every(({ outcome }) => outcome.kind === 'answered')).toBe(true);
  });

  test('a chain that halts for an hour: nobody is blamed (F-178)', async () => {
    const world = createWorld({ endpoints: endpoints(4), mining: 'on-demand' });
    await world.clock.advanceAsync(minutes(60));
    const { tip, upstreams } = world.tracking.view();
    expect(tip).toBe(1000);
    for (const one of upstreams) {
      expect(one).toMatchObject({ lagging: false, outlier: false });
      expect(one.behindSince).toBeUndefined();
    }
  });

  test('a devnet that mines only on demand: blocks come rarely, nobody is blamed', async () => {
    const spec = evmSpec({ blockTimeMs: 1000, blockTimeKnown: false, lagLimit: 10 });
    const world = createWorld({ endpoints: endpoints(3), spec, mining: 'on-demand' });
    for (let round = 0; round < 30; round += 1) {
      await world.clock.advanceAsync(minutes(7));
      world.chain.mine();
      await world.clock.advanceAsync(20_000);
      const { tip, upstreams } = world.tracking.view();
      expect(tip).toBe(world.chain.height());
      expect(upstreams.every((one) => !one.lagging && !one.outlier && one.behindSince === undefined)).toBe(true);
    }
  });

  test('what is held off, quarantined or of another chain is no witness', async () => {
    const world = createWorld({ endpoints: endpoints(4) });
    Object.assign(world.url(1), { heldOff: true });
    Object.assign(world.url(2), { quarantined: true });
    Object.assign(world.url(3), { identity: 'wrong' });
    await world.clock.advanceAsync(minutes(1));
    expect(world.tracking.view().degraded).toBe('single-witness');
  });

  test('nobody answers: the tip stands, and says so', async () => {
    const world = createWorld();
    await world.clock.advanceAsync(minutes(1));
    const tip = world.tracking.view().tip;
    for (const index of [0, 1]) world.url(index).mode = 'timeout';
    await world.clock.advanceAsync(minutes(30));
    expect(world.tracking.view()).toMatchObject({ tip, degraded: 'no-witness' });
  });

  test('a pool that answers from many: steps back are no falls, and it may lag twice as far', async () => {
    const pooled = [endpoint(0), endpoint(1, { kind: 'pool' })];
    const world = createWorld({ endpoints: pooled });
    await world.clock.advanceAsync(100);
    world.url(1).head = () => world.chain.height() - 3 * (Math.floor(world.clock.now() / 10_000) % 2);
    let highest = 0;
    for (let step = 0; step < 200; step += 1) {
      await world.clock.advanceAsync(5000);
      const { lagging, head: height = 0 } = world.tracking.view().upstreams[1] ?? {};
      expect(lagging).toBe(false);
      expect(height).toBeGreaterThanOrEqual(highest);
      highest = height;
    }
    expect(world.of('reorg-seen')).toEqual([]);
  });
});

describe('failed polls', () => {
  test('a broken one is repeated at once on a fresh connection, and both are told', async () => {
    const world = createWorld({ prepare: (url) => Object.assign(url(0), { mode: 'reset' }) });
    await world.clock.advanceAsync(100);
    const own = world.asked.filter((question) => question.upstream === key(0));
    expect(own.map((question) => question.connection)).toEqual(['pooled', 'fresh']);
    const ends = world.polls.filter((poll) => poll.tracker === 'url-0');
    expect(ends).toHaveLength(2);
    expect(ends.every((end) => end.outcome.kind === 'failed' && end.outcome.broken === 'reset')).toBe(true);
    expect(world.tracking.view().upstreams[0]?.tracker).toBe('waiting-for-connection');
  });

  test('one that timed out is no broken one', async () => {
    const world = createWorld({ prepare: (url) => Object.assign(url(0), { mode: 'timeout' }) });
    await world.clock.advanceAsync(3500);
    const [end] = world.polls.filter((poll) => poll.tracker === 'url-0');
    expect(end?.outcome).toMatchObject({ kind: 'failed', verdict: { meaning: 'timeout' } });
    expect(end?.outcome.kind === 'failed' && 'broken' in end.outcome).toBe(false);
  });

  test('at least three are told within fifteen seconds of a dead upstream’s death', async () => {
    const world = createWorld({ spec: evmSpec({ blockTimeMs: 1000 }) });
    await world.clock.advanceAsync(5000);
    world.url(0).mode = 'timeout';
    const before = world.polls.length;
    await world.clock.advanceAsync(15_000);
    const ends = world.polls.slice(before).filter((poll) => poll.tracker === 'url-0');
    expect(ends.filter((end) => end.outcome.kind === 'failed').length).toBeGreaterThanOrEqual(3);
  });

  test('a dead upstream comes back by its timer, within a minute and a half', async () => {
    const world = createWorld();
    world.url(0).mode = 'refused';
    await world.clock.advanceAsync(minutes(60));
    world.url(0).mode = 'good';
    await world.clock.advanceAsync(90_000);
    expect(world.tracking.view().upstreams[0]?.tracker).toBe('following');
  });

  test('a good answer on the request path brings it back at once', async () => {
    const world = createWorld();
    world.url(0).mode = 'refused';
    await world.clock.advanceAsync(minutes(60));
    world.url(0).mode = 'good';
    world.tracking.goodAnswerSeen(key(0));
    await world.clock.advanceAsync(100);
    expect(world.tracking.view().upstreams[0]?.tracker).toBe('following');
  });

  test('a probe’s head brings it back at once, and counts', async () => {
    const world = createWorld();
    world.url(0).mode = 'timeout';
    await world.clock.advanceAsync(minutes(60));
    world.url(0).mode = 'good';
    world.tracking.headSeen(key(0), head(world.chain.height(), { at: world.clock.now() }));
    expect(world.tracking.view().upstreams[0]?.head).toBe(world.chain.height());
    await world.clock.advanceAsync(100);
    expect(world.tracking.view().upstreams[0]?.tracker).toBe('following');
  });

  test('a connection brings it back at once', async () => {
    const world = createWorld();
    world.url(0).mode = 'refused';
    await world.clock.advanceAsync(minutes(60));
    world.url(0).mode = 'good';
    world.tracking.connectivity(key(0), 'connected');
    await world.clock.advanceAsync(100);
    expect(world.tracking.view().upstreams[0]?.tracker).toBe('following');
  });

  test.each(['throws', 'rejects', 'never'] as const)('an ask that %s ends no tracker (F-174)', async (mode) => {
    const world = createWorld();
    await world.clock.advanceAsync(minutes(1));
    world.url(0).mode = mode;
    await world.clock.advanceAsync(minutes(10));
    expect(world.tracking.view().upstreams[0]?.tracker).toBe('error');
    world.url(0).mode = 'good';
    await world.run(90_000);
    expect(world.tracking.view().upstreams[0]).toMatchObject({ tracker: 'following', head: world.chain.height() });
  });

  test('a callback that throws ends no tracker (F-174)', async () => {
    const world = createWorld();
    await world.clock.advanceAsync(minutes(1));
    Object.defineProperty(world.url(0), 'closed', {
      configurable: true,
      get: () => {
        throw new Error('planted');
      },
    });
    await world.clock.advanceAsync(minutes(5));
    expect(world.tracking.view().upstreams[0]).toMatchObject({ tracker: 'error' });
    expect(world.tracking.view().upstreams[0]?.trackerDetail).not.toContain('planted');
    Object.defineProperty(world.url(0), 'closed', { value: undefined });
    await world.clock.advanceAsync(90_000);
    expect(world.tracking.view().upstreams[0]).toMatchObject({ tracker: 'following' });
  });

  test('an answer that comes after its question was given up is nobody’s poll', async () => {
    const world = createWorld({
      endpoints: endpoints(1),
      prepare: (url) => Object.assign(url(0), { latencyMs: 9000 }),
    });
    await world.clock.advanceAsync(100);
    Object.assign(world.url(0), { latencyMs: 20, head: () => 990 });
    await world.clock.advanceAsync(8500);
    const polls = world.polls.length;
    await world.clock.advanceAsync(500);
    expect(world.polls).toHaveLength(polls);
    expect(world.polls.every((poll) => poll.at - poll.sentAt < 100)).toBe(true);
  });

  test('connections dropped at every fifth step forward, three times: no head is lost for long', async () => {
    const world = createWorld({ spec: evmSpec({ blockTimeMs: 1000 }), endpoints: endpoints(2) });
    await world.clock.advanceAsync(100);
    for (let drop = 0; drop < 3; drop += 1) {
      const target = world.of('tip-moved').length + 5;
      while (world.of('tip-moved').length < target) await world.clock.advanceAsync(500);
      for (const index of [0, 1]) {
        world.url(index).mode = 'reset';
        world.tracking.connectivity(key(index), 'disconnected');
      }
      await world.clock.advanceAsync(3000);
      expect(world.tracking.view().upstreams.map((one) => one.tracker)).toEqual([
        'waiting-for-connection',
        'waiting-for-connection',
      ]);
      for (const index of [0, 1]) {
        world.url(index).mode = 'good';
        world.tracking.connectivity(key(index), 'connected');
      }
      await world.clock.advanceAsync(1000);
      expect(world.tracking.view()).toMatchObject({ tip: world.chain.height() });
      expect(world.tracking.view().upstreams.map((one) => one.tracker)).toEqual(['following', 'following']);
    }
  });

  test('asked to slow down: no error of the tracker, told as it is, and asked ever less', async () => {
    const world = createWorld();
    await world.clock.advanceAsync(1000);
    world.url(0).mode = 'rate-limited';
    const before = world.asked.filter((question) => question.upstream === key(0)).length;
    await world.clock.advanceAsync(minutes(10));
    expect(world.tracking.view().upstreams[0]?.tracker).toBe('waiting-for-event');
    const failed = world.polls.filter((poll) => poll.outcome.kind === 'failed');
    expect(failed.length).toBeGreaterThan(5);
    expect(failed.every((poll) => poll.outcome.kind === 'failed' && poll.outcome.verdict.holdOff)).toBe(true);
    expect(world.asked.filter((question) => question.upstream === key(0)).length - before).toBeLessThanOrEqual(16);
  });

  test('asked to slow down by the reading of the final block: told too', async () => {
    const world = createWorld({ prepare: (url) => Object.assign(url(0), { finality: 'rate-limited' }) });
    await world.clock.advanceAsync(1000);
    const ends = world.polls.filter((poll) => poll.tracker === 'url-0').map((poll) => poll.outcome);
    expect(ends).toMatchObject([{ kind: 'answered' }, { kind: 'failed', verdict: { holdOff: true } }]);
  });

  test('held off: nothing is asked until the time named, then at once', async () => {
    const world = createWorld();
    await world.clock.advanceAsync(1000);
    Object.assign(world.url(0), { heldOff: true, closed: { reason: 'held off', until: world.clock.now() + 120_000 } });
    world.tracking.factsChanged();
    await world.clock.advanceAsync(15_000);
    const before = world.asked.filter((question) => question.upstream === key(0)).length;
    await world.clock.advanceAsync(100_000);
    expect(world.asked.filter((question) => question.upstream === key(0))).toHaveLength(before);
    Object.assign(world.url(0), { heldOff: false, closed: undefined });
    await world.clock.advanceAsync(10_000);
    expect(world.tracking.view().upstreams[0]?.tracker).toBe('following');
  });

  test('an answer slower than the interval overlaps with nothing (F-175)', async () => {
    const world = createWorld({
      endpoints: endpoints(1),
      spec: evmSpec({ blockTimeMs: 1000, finality: { kind: 'instant' } }),
      prepare: (url) => Object.assign(url(0), { latencyMs: 2700 }),
    });
    await world.clock.advanceAsync(60_000);
    const sent = world.polls.map((poll) => poll.sentAt);
    for (const [index, at] of sent.slice(1).entries()) expect(at - (sent[index] ?? 0)).toBeGreaterThanOrEqual(2700);
  });
});

describe('finality', () => {
  test('null and unsupported fall back to the safe depth, and are not asked for in every poll', async () => {
    const world = createWorld({
      prepare: (url) => {
        url(0).finality = 'unsupported';
        url(1).finality = 'null';
      },
    });
    await world.clock.advanceAsync(minutes(9));
    const finalized = world.chain.height() - 64;
    const view = world.tracking.view();
    expect(view.finalized).toBeGreaterThanOrEqual(finalized - 1);
    expect(view.finalized).toBeLessThanOrEqual(finalized);
    const readings = (index: number) =>
      world.asked.filter((one) => one.upstream === key(index) && one.params.includes('finalized')).length;
    expect(readings(0)).toBe(1);
    expect(readings(1)).toBeLessThanOrEqual(10);
  });

  test('is never shown above the tip, whatever the tip does', async () => {
    const world = createWorld({ endpoints: endpoints(1), mining: 'on-demand' });
    await world.clock.advanceAsync(100);
    world.chain.setHeight(960);
    await world.clock.advanceAsync(15_500);
    expect(world.tracking.view()).toMatchObject({ tip: 960, finalized: 960 });
  });

  test('by depth and at once take no questions', async () => {
    const depth = createWorld({ spec: evmSpec({ finality: { kind: 'depth', depth: 10 } }) });
    await depth.clock.advanceAsync(100);
    expect(depth.tracking.view().finalized).toBe(990);
    const instant = createWorld({ spec: evmSpec({ finality: { kind: 'instant' } }) });
    await instant.clock.advanceAsync(100);
    expect(instant.tracking.view().finalized).toBe(1000);
    expect(instant.asked.some((question) => question.params.includes('finalized'))).toBe(false);
  });

  test('one of three on another branch is an outlier, and an operator is warned once (F-195)', async () => {
    const world = createWorld({
      endpoints: endpoints(3),
      mining: 'on-demand',
      prepare: (url) => Object.assign(url(2), { chain: chainOfNow(1000, 12, 'another') }),
    });
    await world.clock.advanceAsync(minutes(2));
    expect(world.tracking.view().upstreams.map((one) => one.outlier)).toEqual([false, false, true]);
    expect(world.of('warned').map((event) => event.detail)).toEqual([
      'url-2: its finalized block is not the one other witnesses have',
    ]);
  });

  test('B8: a liar that is proven before all others decides nothing: there is no finality, and no epoch, before a safe head', async () => {
    const unknown = { identity: 'unknown', closed: { reason: 'identity unknown' } } as const;
    const world = createWorld({
      mining: 'on-demand',
      endpoints: endpoints(3),
      prepare: (url) => {
        url(0).head = () => 101_000;
        for (const index of [1, 2]) Object.assign(url(index), unknown);
      },
    });
    await world.clock.advanceAsync(500);
    expect(world.tracking.view()).toMatchObject({ tip: 101_000, state: 'waiting-safe-head' });
    expect(world.tracking.view()).not.toHaveProperty('finalized');
    for (const index of [1, 2]) Object.assign(world.url(index), { identity: 'confirmed', closed: undefined });
    world.tracking.factsChanged();
    await world.clock.advanceAsync(10_000);
    expect(world.tracking.view()).toMatchObject({ tip: 1000, state: 'running', finalized: 968 });
    expect(world.of('store-set-aside')).toEqual([]);
  });

  test('one against one: nothing new is final, an operator is warned, nobody is condemned (F-195)', async () => {
    const world = createWorld({
      mining: 'on-demand',
      prepare: (url) => Object.assign(url(1), { chain: chainOfNow(1000, 12, 'another') }),
    });
    await world.clock.advanceAsync(minutes(2));
    expect(world.tracking.view().upstreams.map((one) => one.outlier)).toEqual([false, false]);
    expect(world.tracking.view()).toMatchObject({ degraded: 'finality-disputed', finalized: 967 });
    expect(world.of('warned')).toHaveLength(1);
  });
});

describe('the solana family', () => {
  test('the head is the slot; one question per poll; no slot is ever looked up again (F-194)', async () => {
    const world = createWorld({ spec: solanaSpec(), chain: chainOfNow(1000, 0.4), endpoints: endpoints(3) });
    await world.clock.advanceAsync(minutes(2));
    const view = world.tracking.view();
    expect(view.tip).toBeGreaterThan(1000 + 290);
    expect(view.state).toBe('running');
    expect(view.upstreams.every((one) => !one.lagging && !one.outlier)).toBe(true);
    expect(new Set(world.asked.map((question) => question.method))).toEqual(new Set(['getLatestBlockhash']));
    expect(world.of('blocks-missed')).toEqual([]);
  });

  test('even where the ring is needed it is what the polls saw', async () => {
    const world = createWorld({
      spec: solanaSpec(),
      chain: chainOfNow(1000, 0.4),
      endpoints: endpoints(1),
      plan: { needsRing: 'yes' },
    });
    await world.clock.advanceAsync(10_000);
    expect(world.tracking.view().state).toBe('running');
    expect(world.asked.every((question) => question.purpose === 'poll')).toBe(true);
  });
});

describe('the ring', () => {
  test('a reorg is told once, with its depth, and the ring follows', async () => {
    const world = createWorld();
    await world.run(minutes(5));
    world.chain.reorg(4);
    const from = world.chain.height() - 3;
    await world.clock.advanceAsync(minutes(1));
    expect(world.of('reorg-seen')).toEqual([{ kind: 'reorg-seen', chain: 'ethereum', height: from, depth: 4 }]);
    expect(world.tracking.hashAt(from)).toBe(world.chain.block(from)?.hash);
  });

  test('one liar makes no reorg', async () => {
    const lie = chainOfNow(1000, 12, 'lie');
    const world = createWorld({
      endpoints: endpoints(3),
      prepare: (url) => Object.assign(url(2), { chain: lie, finality: 'unsupported' }),
    });
    for (let block = 0; block < 100; block += 1) {
      await world.clock.advanceAsync(12_000);
      lie.mine();
    }
    expect(world.of('reorg-seen')).toEqual([]);
    for (let height = 1010; height < world.chain.height() - 1; height += 1) {
      const known = world.tracking.hashAt(height);
      if (known !== undefined) expect(known).toBe(world.chain.block(height)?.hash);
    }
  });

  test('blocks the tip jumped over unseen are counted', async () => {
    const world = createWorld({ mining: 'on-demand' });
    await world.clock.advanceAsync(minutes(1));
    world.chain.mine(6);
    await world.clock.advanceAsync(minutes(1));
    expect(world.of('blocks-missed')).toEqual([{ kind: 'blocks-missed', chain: 'ethereum', count: 4 }]);
  });
});

describe('a reload', () => {
  test('what stays keeps its head, what goes is asked no more, what comes is asked at once', async () => {
    const world = createWorld({ endpoints: endpoints(2) });
    await world.run(minutes(1));
    const asked = world.asked.length;
    world.tracking.replace([endpoint(1, { index: 0, tier: 'backup' })]);
    expect(world.tracking.view().upstreams).toHaveLength(1);
    expect(world.tracking.view().upstreams[0]?.head).toBe(world.chain.height());
    await world.clock.advanceAsync(minutes(5));
    expect(world.asked.slice(asked).every((question) => question.upstream === key(1))).toBe(true);
    expect(world.tracking.view().degraded).toBeUndefined();
  });

  test('brings another lag limit into force at once', async () => {
    const world = createWorld({ plan: { lagLimit: 30 } });
    await world.run(minutes(1));
    world.url(1).head = () => world.chain.height() - 25;
    await world.run(minutes(1));
    expect(world.tracking.view().upstreams[1]).toMatchObject({ lag: 25, lagging: false });
    world.tracking.replace(endpoints(2), { background, lagLimit: 20 });
    expect(world.tracking.view().upstreams[1]).toMatchObject({ lag: 25, lagging: true });
    world.tracking.replace(endpoints(2), { background });
    expect(world.tracking.view().upstreams[1]?.lagging).toBe(25 > evmSpec().lagLimit);
  });

  test('brings another pace into force with the next poll', async () => {
    const world = createWorld();
    await world.run(minutes(2));
    world.tracking.replace(endpoints(2), { background: { ...background, idleAfterMs: 1000, idlePollMs: 60_000 } });
    await world.run(minutes(1));
    const from = world.asked.length;
    await world.run(minutes(10));
    expect(world.asked.slice(from).filter(({ upstream }) => upstream === key(0)).length).toBeLessThan(25);
  });

  test('closing leaves no timer behind, and late answers change nothing', async () => {
    const world = createWorld({ mining: 'on-demand' });
    await world.clock.advanceAsync(1000);
    world.tracking.factsChanged();
    world.clock.advance(9000);
    world.tracking.close();
    const changes = world.changes();
    const events = world.events.length;
    await world.clock.advanceAsync(minutes(10));
    world.tracking.headSeen(key(0), head(1001, { at: world.clock.now() }));
    world.tracking.clientCall();
    world.tracking.connectivity(key(0), 'disconnected');
    expect(world.changes()).toBe(changes);
    expect(world.events).toHaveLength(events);
    expect(world.clock.pending()).toBe(0);
  });
});

test('the wall clock decides nothing: an hour forward or back moves no timer and no tip (F-167)', async () => {
  const world = createWorld({ endpoints: endpoints(3) });
  await world.clock.advanceAsync(minutes(2));
  for (const jump of [3_600_000, -7_200_000]) {
    world.clock.jumpWall(jump);
    const before = world.asked.length;
    await world.run(minutes(2));
    expect(world.asked.length - before).toBeLessThanOrEqual(3 * 28);
    expect(world.tracking.view()).toMatchObject({ tip: world.chain.height() });
    expect(world.tracking.view().upstreams.every((one) => !one.lagging && !one.outlier)).toBe(true);
  }
});
