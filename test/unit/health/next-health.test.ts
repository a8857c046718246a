import { describe, expect, test } from 'vitest';
import type { AttemptFailed, UpstreamEvent } from '../../../src/health/health-event.ts';
import { nextHealth } from '../../../src/health/next-health.ts';
import { dueProbe, heldOff, newUpstreamHealth, type UpstreamHealth } from '../../../src/health/upstream-health.ts';
import type { Meaning } from '../../../src/model/verdict.ts';
import {
  answersCounted,
  attemptFailed,
  blockedHealth,
  buildHealthRules,
  buildVerdict,
  foldAll,
  limitedVerdict,
  pollAnswered,
  pollFailed,
  probed,
  servingHealth,
} from '../../support/build-health.ts';
import { buildEndpoint } from '../../support/build-pairing.ts';

const rules = buildHealthRules();
const serving = servingHealth(1000, rules);
const blocked = blockedHealth(1000, rules);

function fold(state: UpstreamHealth, ...events: readonly UpstreamEvent[]): UpstreamHealth {
  return foldAll(state, events, rules);
}

/** Attempts that failed one after another, each in the generation it meets. */
function failing(
  state: UpstreamHealth,
  attempts: readonly (Partial<AttemptFailed> & { readonly at: number })[],
): UpstreamHealth {
  return attempts.reduce((next, attempt) => fold(next, attemptFailed(next, attempt)), state);
}

function kindOf(state: UpstreamHealth): string {
  return state.course.standing.kind;
}

function failure(meaning: Meaning): { readonly verdict: AttemptFailed['verdict'] } {
  return { verdict: buildVerdict(meaning) };
}

describe('blame', () => {
  const twoMethods = [0, 1, 2, 3, 4].map((n) => ({ at: 2000 + n * 300, method: n % 2 === 0 ? 'call' : 'logs' }));

  test('F-158: five failures in a row block, and say why', () => {
    const state = failing(serving, twoMethods);
    expect(state.course.standing).toMatchObject({
      kind: 'blocked',
      reason: 'consecutive-failures',
      detail: 'call: HTTP 500',
    });
    expect(state.lastFailure).toEqual({ at: 3200, meaning: 'server-error', method: 'call', detail: 'HTTP 500' });
  });

  test('F-159: failures among successes block within the window', () => {
    let state = serving;
    for (let at = 2000; at < 32_000 && kindOf(state) === 'serving'; at += 1000)
      state = fold(
        failing(state, [{ at, method: at % 2000 === 0 ? 'call' : 'logs' }]),
        answersCounted(state, { at, good: 1 }),
        answersCounted(state, { at, good: 1 }),
      );
    expect(state.course.standing).toMatchObject({ kind: 'blocked', reason: 'error-rate' });
  });

  test.each(['reverted', 'insufficient-funds', 'nonce-too-low', 'invalid-params'] as const)(
    'F-160: a thousand answers that say %s never block, and count as work done',
    (meaning) => {
      const verdict = buildVerdict(meaning, { blame: 'client', retry: 'no' });
      const four = failing(serving, twoMethods.slice(0, 4));
      const state = failing(
        four,
        Array.from({ length: 1000 }, (_, n) => ({ at: 4000 + n, verdict })),
      );
      expect(kindOf(state)).toBe('serving');
      expect(kindOf(failing(state, [{ at: 5001 }, { at: 5002, method: 'logs' }]))).toBe('serving');
    },
  );

  test('B10: cancelled losers, missing data, unclassified errors and our own trouble count for nobody', () => {
    const blameless: readonly AttemptFailed['verdict'][] = [
      buildVerdict('cancelled', { blame: 'none', retry: 'no' }),
      buildVerdict('local-network', { blame: 'none' }),
      buildVerdict('generic', { blame: 'none', retry: 'once' }),
      buildVerdict('data-missing', { blame: 'capability' }),
      buildVerdict('block-unknown', { blame: 'none' }),
      buildVerdict('execution-timeout', { blame: 'none', retry: 'once' }),
    ];
    const four = failing(serving, twoMethods.slice(0, 4));
    for (const verdict of blameless) {
      expect(failing(four, [{ at: 4000, verdict }])).toBe(four);
    }
    const between = failing(
      four,
      blameless.map((verdict) => ({ at: 4000, verdict })),
    );
    expect(kindOf(failing(between, [{ at: 4001 }]))).toBe('blocked');
  });

  test('F-161: one bad method is avoided, the endpoint goes on serving', () => {
    const logs = Array.from({ length: 100 }, (_, n) => ({ at: 2000 + n * 100, method: 'logs', connection: n }));
    const state = failing(serving, logs);
    expect(kindOf(state)).toBe('serving');
    expect([...state.avoidance.avoided.keys()]).toEqual(['logs']);
    const polled = fold(state, pollFailed({ at: 12_100 }));
    expect(polled.course.standing).toMatchObject({ kind: 'blocked', reason: 'consecutive-failures' });
  });

  test('B5: a burst on one broken connection is one failure', () => {
    const burst = Array.from({ length: 10 }, () => ({ at: 2000, connection: 9, ...failure('connection-lost') }));
    const state = failing(serving, burst);
    expect(kindOf(state)).toBe('serving');
    expect(state.streak.count).toBe(1);
  });

  test('three refused connections in a row block', () => {
    const refused = [1, 2, 3].map((connection) => ({ at: 2000, connection, ...failure('connect-failed') }));
    expect(failing(serving, refused).course.standing).toMatchObject({ kind: 'blocked', reason: 'refused-connections' });
  });

  test('a failure that was the call’s own is taken back, with what it had the endpoint avoid', () => {
    const failed = failing(serving, [{ at: 2000, replay: { method: 'call', params: '[]' } }]);
    expect(failed.avoidance.avoided.size).toBe(1);
    const { upstream, generation } = answersCounted(failed, { at: 2000 });
    const excused = fold(failed, { kind: 'failure-excused', upstream, generation, at: 2100, method: 'call' });
    expect(excused.avoidance.avoided.size).toBe(0);
    expect(excused.streak.count).toBe(0);
    expect(excused.replay).toBeUndefined();
  });

  test('polls and probes that the request path reports too are not counted twice', () => {
    for (const purpose of ['poll', 'probe'] as const) expect(failing(serving, [{ at: 2000, purpose }])).toBe(serving);
    expect(failing(serving, [{ at: 2000, purpose: 'backfill' }]).streak.count).toBe(1);
  });

  test('a method said to be missing is remembered for ten minutes, and nobody is blamed', () => {
    const verdict = buildVerdict('method-unsupported', { blame: 'capability', retry: 'once' });
    const state = failing(serving, [{ at: 2000, method: 'trace', verdict }]);
    expect(state.unsupported.names).toEqual(new Set(['trace']));
    expect(state.lastFailedAt).toBe(0);
    expect(fold(state, { kind: 'time-passed', at: 602_000 }).unsupported.names.size).toBe(0);
  });

  test('an answer that names a wrong chain makes the check due, no more: it may be the client’s mistake', () => {
    const state = failing(serving, [{ at: 2000, verdict: buildVerdict('wrong-chain') }]);
    expect(kindOf(state)).toBe('serving');
    expect(dueProbe(state)).toEqual({ scope: 'identity', at: 2000 });
  });
});

describe('rate limits', () => {
  test('B28: never are failures, however many', () => {
    const state = failing(
      serving,
      Array.from({ length: 200 }, (_, n) => ({ at: 2000 + n, verdict: limitedVerdict() })),
    );
    expect(kindOf(state)).toBe('serving');
    expect(state.streak.count).toBe(0);
    expect(state.lastFailedAt).toBe(0);
    expect(heldOff(state, 2200)?.reason).toBe('rate-limited');
  });

  test('of polls hold off too', () => {
    const state = fold(serving, pollFailed({ at: 2000, verdict: limitedVerdict(9000) }));
    expect(heldOff(state, 2000)?.reason).toBe('retry-after');
    expect(state.polls.failed).toBe(0);
  });

  test('do not raise the generation: standing did not change', () => {
    expect(failing(serving, [{ at: 2000, verdict: limitedVerdict(9000) }]).generation).toBe(serving.generation);
  });

  test('halve the pace the endpoint had', () => {
    let state = serving;
    for (let at = 2000; at < 12_000; at += 100) state = fold(state, answersCounted(state, { at, good: 4 }));
    state = failing(state, [{ at: 12_000, verdict: limitedVerdict() }]);
    expect(state.holdOff.admitted?.rate).toBeCloseTo(20, 0);
  });
});

describe('polls', () => {
  test('three that fail over five seconds block', () => {
    const state = fold(serving, ...[2000, 4500, 7000].map((at) => pollFailed({ at })));
    expect(state.course.standing).toMatchObject({ kind: 'blocked', reason: 'failed-polls', detail: 'poll: timed out' });
  });

  test('B19: one or two that fail change nothing', () => {
    expect(kindOf(fold(serving, pollFailed({ at: 2000 }), pollFailed({ at: 9000 }), pollAnswered({ at: 9500 })))).toBe(
      'serving',
    );
  });

  test('two that broke their connection block at once', () => {
    expect(kindOf(fold(serving, pollFailed({ at: 2000, broken: true })))).toBe('serving');
    expect(blocked.course.standing).toMatchObject({ kind: 'blocked', reason: 'failed-polls' });
  });

  test('B4: one that was sent before the present standing began changes nothing', () => {
    const late = pollFailed({ at: 2000, sentAt: 999, broken: true });
    expect(fold(serving, late)).toBe(serving);
    expect(fold(serving, pollAnswered({ at: 2000, sentAt: 999 }))).toBe(serving);
  });

  test('B20: answered ones never unblock', () => {
    const polls = Array.from({ length: 100 }, (_, n) => pollAnswered({ at: 2000 + n * 1000 }));
    expect(kindOf(fold(blocked, ...polls))).toBe('blocked');
  });
});

describe('heads', () => {
  const judged = (at: number, traits: object): UpstreamEvent => ({
    kind: 'head-judged',
    upstream: serving.endpoint.key,
    at,
    lagging: false,
    outlier: false,
    ...traits,
  });

  test('F-176: one that stands still below the tip for more than 30 s blocks', () => {
    const behind = fold(serving, judged(2000, { lagging: true, behindSince: 2000 }), pollAnswered({ at: 3000 }));
    expect(kindOf(fold(behind, judged(32_000, { lagging: true, behindSince: 2000 })))).toBe('serving');
    const stale = fold(behind, judged(32_001, { lagging: true, behindSince: 2000 }));
    expect(stale.course.standing).toMatchObject({ kind: 'blocked', reason: 'stale-head' });
  });

  test('time alone brings that about too, without another poll', () => {
    const behind = fold(serving, judged(2000, { behindSince: 2000 }), pollAnswered({ at: 3000 }));
    expect(kindOf(fold(behind, { kind: 'time-passed', at: 33_000 }))).toBe('blocked');
  });

  test('lag alone never blocks', () => {
    let state = serving;
    for (let at = 2000; at < 200_000; at += 1000)
      state = fold(state, pollAnswered({ at }), judged(at, { lagging: true, behindSince: at }));
    expect(kindOf(state)).toBe('serving');
  });

  test('age is not judged while held off, nor for the time before', () => {
    const behind = fold(serving, judged(2000, { behindSince: 2000 }), pollAnswered({ at: 3000 }));
    const held = failing(behind, [{ at: 4000, verdict: limitedVerdict(60_000) }]);
    const until = heldOff(held, 4000)?.until ?? 0;
    expect(kindOf(fold(held, { kind: 'time-passed', at: until - 1 }))).toBe('serving');
    const free = fold(held, { kind: 'time-passed', at: until + 29_000 }, pollAnswered({ at: until + 29_500 }));
    expect(kindOf(fold(free, judged(until + 30_000, { behindSince: 2000 })))).toBe('serving');
    expect(kindOf(fold(free, judged(until + 30_001, { behindSince: 2000 })))).toBe('blocked');
  });

  test('an outlier at two polls blocks', () => {
    const once = fold(
      serving,
      pollAnswered({ at: 2000 }),
      judged(2000, { outlier: true }),
      judged(2500, { outlier: true }),
    );
    expect(kindOf(once)).toBe('serving');
    const twice = fold(once, pollAnswered({ at: 3000 }), judged(3000, { outlier: true }));
    expect(twice.course.standing).toMatchObject({ kind: 'blocked', reason: 'outlier-head' });
  });
});

describe('generations', () => {
  test('B4, F-165: a late failure of an older one does not block after recovery', () => {
    const late = [1, 2, 3].map((connection) =>
      attemptFailed(serving, { at: 9000, connection, ...failure('connect-failed') }),
    );
    const back = probed(probed(blocked, { at: 3000 }, rules), { at: 5000 }, rules);
    expect(kindOf(back)).toBe('probation');
    expect(fold(back, ...late)).toBe(back);
  });

  test('F-165: a late success of an older one does not call for a probe of a newer block', () => {
    expect(fold(blocked, answersCounted(serving, { at: 1500, good: 100 }))).toBe(blocked);
  });

  test('F-165: a probe that began before the block does not unblock', () => {
    const begun = fold(
      serving,
      { kind: 'probe-asked', at: 1100 },
      { kind: 'probe-started', at: 1100, id: 1, scope: 'probe' },
    );
    const tripped = fold(begun, pollFailed({ at: 1200, broken: true }), pollFailed({ at: 1201, broken: true }));
    const { standing } = probed(tripped, { at: 1300 }, rules).course;
    const result = { outcome: 'clean', identity: 'confirmed', replay: 'not-asked', detail: '' } as const;
    const ended = fold(tripped, { kind: 'probe-ended', at: 1300, id: 1, result });
    expect(ended.course.standing).toEqual(tripped.course.standing);
    expect(ended.probe.running).toBeUndefined();
    expect(standing).toMatchObject({ kind: 'blocked', cleanProbes: 1 });
  });

  test('rise with standing and identity, not with heads, hold-offs, avoidances or cordons', () => {
    const upstream = serving.endpoint.key;
    const quiet = fold(
      serving,
      { kind: 'head-judged', upstream, at: 2000, lagging: true, outlier: false, behindSince: 2000 },
      attemptFailed(serving, { at: 2001 }),
      { kind: 'cordoned', at: 2002 },
      { kind: 'epoch-started', at: 2003 },
      { kind: 'provider-held', at: 2004, until: 9000 },
      answersCounted(serving, { at: 2005, good: 5 }),
    );
    expect(quiet.generation).toBe(serving.generation);
    expect(blocked.generation).toBe(serving.generation + 1);
    const wrong = probed(serving, { at: 2000, scope: 'identity', identity: 'wrong', outcome: 'failed' }, rules);
    expect(wrong.generation).toBe(serving.generation + 1);
  });

  test('a step of probation is a new one: a burst sent before it steps back once', () => {
    const first = probed(probed(blocked, { at: 3000 }, rules), { at: 5000 }, rules);
    const second = fold(first, answersCounted(first, { at: 15_000, good: 10 }));
    const burst = [1, 2, 3, 4].map((n) => attemptFailed(second, { at: 16_000, connection: n, method: `m${n}` }));
    expect(fold(second, ...burst).course.standing).toMatchObject({ kind: 'probation', step: 0 });
  });
});

describe('the way back', () => {
  test('B2: a backup is blocked, skipped, probed and restored exactly like a primary', () => {
    const both = (['primary', 'backup'] as const).map((tier) => {
      let state = blockedHealth(1000, rules, buildEndpoint(0, { tier }));
      const seen = [state.course];
      for (const at of [3000, 5000]) {
        state = probed(state, { at }, rules);
        seen.push(state.course);
      }
      for (const at of [15_000, 25_000]) {
        state = fold(state, answersCounted(state, { at, good: 10 }));
        seen.push(state.course);
      }
      return seen;
    });
    expect(both[1]).toEqual(both[0]);
    expect(both[0]?.map(({ standing }) => standing.kind)).toEqual([
      'blocked',
      'blocked',
      'probation',
      'probation',
      'serving',
    ]);
  });

  test('F-169: a good answer as a last resort makes a probe due at once, and does no more', () => {
    const late = fold(serving, ...[9000, 9000].map((at) => pollFailed({ at, broken: true })));
    expect(dueProbe(late)).toEqual({ scope: 'probe', at: 11_000 });
    const answered = fold(late, answersCounted(late, { at: 9500 }));
    expect(answered.course).toEqual(late.course);
    expect(dueProbe(answered)).toEqual({ scope: 'probe', at: 9500 });
    const failed = probed(answered, { at: 9500, outcome: 'failed', replay: 'failed' }, rules);
    expect(failed.course.standing).toMatchObject({ failedProbes: 0, nextProbeAt: 11_000 });
    const many = fold(failed, answersCounted(failed, { at: 9501 }), answersCounted(failed, { at: 9502 }));
    expect(many.probe.extraAt).toBe(11_500);
  });

  test('B20: the failing read is kept for the probes; three failed replays later the endpoint goes on without the method', () => {
    const read = { method: 'logs', params: '[{"from":1}]' };
    const failed = failing(serving, [{ at: 1100, method: 'logs', replay: read }]);
    let state = fold(failed, pollFailed({ at: 1200, broken: true }), pollFailed({ at: 1201, broken: true }));
    for (const at of [4000, 8000, 16_000]) {
      expect(state.replay).toMatchObject(read);
      state = probed(state, { at, outcome: 'failed', replay: 'failed' }, rules);
      expect(kindOf(state)).toBe('blocked');
    }
    expect(state.replay).toBeUndefined();
    expect(state.avoidance.avoided.get('logs')).toBe(616_000);
    const back = probed(probed(state, { at: 32_000 }, rules), { at: 34_000 }, rules);
    expect(kindOf(back)).toBe('probation');
    expect(kindOf(failing(back, [{ at: 34_100, method: 'logs' }]))).toBe('probation');
    expect(kindOf(failing(back, [{ at: 34_100, method: 'call' }]))).toBe('blocked');
  });

  test('B20: once blocked, the kept read stays, however many others fail as a last resort', () => {
    const read = { method: 'logs', params: '[1]' };
    const failed = failing(serving, [{ at: 1100, method: 'logs', replay: read }]);
    const down = fold(failed, pollFailed({ at: 1200, broken: true }), pollFailed({ at: 1201, broken: true }));
    const once = probed(down, { at: 4000, outcome: 'failed', replay: 'failed' }, rules);
    const others = [1, 2, 3].map((n) => ({ at: 4100 + n, replay: { method: 'call', params: `[${n}]` } }));
    expect(failing(once, others).replay).toEqual({ ...read, failures: 1 });
  });

  test('a replay that passed starts the count of failed ones anew', () => {
    const failed = failing(serving, [{ at: 1100, method: 'logs', replay: { method: 'logs', params: '[1]' } }]);
    let state = fold(failed, pollFailed({ at: 1200, broken: true }), pollFailed({ at: 1201, broken: true }));
    for (const [at, replay] of [
      [4000, 'failed'],
      [8000, 'failed'],
      [16_000, 'passed'],
      [18_000, 'failed'],
    ] as const)
      state = probed(state, { at, outcome: replay === 'passed' ? 'clean' : 'failed', replay }, rules);
    expect(state.replay?.failures).toBe(1);
  });

  test('an extra probe that told nothing leaves the schedule as it is', () => {
    const state = probed(blocked, { at: 1500, outcome: 'told-nothing', identity: 'unclear' }, rules);
    expect(dueProbe(state)).toEqual({ scope: 'probe', at: 3000 });
    const scheduled = probed(blocked, { at: 3000, outcome: 'told-nothing', identity: 'unclear' }, rules);
    expect(dueProbe(scheduled)).toEqual({ scope: 'probe', at: 5000 });
  });

  test('the end of a probe that is not the one under way changes nothing', () => {
    const probing = fold(blocked, { kind: 'probe-started', at: 3000, id: 2, scope: 'probe' });
    const result = { outcome: 'clean', identity: 'confirmed', replay: 'not-asked', detail: '' } as const;
    expect(fold(probing, { kind: 'probe-ended', at: 3100, id: 1, result })).toBe(probing);
  });

  test('in probation a poll that broke its connection sets back only when its repeat broke too', () => {
    const first = probed(probed(blocked, { at: 3000 }, rules), { at: 5000 }, rules);
    const once = fold(first, pollFailed({ at: 6000, broken: true }));
    expect(kindOf(once)).toBe('probation');
    expect(kindOf(fold(once, pollAnswered({ at: 6010 })))).toBe('probation');
    expect(fold(once, pollFailed({ at: 6010, broken: true })).course.standing).toMatchObject({
      kind: 'blocked',
      reason: 'failed-probation',
    });
  });

  test('writes, heavy reads and reads above 8 KiB are not replayed', () => {
    const read = { method: 'call', params: '[]' };
    const large = { method: 'call', params: `["${'x'.repeat(8192)}"]` };
    for (const attempt of [
      { class: 'write' as const, replay: read },
      { class: 'heavy' as const, replay: read },
      { replay: large },
    ])
      expect(failing(serving, [{ at: 1100, ...attempt }]).replay).toBeUndefined();
    expect(failing(serving, [{ at: 1100, replay: read }]).replay).toEqual({ ...read, failures: 0 });
  });

  test('a read that fails on another upstream too is dropped', () => {
    const read = { method: 'call', params: '[]' };
    const state = failing(serving, [{ at: 1100, replay: read }]);
    expect(fold(state, { kind: 'replay-failed-elsewhere', at: 1200, method: 'call', params: '[1]' })).toBe(state);
    expect(fold(state, { kind: 'replay-failed-elsewhere', at: 1200, ...read }).replay).toBeUndefined();
  });

  test('F-162: under full share again, the detectors start empty and the failing read is forgotten', () => {
    const failed = failing(serving, [{ at: 1100, replay: { method: 'call', params: '[]' } }]);
    let state = fold(failed, pollFailed({ at: 1200, broken: true }), pollFailed({ at: 1201, broken: true }));
    for (const at of [4000, 6000]) state = probed(state, { at, replay: 'passed' }, rules);
    for (const at of [16_000, 26_000]) state = fold(state, answersCounted(state, { at, good: 10 }));
    expect(kindOf(state)).toBe('serving');
    expect(state.replay).toBeUndefined();
    expect(state.streak.count).toBe(0);
  });

  test('B28: a probe that was held off neither fails nor passes, and waits for the end', () => {
    const failed = {
      kind: 'failed',
      verdict: limitedVerdict(30_000),
      detail: '429',
      connection: 1,
      sentAt: 3000,
      at: 3010,
    } as const;
    const state = probed(blocked, { at: 3000, endAt: 3010, outcome: 'held-off', identity: 'unclear', failed }, rules);
    expect(state.course.standing).toMatchObject({ kind: 'blocked', failedProbes: 0 });
    expect(dueProbe(state)?.at).toBeGreaterThanOrEqual(33_010);
    expect(dueProbe(state)?.at).toBe(heldOff(state, 3010)?.until);
  });
});

describe('identity', () => {
  const wrongCheck = { scope: 'identity', identity: 'wrong', outcome: 'failed', detail: 'chain says 5' } as const;

  test('F-177: a wrong one blocks at once, and only a passed check ends it', () => {
    const wrong = probed(serving, { at: 2000, ...wrongCheck }, rules);
    expect(wrong).toMatchObject({ identity: 'wrong' });
    expect(wrong.course.standing).toMatchObject({ kind: 'blocked', reason: 'wrong-identity', detail: 'chain says 5' });
    const silent = probed(wrong, { at: 4000, outcome: 'failed', identity: 'unclear' }, rules);
    const limited = probed(silent, { at: 8000, outcome: 'held-off', identity: 'unclear' }, rules);
    expect(limited.identity).toBe('wrong');
    const once = probed(limited, { at: 16_000 }, rules);
    expect(once).toMatchObject({ identity: 'confirmed' });
    expect(kindOf(once)).toBe('blocked');
    expect(kindOf(probed(once, { at: 18_000 }, rules))).toBe('probation');
  });

  test('a probe that finds it wrong is a failed probe: the schedule goes on', () => {
    const state = probed(blocked, { at: 3000, identity: 'wrong', outcome: 'failed' }, rules);
    expect(state.course.standing).toMatchObject({
      kind: 'blocked',
      reason: 'wrong-identity',
      failedProbes: 1,
      nextProbeAt: 7000,
    });
  });

  test('B19: a check that times out changes nothing but its own time', () => {
    const verdict = buildVerdict('timeout');
    const failed = { kind: 'failed', verdict, detail: 'timed out', connection: 1, sentAt: 2000, at: 2000 } as const;
    const check = { at: 2000, scope: 'identity', outcome: 'failed', identity: 'unclear', failed } as const;
    const state = probed(serving, check, rules);
    expect(state).toMatchObject({ identity: 'confirmed', generation: serving.generation, polls: { failed: 0 } });
    expect(dueProbe(state)).toEqual({ scope: 'identity', at: 62_000 });
  });

  test('is asked for again soon where it is not known at all', () => {
    const convicted = fold(newUpstreamHealth(buildEndpoint(0), 1000), { kind: 'convicted', at: 1000, evidence: 'e' });
    const state = probed(convicted, { at: 2000, scope: 'identity', outcome: 'failed', identity: 'unclear' }, rules);
    expect(state.identityCheck.dueAt).toBe(4000);
  });

  test('is due every 60 s, spread by the key', () => {
    const spread = buildHealthRules({ probeJitter: 0.2 });
    const due = dueProbe(probed(serving, { at: 2000, scope: 'identity' }, spread))?.at ?? 0;
    expect(due).toBeGreaterThan(50_000);
    expect(due).toBeLessThanOrEqual(62_000);
  });

  test('F-177: is due when a broken connection comes up again, at most every 2 s', () => {
    const broken = fold(serving, pollFailed({ at: 5000, broken: true, verdict: buildVerdict('connect-failed') }));
    expect(dueProbe(broken)).toEqual({ scope: 'identity', at: 61_000 });
    const again = fold(broken, pollAnswered({ at: 6000 }));
    expect(dueProbe(again)).toEqual({ scope: 'identity', at: 6000 });
    const checked = probed(again, { at: 6000, scope: 'identity' }, rules);
    expect(dueProbe(fold(checked, { kind: 'reconnected', upstream: serving.endpoint.key, at: 6500 }))?.at).toBe(8000);
  });

  test('healing an endpoint of another chain leaves it blocked for that', () => {
    const wrong = probed(serving, { at: 2000, ...wrongCheck }, rules);
    const healed = fold(wrong, { kind: 'convicted', at: 3000, evidence: 'e' }, { kind: 'healed', at: 4000 });
    expect(healed.course.standing).toMatchObject({ kind: 'blocked', reason: 'wrong-identity' });
  });
});

describe('an unproven upstream', () => {
  const fresh = newUpstreamHealth(buildEndpoint(0), 1000);

  test('is due for its first probe at once, and again soon while probes can tell nothing', () => {
    expect(dueProbe(fresh)).toEqual({ scope: 'probe', at: 1000 });
    const state = probed(fresh, { at: 1000, outcome: 'told-nothing', identity: 'unclear' }, rules);
    expect(kindOf(state)).toBe('unproven');
    expect(dueProbe(state)).toEqual({ scope: 'probe', at: 3000 });
  });

  test('has no probe due while one is under way, for two minutes at most', () => {
    const probing = fold(fresh, { kind: 'probe-started', at: 1000, id: 1, scope: 'probe' });
    expect(dueProbe(probing)).toBeUndefined();
    expect(dueProbe(fold(probing, { kind: 'time-passed', at: 121_000 }))).toBeUndefined();
    expect(dueProbe(fold(probing, { kind: 'time-passed', at: 121_001 }))).toEqual({ scope: 'probe', at: 121_001 });
  });
});

describe('epochs', () => {
  test('F-164: unblock nobody, and make a probe due at once that does not lengthen the schedule', () => {
    const late = probed(
      probed(blocked, { at: 3000, outcome: 'failed' }, rules),
      { at: 7000, outcome: 'failed' },
      rules,
    );
    const state = fold(late, { kind: 'epoch-started', at: 8000 });
    expect(kindOf(state)).toBe('blocked');
    const due = dueProbe(state)?.at ?? 0;
    expect(due).toBeGreaterThanOrEqual(8000);
    expect(due).toBeLessThan(10_000);
    const after = probed(state, { at: due, outcome: 'failed' }, rules);
    expect(after.course.standing).toMatchObject({ failedProbes: 2, nextProbeAt: 15_000 });
  });

  test('F-166: forgive one trip, and ask again for methods said to be missing', () => {
    const verdict = buildVerdict('method-unsupported', { blame: 'capability' });
    const state = fold(failing(blocked, [{ at: 1500, method: 'trace', verdict }]), { kind: 'epoch-started', at: 2000 });
    expect(state.course.trips).toBe(0);
    expect(state.unsupported.names.size).toBe(0);
  });

  test('do not probe who is held off, and reset no window', () => {
    const held = failing(blocked, [{ at: 1500, verdict: limitedVerdict(60_000) }]);
    expect(fold(held, { kind: 'epoch-started', at: 2000 }).probe.extraAt).toBeUndefined();
    const failed = failing(serving, [{ at: 1500 }]);
    const after = fold(failed, { kind: 'epoch-started', at: 2000 });
    expect(after.window).toBe(failed.window);
    expect(after.streak).toBe(failed.streak);
  });
});

describe('what others decide', () => {
  test('a cordon changes nothing but itself', () => {
    const cordoned = fold(serving, { kind: 'cordoned', at: 2000 });
    expect(cordoned).toEqual({ ...serving, cordoned: true });
    expect(fold(cordoned, { kind: 'cordoned', at: 2001 })).toBe(cordoned);
    expect(fold(cordoned, { kind: 'uncordoned', at: 2002 })).toEqual(serving);
  });

  test('a conviction quarantines, and healing leads to probation', () => {
    const state = fold(serving, { kind: 'convicted', at: 2000, evidence: 'e1' });
    expect(state.course.standing).toMatchObject({ kind: 'quarantined', evidence: 'e1' });
    expect(kindOf(fold(state, { kind: 'healed', at: 3000 }))).toBe('probation');
  });

  test('healed before its chain was ever confirmed goes no further than probation until it is', () => {
    const convicted = { kind: 'convicted', at: 1000, evidence: 'e' } as const;
    let state = fold(newUpstreamHealth(buildEndpoint(0), 1000), convicted, { kind: 'healed', at: 2000 });
    for (let at = 3000; at < 60_000; at += 1000) state = fold(state, pollAnswered({ at }), { kind: 'time-passed', at });
    expect([state.identity, kindOf(state)]).toEqual(['unknown', 'probation']);
  });

  test('the history keeps the last twenty changes with their causes', () => {
    let state = serving;
    for (let at = 2000; at < 42_000; at += 2000)
      state = fold(state, { kind: 'convicted', at, evidence: `e${at}` }, { kind: 'healed', at: at + 1000 });
    expect(state.history).toHaveLength(20);
    expect(state.history.at(-1)).toEqual({
      at: 41_000,
      from: 'quarantined',
      to: 'probation',
      detail: 'healed: it proved itself again',
    });
  });

  test('time that changes nothing keeps the object', () => {
    expect(nextHealth(serving, { kind: 'time-passed', at: 50_000 }, rules)).toBe(serving);
    expect(nextHealth(blocked, { kind: 'time-passed', at: 50_000 }, rules)).toBe(blocked);
  });
});
