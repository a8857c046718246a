import { describe, expect, test } from 'vitest';
import { describeStanding } from '../../../src/health/describe-standing.ts';
import { showUpstream } from '../../../src/health/pairing.ts';
import { type ProbePlan, type ProbeResult, startProbe, stepProbe } from '../../../src/health/probe.ts';
import { dueProbe, newUpstreamHealth, type UpstreamHealth } from '../../../src/health/upstream-health.ts';
import type { Reply } from '../../../src/ports/ask.ts';
import {
  blockedHealth,
  buildHealthRules,
  buildSpec,
  buildVerdict,
  limitedVerdict,
  probed,
  servingHealth,
} from '../../support/build-health.ts';
import { buildEndpoint } from '../../support/build-pairing.ts';

const spec = buildSpec();
const health = { method: 'well', params: '[]' };
const whole: ProbePlan = { identity: spec.identity, health, head: spec.head };
const check: ProbePlan = { identity: spec.identity, health };
const rules = buildHealthRules();

const good = (value: unknown): Reply => ({ kind: 'result', value, sentAt: 0, at: 9 });
const bad = (verdict = buildVerdict('syncing')): Reply => ({
  kind: 'failed',
  verdict,
  detail: 'error -32005',
  connection: 1,
  sentAt: 0,
  at: 9,
});

/** Answers the questions of a probe by method, and says which were asked and what came of it. */
function run(plan: ProbePlan, answers: Readonly<Record<string, Reply>>) {
  const asked: string[] = [];
  let step = startProbe(plan);
  while (step.next.kind !== 'end') {
    if (step.next.kind === 'judge-head') {
      step = stepProbe(step.state, { kind: 'head-judged', fault: undefined });
      continue;
    }
    const { method } = step.next.question;
    asked.push(method);
    step = stepProbe(step.state, { kind: 'replied', reply: answers[method] ?? bad(buildVerdict('timeout')) });
  }
  return { asked, result: step.next.result };
}

function lagsAt(state: UpstreamHealth, at: number): boolean {
  return showUpstream({ health: state, lagging: false, outlier: false }, at, rules.policy).lagging;
}

const behind: Partial<ProbeResult> = { saysBehind: true };
const well: Partial<ProbeResult> = { saysBehind: false };

describe('a probe that may ask an upstream for its own word', () => {
  const answers = { chain: good(7), head: good({ height: 12 }), well: good('ok') };

  test('asks it between identity and head, and in the regular check too', () => {
    const asked = run(whole, answers);
    expect(asked).toMatchObject({ asked: ['chain', 'well', 'head'], result: { outcome: 'clean', saysBehind: false } });
    expect(run(check, answers)).toMatchObject({ asked: ['chain', 'well'], result: { outcome: 'clean' } });
  });

  test('asks it only of an upstream whose identity holds', () => {
    const { asked, result } = run(whole, { ...answers, chain: good(8) });
    expect(asked).toEqual(['chain']);
    expect(result.saysBehind).toBeUndefined();
  });

  test.each(['syncing', 'lagging'] as const)('notes the word "%s", and is clean all the same', (meaning) => {
    const { result } = run(whole, { ...answers, well: bad(buildVerdict(meaning)) });
    expect(result).toMatchObject({ outcome: 'clean', identity: 'confirmed', saysBehind: true });
  });

  test.each([
    ['the method is not there', bad(buildVerdict('method-unsupported', { blame: 'capability' }))],
    ['the answer is an error of another kind', bad(buildVerdict('internal-error'))],
    ['the answer is null', good(null)],
  ])('hears nothing bad where %s', (_, reply) => {
    expect(run(whole, { ...answers, well: reply }).result).toMatchObject({ outcome: 'clean', saysBehind: false });
  });

  test('learns nothing from silence, and goes on to the head', () => {
    const silent: Reply = { ...bad(buildVerdict('timeout')), ...{ failure: 'timeout' } };
    const { asked, result } = run(whole, { ...answers, well: silent });
    expect(asked).toEqual(['chain', 'well', 'head']);
    expect(result.saysBehind).toBeUndefined();
  });

  test('ends there where it is asked to slow down', () => {
    const { asked, result } = run(whole, { ...answers, well: bad(limitedVerdict(1000)) });
    expect({ asked, outcome: result.outcome }).toEqual({ asked: ['chain', 'well'], outcome: 'held-off' });
  });
});

describe('an upstream that says itself that it is behind', () => {
  test('counts as lagging and serves on; its sentence says why', () => {
    const state = probed(servingHealth(0, rules), { at: 1000, scope: 'identity', ...behind }, rules);
    expect({ standing: state.course.standing.kind, lagging: lagsAt(state, 1000) }).toEqual({
      standing: 'serving',
      lagging: true,
    });
    expect(describeStanding(state, 1000)).toBe('serving for 1 s; it says itself that it is behind');
  });

  test('passes its first probe all the same: lag blocks nobody', () => {
    const state = probed(newUpstreamHealth(buildEndpoint(0), 0), { at: 10, ...behind }, rules);
    expect(state.course.standing.kind).toBe('serving');
    expect(lagsAt(state, 10)).toBe(true);
  });

  test('comes back from a block like any other', () => {
    let state = blockedHealth(0, rules);
    for (const at of [2000, 4000]) state = probed(state, { at, ...behind }, rules);
    expect(state.course.standing.kind).toBe('probation');
    expect(lagsAt(state, 4000)).toBe(true);
  });

  test('is asked again after 10 s, and after a minute once it is well', () => {
    const unwell = probed(servingHealth(0, rules), { at: 1000, scope: 'identity', ...behind }, rules);
    expect(dueProbe(unwell)).toEqual({ scope: 'identity', at: 11_000 });
    const again = probed(unwell, { at: 11_000, scope: 'identity', ...well }, rules);
    expect(dueProbe(again)).toEqual({ scope: 'identity', at: 71_000 });
    expect(lagsAt(again, 11_000)).toBe(false);
  });

  test('is so until it says otherwise: silence takes nothing back', () => {
    const unwell = probed(servingHealth(0, rules), { at: 1000, scope: 'identity', ...behind }, rules);
    const silent = probed(unwell, { at: 11_000, scope: 'identity', identity: 'unclear', outcome: 'failed' }, rules);
    expect(lagsAt(silent, 11_000)).toBe(true);
    expect(dueProbe(silent)?.at).toBe(21_000);
  });
});
