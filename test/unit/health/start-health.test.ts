import { describe, expect, test } from 'vitest';
import type { ChainHealth, HealthDeps, HealthPlan } from '../../../src/health/chain-health.ts';
import { createLocalErrorLog } from '../../../src/health/own-trouble.ts';
import { nextPairing } from '../../../src/health/pairing.ts';
import { startHealth } from '../../../src/health/start-health.ts';
import type { Endpoint } from '../../../src/model/endpoint.ts';
import type { GatewayEvent } from '../../../src/model/events.ts';
import type { Head } from '../../../src/model/head.ts';
import type { Pairing } from '../../../src/model/pairing.ts';
import {
  answersCounted,
  attemptFailed,
  buildHealthPolicy,
  buildSpec,
  buildVerdict,
  limitedVerdict,
  pollAnswered,
  pollFailed,
} from '../../support/build-health.ts';
import { buildEndpoint } from '../../support/build-pairing.ts';
import { createScriptedAsk, type ScriptedAsk, type ScriptedReply } from '../../support/scripted-ask.ts';
import { createVirtualClock, type VirtualClock } from '../../support/virtual-clock.ts';

interface World {
  readonly clock: VirtualClock;
  readonly asking: ScriptedAsk;
  readonly health: ChainHealth;
  readonly events: GatewayEvent[];
  readonly heads: { upstream: string; head: Head }[];
  /** Says what an upstream answers from now on, to everything or to one method. */
  say(index: number, reply: ScriptedReply, method?: string): void;
  kinds(): readonly string[];
  changes(): number;
}

const refused: ScriptedReply = {
  verdict: buildVerdict('connect-failed'),
  failure: 'refused',
  detail: 'connection refused',
};

interface Traits {
  readonly endpoints?: readonly Endpoint[];
  readonly plan?: Partial<HealthPlan>;
  readonly deps?: Partial<HealthDeps>;
  /** Milliseconds the process slept so far: its clock went on, its timers did not. */
  readonly sleptMs?: () => number;
}

function world({
  endpoints = [buildEndpoint(0), buildEndpoint(1)],
  plan = {},
  deps = {},
  sleptMs = () => 0,
}: Traits = {}): World {
  const clock = createVirtualClock();
  const said = new Map<string, ScriptedReply>();
  const good: Readonly<Record<string, ScriptedReply>> = { chain: { value: 7 }, head: { value: { height: 5 } } };
  const asking = createScriptedAsk(clock, ({ upstream, method }) => {
    return said.get(`${upstream} ${method}`) ?? said.get(upstream) ?? good[method] ?? { value: 'an answer' };
  });
  const events: GatewayEvent[] = [];
  const heads: { upstream: string; head: Head }[] = [];
  let changes = 0;
  const health = startHealth(
    { chain: 'testnet', spec: buildSpec(), endpoints, policy: buildHealthPolicy(), restored: new Map(), ...plan },
    {
      clock: { ...clock, now: () => clock.now() + sleptMs() },
      ask: asking.ask,
      emit: (event) => events.push(event),
      onChange: () => {
        changes += 1;
      },
      headSeen: (upstream, head) => heads.push({ upstream, head }),
      ...deps,
    },
  );
  return {
    clock,
    asking,
    health,
    events,
    heads,
    say: (index, reply, method) => {
      const { key } = buildEndpoint(index);
      if (method === undefined) for (const name of said.keys()) if (name.startsWith(key)) said.delete(name);
      said.set(method === undefined ? key : `${key} ${method}`, reply);
    },
    kinds: () => health.views().map(({ course }) => course.standing.kind),
    changes: () => changes,
  };
}

function key(index: number): string {
  return buildEndpoint(index).key;
}

/** Polls that break twice block at once. */
function block({ health, clock }: World, index: number): void {
  const at = clock.now();
  for (let n = 0; n < 2; n += 1) health.fold(pollFailed({ upstream: key(index), at, sentAt: at, broken: true }));
}

async function started(traits: Traits = {}): Promise<World> {
  const made = world(traits);
  await made.clock.advanceAsync(1000);
  return made;
}

describe('at the start', () => {
  test('every upstream is probed at once: identity, then a fresh head', async () => {
    const { clock, asking, health, heads, kinds } = world();
    expect(asking.asked).toEqual([]);
    expect(kinds()).toEqual(['unproven', 'unproven']);
    await clock.advanceAsync(0);
    expect(
      asking.asked.map(({ upstream, method, purpose, connection }) => [upstream, method, purpose, connection]),
    ).toEqual([
      [key(0), 'chain', 'probe', 'pooled'],
      [key(1), 'chain', 'probe', 'pooled'],
      [key(0), 'head', 'probe', 'pooled'],
      [key(1), 'head', 'probe', 'pooled'],
    ]);
    expect(kinds()).toEqual(['serving', 'serving']);
    expect(health.isProbed()).toBe(true);
    expect(heads.map(({ head }) => head.height)).toEqual([5, 5]);
  });

  test.each([
    ['the first', 0, ['unproven', 'serving']],
    ['the second', 1, ['serving', 'unproven']],
  ])('F-173, B9: half of the upstreams being down, be it %s, holds up nobody', async (_words, down, kinds) => {
    const made = world();
    made.say(down, 'never');
    await made.clock.advanceAsync(100);
    expect(made.kinds()).toEqual(kinds);
    expect(made.health.isProbed()).toBe(false);
    await made.clock.advanceAsync(6000);
    expect(made.health.isProbed()).toBe(true);
    expect(made.kinds()).toEqual(kinds);
  });

  test('B17, F-172: with all upstreams down it recovers without a restart and without traffic', async () => {
    const made = world();
    made.say(0, refused);
    made.say(1, refused);
    await made.clock.advanceAsync(40_000);
    expect(made.kinds()).toEqual(['blocked', 'blocked']);
    made.say(0, { value: 7 }, 'chain');
    made.say(0, { value: { height: 6 } }, 'head');
    await made.clock.advanceAsync(34_001);
    expect(made.kinds()).toEqual(['probation', 'blocked']);
  });

  test('an endpoint the operator vouches for is not asked for its identity', async () => {
    const { asking, kinds } = await started({ endpoints: [buildEndpoint(0, { identity: 'trust' })] });
    expect(asking.asked.map(({ method }) => method)).toEqual(['head']);
    expect(kinds()).toEqual(['serving']);
  });

  test('F-177: an endpoint of another chain is never confirmed', async () => {
    const made = world();
    made.say(0, { value: 8 }, 'chain');
    await made.clock.advanceAsync(600_000);
    expect(made.health.view(0)).toMatchObject({
      identity: 'wrong',
      course: { standing: { reason: 'wrong-identity' } },
    });
    expect(made.events).toContainEqual({
      kind: 'identity-changed',
      upstream: key(0),
      identity: 'wrong',
      detail: "chain says 8, this chain's is 7",
    });
  });
});

describe('a blocked upstream', () => {
  test('is probed by its schedule, on fresh connections, and back after two clean probes', async () => {
    const made = await started();
    made.say(0, refused);
    block(made, 0);
    const from = made.asking.asked.length;
    const since = made.clock.now();
    await made.clock.advanceAsync(40_000);
    const probes = made.asking.asked
      .slice(from)
      .filter(({ upstream, method }) => upstream === key(0) && method === 'chain');
    expect(probes.map(({ at }) => at - since)).toEqual([2000, 6000, 14_000, 30_000]);
    expect(probes.every(({ connection }) => connection === 'fresh')).toBe(true);
    made.say(0, { value: 7 }, 'chain');
    made.say(0, { value: { height: 6 } }, 'head');
    await made.clock.advanceAsync(22_000 + 2000);
    expect(made.kinds()).toEqual(['probation', 'serving']);
  });

  test('is probed when it is due, not at the next heartbeat', async () => {
    const made = await started({ plan: { policy: buildHealthPolicy({ probeJitter: 0.2 }) } });
    await made.clock.advanceAsync(123);
    block(made, 0);
    const { standing } = made.health.view(0).course;
    const dueAt = standing.kind === 'blocked' ? standing.nextProbeAt : 0;
    const from = made.asking.asked.length;
    await made.clock.advanceAsync(3000);
    expect(made.asking.asked[from]).toMatchObject({ upstream: key(0), at: dueAt });
  });

  test('F-169: is probed at once when it gave a good answer as a last resort', async () => {
    const made = await started();
    await made.clock.advanceAsync(5050);
    block(made, 0);
    const from = made.asking.asked.length;
    const at = made.clock.now();
    made.health.fold(answersCounted(made.health.view(0), { at }));
    await made.clock.advanceAsync(10);
    expect(made.asking.asked[from]).toMatchObject({ upstream: key(0), at });
  });

  test('B3: says each change of standing once, with its cause', async () => {
    const made = await started();
    block(made, 0);
    await made.clock.advanceAsync(5000);
    const told = made.events.flatMap((event) =>
      event.kind === 'standing-changed' && event.upstream === key(0) ? [event] : [],
    );
    expect(told.map(({ from, to, reason, detail }) => [from, to, reason, detail])).toEqual([
      ['unproven', 'serving', undefined, 'its first probe passed'],
      ['serving', 'blocked', 'failed-polls', 'poll: timed out'],
      ['blocked', 'probation', undefined, 'two probes passed'],
    ]);
    const probes = made.events.flatMap((event) =>
      event.kind === 'probe-ended' && event.upstream === key(0) ? [event.result] : [],
    );
    expect(probes).toEqual(['clean', 'clean', 'clean']);
  });

  test('B20: is asked the failing read again, as it was, and stays blocked while it fails', async () => {
    const made = await started();
    const read = { method: 'logs', params: '[{"a":1}]' };
    made.health.fold(attemptFailed(made.health.view(0), { at: made.clock.now(), method: 'logs', replay: read }));
    made.say(0, { verdict: buildVerdict('timeout') }, 'logs');
    block(made, 0);
    await made.clock.advanceAsync(2000);
    expect(made.asking.asked.at(-1)).toMatchObject(read);
    expect(made.kinds()[0]).toBe('blocked');
    made.say(0, { value: [] }, 'logs');
    await made.clock.advanceAsync(6000);
    expect(made.kinds()[0]).toBe('probation');
  });

  test('a read that fails on a second upstream as well is replayed on neither', async () => {
    const made = await started();
    const replay = { method: 'logs', params: '[{"a":1}]' };
    const at = made.clock.now();
    for (const index of [0, 1])
      made.health.fold(attemptFailed(made.health.view(index), { at, method: 'logs', replay }));
    expect(made.health.views().map((state) => state.replay)).toEqual([undefined, undefined]);
  });

  test('F-176: does not come back with a head that the tip has left behind', async () => {
    let health: ChainHealth | undefined;
    const made = await started({
      deps: {
        headSeen: (upstream, head) =>
          health?.fold({
            kind: 'head-judged',
            upstream,
            at: head.at,
            lagging: true,
            outlier: false,
            behindSince: 1000,
          }),
      },
    });
    health = made.health;
    await made.clock.advanceAsync(40_000);
    block(made, 0);
    await made.clock.advanceAsync(120_000);
    expect(made.kinds()[0]).toBe('blocked');
    expect(made.health.view(0).lastFailure?.detail).toBe('its head still stands below the tip');
  });

  test('is probed at once when an operator asks', async () => {
    const made = await started();
    made.say(0, refused);
    block(made, 0);
    await made.clock.advanceAsync(100);
    expect(made.health.probeNow(key(0))).toBe('asked');
    expect(made.health.probeNow(key(0))).toBe('already-probing');
    expect(made.health.probeNow('testnet/none/json-rpc')).toBe('unknown-upstream');
    await made.clock.advanceAsync(1);
    expect(made.health.view(0).course.standing).toMatchObject({ failedProbes: 0 });
  });
});

describe('the whole chain', () => {
  function shown({ health, clock }: World): Pairing {
    const upstreams = health.views().map((state) => ({ health: state, lagging: false, outlier: false }));
    return nextPairing(undefined, {
      chain: 'testnet',
      at: clock.now(),
      policy: buildHealthPolicy(),
      state: 'running',
      upstreams,
    });
  }

  test('F-168: with all primaries blocked the backup serves on, and they come back by their shares', async () => {
    const endpoints = [buildEndpoint(0), buildEndpoint(1), buildEndpoint(2, { tier: 'backup' })];
    const made = await started({ endpoints });
    for (const index of [0, 1]) block(made, index);
    expect(shown(made).upstreams.map(({ standing }) => standing)).toEqual(['blocked', 'blocked', 'serving']);
    const shares: number[] = [];
    for (let second = 0; second < 40; second += 1) {
      await made.clock.advanceAsync(1000);
      for (const index of [0, 1, 2]) made.health.fold(pollAnswered({ upstream: key(index), at: made.clock.now() }));
      const { share = 0 } = shown(made).upstreams[0] ?? {};
      if (shares.at(-1) !== share) shares.push(share);
    }
    expect(shares).toEqual([0, 0.05, 0.25, 1]);
  });

  test('B5, F-170: an only endpoint that fails is blocked, and still there to be asked as the last resort', async () => {
    const made = await started({ endpoints: [buildEndpoint(0)] });
    for (let n = 0; n < 10; n += 1)
      made.health.fold(attemptFailed(made.health.view(0), { at: made.clock.now(), connection: n, method: `m${n}` }));
    expect(shown(made).upstreams).toHaveLength(1);
    expect(shown(made).upstreams[0]).toMatchObject({ standing: 'blocked', identity: 'confirmed', cordoned: false });
  });

  test('F-171: two replicas with different views are each right alone', async () => {
    const one = await started();
    const other = await started();
    block(one, 0);
    expect([one.kinds(), other.kinds()]).toEqual([
      ['blocked', 'serving'],
      ['serving', 'serving'],
    ]);
  });
});

describe('one probe at a time', () => {
  test('however it is asked for', async () => {
    const made = await started();
    made.say(0, { verdict: buildVerdict('timeout'), afterMs: 5000 });
    block(made, 0);
    for (let turn = 0; turn < 300; turn += 1) {
      made.health.probeNow(key(0));
      made.health.epochMoved(turn * 100);
      await made.clock.advanceAsync(100);
      expect(made.asking.open.get(key(0)) ?? 0).toBeLessThanOrEqual(1);
    }
  });

  test('F-174: a question that is never answered ends with its lease, and the next probe comes', async () => {
    const made = await started();
    made.say(0, 'never');
    block(made, 0);
    await made.clock.advanceAsync(60_000);
    expect(made.asking.asked.filter(({ upstream }) => upstream === key(0)).length).toBeGreaterThan(5);
    made.say(0, { value: 7 }, 'chain');
    made.say(0, { value: { height: 6 } }, 'head');
    await made.clock.advanceAsync(20_000);
    expect(made.kinds()[0]).toBe('probation');
  });

  test('F-174: an Ask that throws ends neither the probe nor the loop', async () => {
    let calls = 0;
    const made = world({
      deps: {
        ask: () => {
          calls += 1;
          throw new TypeError('broken');
        },
      },
    });
    await made.clock.advanceAsync(10_000);
    expect(calls).toBeGreaterThan(5);
    expect(made.kinds()).toEqual(['unproven', 'unproven']);
  });

  test('F-174: a listener that throws does not end the loop', async () => {
    const made = world({
      deps: {
        onChange: () => {
          throw new TypeError('broken');
        },
      },
    });
    await made.clock.advanceAsync(1000);
    made.say(0, refused);
    block(made, 0);
    await made.clock.advanceAsync(7000);
    expect(made.health.view(0).course.standing).toMatchObject({ kind: 'blocked', failedProbes: 2 });
    expect(made.events.filter(({ kind }) => kind === 'warned').length).toBeGreaterThan(0);
  });
});

describe('hold-offs', () => {
  test('B28, F-032: are respected by probes, and told of', async () => {
    const made = await started();
    block(made, 0);
    const at = made.clock.now();
    made.health.fold(attemptFailed(made.health.view(0), { at, verdict: limitedVerdict(30_000) }));
    const from = made.asking.asked.length;
    await made.clock.advanceAsync(29_000);
    expect(made.asking.asked.slice(from).filter(({ upstream }) => upstream === key(0))).toEqual([]);
    expect(made.health.probeNow(key(0))).toBe('held-off');
    await made.clock.advanceAsync(9000);
    expect(made.kinds()[0]).toBe('probation');
    expect(made.events.filter(({ kind }) => kind === 'hold-off-started')).toHaveLength(1);
  });

  test('of two URLs hold the provider, and free it when one is free', async () => {
    const endpoints = [0, 1, 2].map((index) => buildEndpoint(index, { provider: 'p', key: key(index) }));
    const made = await started({ endpoints });
    const limit = (index: number, ms: number) =>
      made.health.fold(attemptFailed(made.health.view(index), { at: made.clock.now(), verdict: limitedVerdict(ms) }));
    limit(0, 10_000);
    expect(made.health.view(2).holdOff.providerUntil).toBeUndefined();
    limit(1, 60_000);
    const until = made.health.view(1).holdOff.own?.until;
    expect(made.health.views().map(({ holdOff }) => holdOff.providerUntil)).toEqual([until, until, until]);
    expect(
      made.events.filter((event) => event.kind === 'hold-off-started' && event.holdOff.reason === 'provider'),
    ).toHaveLength(3);
    await made.clock.advanceAsync(12_001);
    expect(made.health.views().map(({ holdOff }) => holdOff.providerUntil)).toEqual([undefined, undefined, undefined]);
  });

  test('a new snapshot is called for when one begins, when it ends, and while an admitted rate grows', async () => {
    const made = await started();
    const before = made.changes();
    made.health.fold(attemptFailed(made.health.view(0), { at: made.clock.now(), verdict: limitedVerdict(1000) }));
    expect(made.changes()).toBe(before + 1);
    await made.clock.advanceAsync(1500);
    expect(made.changes()).toBe(before + 2);
    made.health.fold(attemptFailed(made.health.view(0), { at: made.clock.now(), verdict: limitedVerdict() }));
    await made.clock.advanceAsync(3000);
    expect(made.changes()).toBeGreaterThanOrEqual(before + 5);
  });
});

describe('trouble of our own', () => {
  const noResolver: ScriptedReply = { verdict: buildVerdict('connect-failed'), failure: 'dns', detail: 'no such host' };
  const endpoints = [0, 1, 2].map((index) => buildEndpoint(index));

  function fails(made: World, index: number): void {
    const at = made.clock.now();
    const verdict = buildVerdict('connect-failed');
    for (let n = 0; n < 5; n += 1)
      made.health.fold(
        attemptFailed(made.health.view(index), { at, connection: at + index * 10 + n, verdict, failure: 'dns' }),
      );
  }

  test('local errors on three hosts at once are blamed on nobody', async () => {
    const made = await started({ endpoints });
    for (const index of [0, 1, 2]) fails(made, index);
    await made.clock.advanceAsync(2000);
    expect(made.kinds()).toEqual(['serving', 'serving', 'serving']);
    expect(made.health.views().map(({ lastFailedAt }) => lastFailedAt)).toEqual([0, 0, 0]);
    expect(made.events.filter(({ kind }) => kind === 'warned')).toHaveLength(1);
  });

  test('on one or two hosts they are the upstreams’ own', async () => {
    const made = await started({ endpoints });
    fails(made, 0);
    expect(made.kinds()[0]).toBe('serving');
    await made.clock.advanceAsync(1000);
    expect(made.kinds()).toEqual(['blocked', 'serving', 'serving']);
  });

  test('refused, reset and timed out are always the upstreams’', async () => {
    const made = await started({ endpoints });
    for (const index of [0, 1, 2]) block(made, index);
    expect(made.kinds()).toEqual(['blocked', 'blocked', 'blocked']);
  });

  test('without a resolver at the start nobody is blocked, and all serve soon after it is back', async () => {
    const made = world({ endpoints });
    for (const index of [0, 1, 2]) made.say(index, noResolver);
    await made.clock.advanceAsync(60_000);
    expect(made.kinds()).toEqual(['unproven', 'unproven', 'unproven']);
    for (const index of [0, 1, 2]) {
      made.say(index, { value: 7 }, 'chain');
      made.say(index, { value: { height: 6 } }, 'head');
    }
    for (const index of [0, 1, 2]) made.say(index, { value: { height: 6 } }, 'head');
    await made.clock.advanceAsync(10_000);
    expect(made.kinds()).toEqual(['serving', 'serving', 'serving']);
  });

  test('chains of one process share what they saw', async () => {
    const localErrors = createLocalErrorLog();
    for (const host of ['a.example', 'b.example']) localErrors.note(host, 2000);
    const made = await started({ endpoints, deps: { localErrors } });
    fails(made, 0);
    await made.clock.advanceAsync(2000);
    expect(made.kinds()[0]).toBe('serving');
  });

  test('F-220, F-230: timeouts that ran out while our own loop stood still block nobody', async () => {
    const made = await started();
    const asleepSince = made.clock.now();
    const awakeAt = asleepSince + 30_000;
    for (let n = 0; n < 10; n += 1)
      made.health.fold(
        attemptFailed(made.health.view(0), {
          at: awakeAt,
          sentAt: asleepSince,
          connection: n,
          method: `m${n}`,
          verdict: buildVerdict('timeout'),
        }),
      );
    expect(made.kinds()[0]).toBe('serving');
    expect(made.health.view(0).lastFailedAt).toBe(0);
  });

  test('F-230: a standstill is remembered after the loop has woken', async () => {
    let asleepMs = 0;
    const made = await started({ sleptMs: () => asleepMs });
    const sentAt = made.clock.now();
    asleepMs = 30_000;
    await made.clock.advanceAsync(2000);
    const at = made.clock.now() + asleepMs;
    const attempt = (traits: object) =>
      made.health.fold(attemptFailed(made.health.view(0), { at, verdict: buildVerdict('timeout'), ...traits }));
    for (let n = 0; n < 10; n += 1) attempt({ sentAt, connection: n, method: `m${n}` });
    expect(made.kinds()[0]).toBe('serving');
    for (let n = 0; n < 10; n += 1) attempt({ sentAt: at - 100, connection: n, method: `m${n}` });
    expect(made.kinds()[0]).toBe('blocked');
  });
});

describe('epochs', () => {
  test('F-164: carry over who was blocked, probe them at once, and unblock nobody', async () => {
    const endpoints = [buildEndpoint(0), buildEndpoint(1, { tier: 'backup' }), buildEndpoint(2)];
    const made = await started({ endpoints, plan: { epoch: 4 } });
    for (const index of [0, 1]) {
      made.say(index, refused);
      block(made, index);
    }
    await made.clock.advanceAsync(40_000);
    const from = made.asking.asked.length;
    made.health.epochMoved(599);
    expect(made.kinds()).toEqual(['blocked', 'blocked', 'serving']);
    expect(made.events.at(-1)).toEqual({
      kind: 'epoch-started',
      chain: 'testnet',
      epoch: 5,
      carried: [key(0), key(1)],
    });
    await made.clock.advanceAsync(2000);
    const probed = made.asking.asked.slice(from);
    expect(new Set(probed.map(({ upstream }) => upstream))).toEqual(new Set([key(0), key(1)]));
    expect(new Set(probed.map(({ at }) => at)).size).toBe(2);
    expect(made.kinds()).toEqual(['blocked', 'blocked', 'serving']);
  });

  test('the first height names the epoch and is no transition; it never falls, save when the store is set aside', async () => {
    const made = await started();
    block(made, 0);
    made.health.epochMoved(250);
    expect(made.health.epoch()).toBe(2);
    expect(made.health.view(0).course.trips).toBe(1);
    expect(made.health.view(0).probe.extraAt).toBeUndefined();
    made.health.epochMoved(150);
    expect(made.health.epoch()).toBe(2);
    made.health.forgetEpoch();
    made.health.epochMoved(150);
    expect(made.health.epoch()).toBe(1);
    expect(made.events.filter(({ kind }) => kind === 'epoch-started')).toHaveLength(2);
  });

  test('F-167: a jump of the wall clock changes nothing', async () => {
    const made = await started();
    made.say(0, refused);
    block(made, 0);
    for (const jump of [3_600_000, -7_200_000, 4e12]) {
      made.clock.jumpWall(jump);
      await made.clock.advanceAsync(1000);
    }
    expect(made.kinds()).toEqual(['blocked', 'serving']);
    expect(made.health.view(0).course.standing).toMatchObject({ failedProbes: 1 });
  });
});

describe('orders', () => {
  test('a conviction covers all endpoints of the provider and of its host, and so does healing', async () => {
    const endpoints = [
      buildEndpoint(0, { provider: 'a', key: 'a/0', group: 'one.example' }),
      buildEndpoint(1, { provider: 'a', key: 'a/1', group: 'two.example' }),
      buildEndpoint(2, { provider: 'b', key: 'b/2', group: 'one.example' }),
      buildEndpoint(3, { provider: 'c', key: 'c/3', group: 'own' }),
    ];
    const made = await started({ endpoints });
    expect(made.health.convict('a/0', 'e1')).toBe('done');
    expect(made.kinds()).toEqual(['quarantined', 'quarantined', 'quarantined', 'serving']);
    expect(made.health.heal('a/0')).toBe('done');
    expect(made.kinds()).toEqual(['probation', 'probation', 'probation', 'serving']);
    expect(made.health.convict('none', 'e1')).toBe('unknown-upstream');
  });

  test('a cordon is an order of its own', async () => {
    const made = await started();
    expect(made.health.cordon(key(0))).toBe('done');
    expect(made.health.view(0).cordoned).toBe(true);
    expect(made.health.uncordon(key(0))).toBe('done');
    expect(made.health.view(0).cordoned).toBe(false);
    expect(made.health.cordon('none')).toBe('unknown-upstream');
  });

  test('the history is told in wall time', async () => {
    const made = await started();
    block(made, 0);
    expect(made.health.history(key(0)).at(-1)).toMatchObject({
      at: made.clock.wall(),
      to: 'blocked',
      reason: 'failed-polls',
    });
    expect(made.health.history('none')).toEqual([]);
  });

  test('a view beyond the list is a bug', async () => {
    expect(() => world().health.view(9)).toThrow(RangeError);
  });
});

describe('a reload', () => {
  test('F-239: keeps the standing of keys that stay, whatever their tier, and begins new ones unproven', async () => {
    const made = await started();
    made.say(0, refused);
    block(made, 0);
    made.health.fold(attemptFailed(made.health.view(1), { at: made.clock.now(), verdict: limitedVerdict(60_000) }));
    const before = made.health.views();
    made.health.replace([
      buildEndpoint(1, { index: 0, key: key(1), weight: 5 }),
      buildEndpoint(0, { index: 1, key: key(0), tier: 'backup' }),
      buildEndpoint(2),
    ]);
    expect(made.kinds()).toEqual(['serving', 'blocked', 'unproven']);
    expect(made.health.view(1).course).toEqual(before[0]?.course);
    expect(made.health.view(0).holdOff).toEqual(before[1]?.holdOff);
    expect(made.health.view(1).generation).toBe((before[0]?.generation ?? 0) + 1);
    await made.clock.advanceAsync(100);
    expect(made.kinds()).toEqual(['serving', 'blocked', 'serving']);
  });

  test('that changes nothing of an endpoint but its place keeps its generation', async () => {
    const made = await started();
    const { generation } = made.health.view(0);
    made.health.replace([buildEndpoint(1, { index: 0, key: key(1) }), buildEndpoint(0, { index: 1, key: key(0) })]);
    expect(made.health.view(1)).toMatchObject({ generation, endpoint: { key: key(0), index: 1 } });
  });

  test('F-244: a rotated URL that was seen to be of this chain goes on serving, and is checked for its identity at once', async () => {
    const made = await started();
    const from = made.asking.asked.length;
    const vouched = new Set([key(0)]);
    made.health.replace([buildEndpoint(0, { tracker: 'rotated' }), buildEndpoint(1)], { vouched });
    expect(made.kinds()).toEqual(['serving', 'serving']);
    expect(made.health.view(0).identity).toBe('confirmed');
    await made.clock.advanceAsync(100);
    expect(made.asking.asked.slice(from).map(({ upstream, method }) => [upstream, method])).toEqual([
      [key(0), 'chain'],
    ]);
  });

  test('another URL that nobody has seen serves nothing before a probe of it passed', async () => {
    const made = await started();
    made.health.replace([buildEndpoint(0, { tracker: 'elsewhere' }), buildEndpoint(1)]);
    expect(made.kinds()).toEqual(['unproven', 'serving']);
    expect(made.health.view(0).identity).toBe('unknown');
    await made.clock.advanceAsync(100);
    expect(made.kinds()).toEqual(['serving', 'serving']);
    expect(made.health.view(0).identity).toBe('confirmed');
  });

  test('a blocked upstream stays blocked under another URL, and is not asked as a last resort before it is known', async () => {
    const made = await started();
    made.say(0, refused);
    block(made, 0);
    const { course } = made.health.view(0);
    made.health.replace([buildEndpoint(0, { tracker: 'elsewhere' }), buildEndpoint(1)]);
    expect(made.health.view(0)).toMatchObject({ course, identity: 'unknown' });
  });

  test('an upstream that left and comes back goes on as its row says', async () => {
    const made = await started();
    made.health.convict(key(1), 'e1');
    const restored = new Map(made.health.rows());
    made.health.replace([buildEndpoint(0)]);
    made.health.replace([buildEndpoint(0), buildEndpoint(1)], { restored });
    expect(made.kinds()).toEqual(['serving', 'quarantined']);
  });

  test('an upstream that left and comes back begins a generation nobody had: late results do not count', async () => {
    const made = await started();
    const gone = made.health.view(1);
    made.health.replace([buildEndpoint(0)]);
    made.health.replace([buildEndpoint(0), buildEndpoint(1)]);
    await made.clock.advanceAsync(100);
    const back = made.health.view(1);
    for (let count = 0; count < 9; count += 1)
      made.health.fold(attemptFailed(gone, { at: made.clock.now(), sentAt: made.clock.now() }));
    expect(made.health.view(1)).toEqual(back);
  });

  test('brings its numbers into force at once', async () => {
    const made = await started();
    const once = (index: number) =>
      pollFailed({ upstream: key(index), at: made.clock.now(), sentAt: made.clock.now() });
    made.health.fold(once(0));
    const policy = buildHealthPolicy({ failedPolls: 1, failedPollsSpanMs: 0 });
    made.health.replace([buildEndpoint(0), buildEndpoint(1)], { policy });
    made.health.fold(once(1));
    expect(made.kinds()).toEqual(['serving', 'blocked']);
  });

  test('F-238: results of upstreams that are gone change nothing', async () => {
    const made = await started();
    const gone = made.health.view(1);
    made.health.replace([buildEndpoint(0)]);
    made.health.fold(attemptFailed(gone, { at: made.clock.now() }));
    made.health.fold(answersCounted(gone, { at: made.clock.now() }));
    made.health.fold(pollAnswered({ upstream: key(1), at: made.clock.now() }));
    expect(made.health.views()).toHaveLength(1);
  });

  test('a probe under way for an upstream that left and came back does not speak for the new one', async () => {
    const made = world();
    made.say(1, { value: 8, afterMs: 3000 });
    await made.clock.advanceAsync(100);
    made.health.replace([buildEndpoint(0)]);
    made.say(1, 'never');
    made.health.replace([buildEndpoint(0), buildEndpoint(1)]);
    await made.clock.advanceAsync(5000);
    expect(made.kinds()).toEqual(['serving', 'unproven']);
    expect(made.events.filter((event) => event.kind === 'probe-ended' && event.upstream === key(1))).toEqual([]);
  });
});

describe('a restart', () => {
  test('F-225: brings back all but serving, and needs no network to be right', async () => {
    const made = await started({ endpoints: [0, 1, 2].map((index) => buildEndpoint(index)) });
    block(made, 0);
    made.health.convict(key(2), 'e1');
    const restored = new Map<string, unknown>(JSON.parse(JSON.stringify([...made.health.rows()])));
    const next = world({ endpoints: [0, 1, 2].map((index) => buildEndpoint(index)), plan: { restored } });
    expect(next.kinds()).toEqual(['blocked', 'unproven', 'quarantined']);
    await next.clock.advanceAsync(100);
    expect(next.kinds()).toEqual(['blocked', 'serving', 'quarantined']);
    expect(next.health.views().map(({ identity }) => identity)).toEqual(['confirmed', 'confirmed', 'confirmed']);
    await next.clock.advanceAsync(2000);
    expect(next.kinds()).toEqual(['probation', 'serving', 'quarantined']);
  });

  test('brings back a provider that was held off as a whole', async () => {
    const endpoints = [0, 1, 2].map((index) => buildEndpoint(index, { provider: 'p', key: key(index) }));
    const made = await started({ endpoints });
    for (const index of [0, 1])
      made.health.fold(
        attemptFailed(made.health.view(index), { at: made.clock.now(), verdict: limitedVerdict(60_000) }),
      );
    const next = world({ endpoints, plan: { restored: new Map(made.health.rows()) } });
    await next.clock.advanceAsync(30_000);
    expect(next.asking.asked).toEqual([]);
  });
});

describe('closing', () => {
  test('leaves no timer behind, and nothing is folded, emitted or asked any more', async () => {
    const made = world();
    made.say(1, 'never');
    await made.clock.advanceAsync(100);
    block(made, 0);
    made.health.fold(
      attemptFailed(made.health.view(0), {
        at: made.clock.now(),
        verdict: buildVerdict('connect-failed'),
        failure: 'dns',
      }),
    );
    made.health.close();
    expect(made.clock.pending()).toBe(0);
    const told = made.events.length;
    const kinds = made.kinds();
    block(made, 1);
    made.health.epochMoved(1e6);
    made.health.replace([]);
    await made.clock.advanceAsync(100_000);
    expect(made.events).toHaveLength(told);
    expect(made.kinds()).toEqual(kinds);
    expect(made.clock.pending()).toBe(0);
  });
});
