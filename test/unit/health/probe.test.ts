import { describe, expect, test } from 'vitest';
import { type ProbePlan, type ProbeStep, startProbe, stepProbe } from '../../../src/health/probe.ts';
import type { Reply } from '../../../src/ports/ask.ts';
import { buildSpec, buildVerdict, limitedVerdict, revertedVerdict } from '../../support/build-health.ts';

const spec = buildSpec();
const replay = { method: 'call', params: '[1]' };
const whole: ProbePlan = { identity: spec.identity, head: spec.head, replay };

function result(value: unknown): Reply {
  return { kind: 'result', value, sentAt: 0, at: 9 };
}

function failed(verdict = buildVerdict('timeout')): Reply {
  return { kind: 'failed', verdict, detail: 'it failed', connection: 1, sentAt: 0, at: 9 };
}

function reply(step: ProbeStep, answer: Reply): ProbeStep {
  return stepProbe(step.state, { kind: 'replied', reply: answer });
}

function judge(step: ProbeStep, fault?: string): ProbeStep {
  return stepProbe(step.state, { kind: 'head-judged', fault });
}

function resultOf(step: ProbeStep) {
  if (step.next.kind !== 'end') throw new Error(`the probe goes on with ${step.next.kind}`);
  return step.next.result;
}

const identified = reply(startProbe(whole), result(7));
const headRead = reply(identified, result({ height: 12 }));
const replaying = judge(headRead);

describe('a probe', () => {
  test('F-162: asks identity, a fresh head and the failing read, in this order', () => {
    expect(startProbe(whole).next).toEqual({ kind: 'ask', question: { method: 'chain', params: '[]' } });
    expect(identified.next).toEqual({ kind: 'ask', question: { method: 'head', params: '[]' } });
    expect(headRead.next).toEqual({ kind: 'judge-head', head: { height: 12, at: 9 } });
    expect(replaying.next).toEqual({ kind: 'ask', question: replay });
    expect(resultOf(reply(replaying, result(null)))).toMatchObject({
      outcome: 'clean',
      identity: 'confirmed',
      replay: 'passed',
    });
  });

  test('without a failing read it is over after the head', () => {
    const { replay: _none, ...short } = whole;
    const step = judge(reply(reply(startProbe(short), result(7)), result({ height: 12 })));
    expect(resultOf(step)).toMatchObject({ outcome: 'clean', replay: 'not-asked' });
  });

  test('the regular check asks identity alone', () => {
    const step = reply(startProbe({ identity: spec.identity }), result(7));
    expect(resultOf(step)).toMatchObject({ outcome: 'clean', identity: 'confirmed' });
  });

  test('an endpoint the operator vouches for is asked no identity', () => {
    expect(startProbe({ ...whole, identity: 'trust' }).next).toMatchObject({
      kind: 'ask',
      question: { method: 'head' },
    });
    expect(resultOf(startProbe({ identity: 'trust' }))).toMatchObject({ outcome: 'clean', identity: 'confirmed' });
  });

  test('F-177: ends at once with a wrong identity', () => {
    expect(resultOf(reply(startProbe(whole), result(8)))).toMatchObject({ outcome: 'failed', identity: 'wrong' });
  });

  test('fails without a verdict on identity where the check times out', () => {
    expect(resultOf(reply(startProbe(whole), failed()))).toMatchObject({ outcome: 'failed', identity: 'unclear' });
  });

  test('B28: is held off by a 429 to any of its questions', () => {
    for (const step of [startProbe(whole), identified, replaying])
      expect(resultOf(reply(step, failed(limitedVerdict()))).outcome).toBe('held-off');
  });

  test('tells nothing where our own side failed', () => {
    const ours = failed(buildVerdict('local-network', { blame: 'none' }));
    for (const step of [startProbe(whole), identified, replaying])
      expect(resultOf(reply(step, ours)).outcome).toBe('told-nothing');
  });

  test('fails without a head, and with one that cannot be read', () => {
    expect(resultOf(reply(identified, failed())).outcome).toBe('failed');
    for (const value of [null, { height: '12' }, { height: -1 }, { height: 1.5 }, { height: 2 ** 53 }])
      expect(resultOf(reply(identified, result(value)))).toMatchObject({ outcome: 'failed', identity: 'confirmed' });
  });

  test('F-176: fails with a head that the tip left behind', () => {
    expect(resultOf(judge(headRead, 'its head still stands below the tip'))).toMatchObject({
      outcome: 'failed',
      detail: 'its head still stands below the tip',
    });
  });

  test('B20, F-163: fails while the read that failed still does', () => {
    expect(resultOf(reply(replaying, failed()))).toMatchObject({
      outcome: 'failed',
      replay: 'failed',
      detail: 'call still fails: it failed',
    });
  });

  test('an answer that blames nobody shows that the endpoint does its work', () => {
    const missing = buildVerdict('data-missing', { blame: 'capability' });
    for (const verdict of [revertedVerdict, missing, buildVerdict('invalid-params', { blame: 'client', retry: 'no' })])
      expect(resultOf(reply(replaying, failed(verdict)))).toMatchObject({ outcome: 'clean', replay: 'passed' });
  });

  test('hands on what the head says of itself', () => {
    const head = { ...spec.head, hash: ['hash'], parent: ['parent'], time: ['time'] };
    const step = reply(
      startProbe({ identity: 'trust', head }),
      result({ height: 3, hash: '0xa', parent: '0xb', time: '0x64' }),
    );
    expect(step.next).toEqual({
      kind: 'judge-head',
      head: { height: 3, hash: '0xa', parent: '0xb', timeMs: 100_000, at: 9 },
    });
  });

  test('has ended when it has: what comes later changes nothing', () => {
    const over = reply(startProbe(whole), result(8));
    expect(resultOf(reply(over, result(7))).outcome).toBe('told-nothing');
    expect(resultOf(judge(over)).outcome).toBe('told-nothing');
  });
});
