import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isProven } from '../../src/control/pairing-inputs.ts';
import type { ChainHealth } from '../../src/health/chain-health.ts';
import { isShownAlike, showUpstream } from '../../src/health/pairing.ts';
import { startHealth } from '../../src/health/start-health.ts';
import { heldOff } from '../../src/health/upstream-health.ts';
import type { GatewayEvent } from '../../src/model/events.ts';
import type { Upstream } from '../../src/model/pairing.ts';
import type { Question } from '../../src/ports/ask.ts';
import {
  answersCounted,
  attemptFailed,
  buildHealthPolicy,
  buildSpec,
  buildVerdict,
  limitedVerdict,
  pollAnswered,
  pollFailed,
} from '../support/build-health.ts';
import { buildEndpoint } from '../support/build-pairing.ts';
import { createScriptedAsk, type ScriptedReply } from '../support/scripted-ask.ts';
import { createVirtualClock, type VirtualClock } from '../support/virtual-clock.ts';

/** How an endpoint behaves for a while. */
const moods = [
  'good',
  'good',
  'refused',
  'slow',
  'limited',
  'named-limit',
  'wrong-chain',
  'silent',
  'unresolved',
  'calls-fail',
] as const;
type Mood = (typeof moods)[number];

const endpoints = [0, 1, 2, 3].map((index) =>
  buildEndpoint(index, { provider: index < 2 ? 'twin' : `p${index}`, tier: index === 3 ? 'backup' : 'primary' }),
);
const policy = buildHealthPolicy({ probeJitter: 0.2 });

/** For each endpoint: what it does during each stretch of fifteen seconds. */
const anyWeather = fc.array(fc.array(fc.constantFrom(...moods), { minLength: 5, maxLength: 5 }), {
  minLength: endpoints.length,
  maxLength: endpoints.length,
});

function answerOf(mood: Mood, { method }: Question): ScriptedReply {
  switch (mood) {
    case 'refused':
      return { verdict: buildVerdict('connect-failed'), failure: 'refused' };
    case 'unresolved':
      return { verdict: buildVerdict('connect-failed'), failure: 'dns' };
    case 'slow':
      return { verdict: buildVerdict('timeout'), afterMs: 5000 };
    case 'limited':
      return { verdict: limitedVerdict() };
    case 'named-limit':
      return { verdict: limitedVerdict(4000) };
    case 'silent':
      return 'never';
    case 'wrong-chain':
      return { value: method === 'chain' ? 8 : { height: 5 }, afterMs: 20 };
    case 'calls-fail':
    case 'good':
      return method === 'call' && mood === 'calls-fail'
        ? { verdict: buildVerdict('server-error') }
        : { value: method === 'chain' ? 7 : { height: 5 }, afterMs: 20 };
  }
}

interface World {
  readonly clock: VirtualClock;
  readonly health: ChainHealth;
  readonly events: readonly GatewayEvent[];
  readonly violations: readonly string[];
  /** Questions to endpoints that were held off. */
  lastResorts(): number;
  live(ms: number): Promise<void>;
  /** From now on every endpoint is well. */
  clear(): void;
}

/**
 * A chain whose endpoints follow the weather, with polls and calls once a second, as control would feed them. `waiting`: there is
 * always a call that waits for a first proof.
 */
function makeWorld(weather: readonly (readonly Mood[])[], callers: 'served' | 'waiting' = 'served'): World {
  const clock = createVirtualClock();
  const started = clock.now();
  const violations: string[] = [];
  const events: GatewayEvent[] = [];
  let isClear = false;
  const moodOf = (index: number): Mood =>
    (isClear ? undefined : weather[index]?.[Math.floor((clock.now() - started) / 15_000)]) ?? 'good';
  /** Until when each endpoint is busy with a question: its answer, or the end of its lease. */
  const busyUntil = new Map<string, number>();
  /** When each endpoint was last asked who it is while it was held off. */
  const pressedAt = new Map<string, number>();
  let lastResorts = 0;
  const asking = createScriptedAsk(clock, (question) => {
    const { upstream, method } = question;
    const index = endpoints.findIndex(({ key }) => key === upstream);
    const now = clock.now();
    if ((busyUntil.get(upstream) ?? 0) > now) violations.push(`two questions at once: ${upstream}`);
    if (method === 'chain' && heldOff(health.view(index), now) !== undefined) {
      const isLastResort = callers === 'waiting' && !show(health, now).some(isProven);
      if (!isLastResort) violations.push(`asked while held off: ${upstream}`);
      if (now - (pressedAt.get(upstream) ?? 0) < 1000) violations.push(`asked twice within a second: ${upstream}`);
      pressedAt.set(upstream, now);
      lastResorts += 1;
    }
    const said = answerOf(moodOf(index), question);
    busyUntil.set(upstream, now + (said === 'never' ? 6000 : (said.afterMs ?? 0)));
    return said;
  });
  let shown: readonly Upstream[] = [];
  const health = startHealth(
    { chain: 'testnet', spec: buildSpec(), endpoints, policy, restored: new Map() },
    {
      clock,
      ask: asking.ask,
      emit: (event) => events.push(event),
      onChange: () => {
        shown = show(health, clock.now());
      },
      headSeen: () => undefined,
    },
  );
  shown = show(health, clock.now());

  async function live(ms: number): Promise<void> {
    const until = clock.now() + ms;
    for (let turn = 1; clock.now() < until; turn += 1) {
      await clock.advanceAsync(100);
      if (callers === 'waiting') health.callWaits(2000);
      if (turn % 10 === 0)
        for (let index = 0; index < endpoints.length; index += 1) feed(health, index, { mood: moodOf(index), clock });
      const now = show(health, clock.now());
      now.forEach((one, index) => {
        const last = shown[index];
        if (
          last === undefined ||
          !isShownAlike(
            { ...one, ...(last.admittedRate === undefined ? {} : { admittedRate: last.admittedRate }) },
            last,
          )
        )
          violations.push(`shown too late: ${one.endpoint.key} ${one.standing}`);
      });
    }
  }

  return {
    clock,
    health,
    events,
    violations,
    lastResorts: () => lastResorts,
    live,
    clear: () => {
      isClear = true;
    },
  };
}

function show(health: ChainHealth, at: number): readonly Upstream[] {
  return health.views().map((state) => showUpstream({ health: state, lagging: false, outlier: false }, at, policy));
}

/** One second of an endpoint's life: a poll unless it is held off, and some calls if it serves. */
function feed(
  health: ChainHealth,
  index: number,
  { mood, clock }: { readonly mood: Mood; readonly clock: VirtualClock },
): void {
  const state = health.view(index);
  const upstream = state.endpoint.key;
  const at = clock.now();
  if (heldOff(state, at) === undefined) {
    const reply = answerOf(mood, {
      upstream,
      method: 'head',
      params: '[]',
      timeoutMs: 1,
      purpose: 'poll',
      connection: 'pooled',
    });
    if (reply === 'never' || 'value' in reply) health.fold(pollAnswered({ upstream, at }));
    else {
      const failure = reply.failure === undefined ? {} : { failure: reply.failure };
      const broken = reply.failure === 'refused';
      for (let n = 0; n < (broken ? 2 : 1); n += 1)
        health.fold(pollFailed({ upstream, at, verdict: reply.verdict, broken, connection: at + n, ...failure }));
    }
  }
  const { kind } = state.course.standing;
  if (kind !== 'serving' && kind !== 'probation') return;
  if (mood === 'good') return health.fold(answersCounted(health.view(index), { at, good: 4 }));
  const verdict = mood === 'limited' ? limitedVerdict() : buildVerdict('server-error');
  for (const method of ['call', 'logs'])
    health.fold(attemptFailed(health.view(index), { at, method, connection: at, verdict }));
}

test.each([
  ['hold-offs are kept', 'served'],
  ['where calls wait and nobody is proven, whoever is held off is asked once a second', 'waiting'],
] as const)(
  'I4, I8, I9, I17, I18: in any weather there is one probe at a time, %s, and in the end all serve',
  async (_words, callers) => {
    await fc.assert(
      fc.asyncProperty(anyWeather, async (weather) => {
        const begun =
          callers === 'waiting' ? weather.map(([, ...later]): Mood[] => ['named-limit', ...later]) : weather;
        const { clock, health, violations, lastResorts, live, clear } = makeWorld(begun, callers);
        await live(75_000);
        if (callers === 'waiting') expect(lastResorts()).toBeGreaterThan(8);
        clear();
        // The longest way back: a full interval of the schedule or a hold-off, a confirming probe, two steps of probation.
        await live(300_000 + 2000 + 30_000);
        expect([...new Set(violations)]).toEqual([]);
        expect(health.views().map(({ course }) => course.standing.kind)).toEqual([
          'serving',
          'serving',
          'serving',
          'serving',
        ]);
        expect(health.views().map(({ identity }) => identity)).toEqual([
          'confirmed',
          'confirmed',
          'confirmed',
          'confirmed',
        ]);
        health.close();
        await clock.advanceAsync(10_000);
        expect(clock.pending()).toBe(0);
      }),
      { numRuns: 12 },
    );
  },
);

test('I17: every block is told of once, and every told block was one', async () => {
  await fc.assert(
    fc.asyncProperty(anyWeather, async (weather) => {
      const { health, events, live } = makeWorld(weather);
      await live(75_000);
      for (const { endpoint, course } of health.views()) {
        const told = events.filter((event) => event.kind === 'standing-changed' && event.upstream === endpoint.key);
        const last = told.at(-1);
        expect(last?.kind === 'standing-changed' ? last.to : 'unproven').toBe(course.standing.kind);
        told.forEach((event, at) => {
          const before = at === 0 ? undefined : told[at - 1];
          if (event.kind !== 'standing-changed') return;
          expect(event.from).toBe(before?.kind === 'standing-changed' ? before.to : 'unproven');
          expect(event.from).not.toBe(event.to);
        });
      }
      health.close();
    }),
    { numRuns: 25 },
  );
});
