import { describe, expect, test } from 'vitest';
import type { Fault } from '../../simulation/world/fault.ts';
import { type Stage, setStage } from '../../support/stage.ts';
import type { StageAnswer } from '../../support/stage-answer.ts';

const three = ['alpha', 'bravo', 'charlie'];
const anHour: Fault = { kind: 'rate-limited', perSecond: 0, form: 'status', retryAfterMs: 3_600_000 };

function readBalance(stage: Stage, account = 0): Promise<StageAnswer> {
  return stage.ask('eth_getBalance', [`0x${account.toString(16).padStart(40, '0')}`, 'latest']);
}

function isHeldOff(stage: Stage): boolean {
  return stage.view().upstreams.every(({ heldOff }) => (heldOff?.forMs ?? 0) > 3_000_000);
}

/** What passes after the start before a test looks. */
const settlingMs = 5000;

/** A gateway that was killed, and started again, while all of its providers had asked for an hour of quiet. */
async function setRestarted(then: 'limited-on' | 'well-at-start' = 'limited-on'): Promise<Stage> {
  const stage = await setStage({ providers: three });
  await stage.pass(10_000);
  stage.setAll(anHour);
  await readBalance(stage);
  await stage.until(() => isHeldOff(stage), 60_000);
  await stage.pass(2000);
  stage.kill();
  await stage.pass(5000);
  if (then === 'well-at-start') stage.setAll();
  stage.start();
  await stage.pass(settlingMs);
  return stage;
}

function probesSince(stage: Stage, from: number, name: string): readonly number[] {
  return stage.sends
    .filter(({ key, purpose, at }) => purpose === 'probe' && at >= from && key.split('/')[1] === name)
    .map(({ at }) => at);
}

describe('after a kill and a restart under a hold-off of an hour', () => {
  test('F-037: nobody is asked anything more while no call waits', async () => {
    const stage = await setRestarted();
    const from = stage.clock.now();
    expect(isHeldOff(stage)).toBe(true);
    await stage.pass(600_000);
    expect(stage.sends.filter(({ at }) => at >= from)).toEqual([]);
    expect(stage.standings()).toEqual({ alpha: 'unproven', bravo: 'unproven', charlie: 'unproven' });
  });

  test('F-037: the start itself asks each once who it is, so that a load balancer is told of whoever answers', async () => {
    const limited = await setRestarted();
    const since = limited.clock.now() - settlingMs;
    expect(three.map((name) => probesSince(limited, since, name).length)).toEqual([1, 1, 1]);
    expect(limited.view()).toMatchObject({ ready: false, reason: expect.stringContaining('no upstream is serving') });
    const well = await setRestarted('well-at-start');
    const from = well.clock.now() - settlingMs;
    expect(well.view()).toMatchObject({ ready: true });
    expect(Object.values(well.standings()).sort()).toEqual(['serving', 'unproven', 'unproven']);
    expect(well.sends.filter(({ purpose, at }) => purpose !== 'probe' && at >= from)).toEqual([]);
  });

  test('F-037: the first call is answered as a last resort, once one of them has said who it is', async () => {
    const stage = await setRestarted();
    stage.setAll();
    const answer = await readBalance(stage);
    expect(answer).toMatchObject({ status: 200, degraded: expect.any(String) });
    const asked = three.filter((name) => stage.upstream(name).identity === 'confirmed');
    expect(asked).toEqual([answer.provider]);
    expect(stage.view()).toMatchObject({ ready: true });
    expect(stage.upstream(answer.provider ?? '').heldOff).toMatchObject({ reason: 'retry-after' });
  });

  test('F-037: nobody is sent a call before its identity is confirmed', async () => {
    const stage = await setRestarted();
    const from = stage.clock.now();
    stage.setAll({ kind: 'other-chain', chainId: '99' });
    for (let turn = 0; turn < 10; turn++) expect(await readBalance(stage)).toMatchObject({ fault: 'NOT_READY' });
    expect(stage.view().upstreams.map(({ identity }) => identity)).toEqual(['wrong', 'wrong', 'wrong']);
    expect(stage.sends.filter(({ purpose, at }) => purpose !== 'probe' && at >= from)).toEqual([]);
  });

  test('F-037: while they still refuse, each is asked who it is once a second at most, however many calls wait', async () => {
    const stage = await setRestarted();
    const from = stage.clock.now();
    for (let turn = 0; turn < 10; turn++) {
      const answers = await Promise.all([1, 2, 3, 4].map((account) => readBalance(stage, account)));
      for (const answer of answers) expect(answer).toMatchObject({ status: 503, fault: 'NOT_READY' });
    }
    for (const name of three) {
      const probes = probesSince(stage, from, name);
      const pauses = probes.slice(1).map((at, n) => at - (probes[n] ?? 0));
      expect(probes.length).toBeGreaterThan(5);
      expect(Math.min(...pauses)).toBeGreaterThanOrEqual(1000);
    }
    expect(stage.changesOf('alpha')).toEqual(['serving']);
  });
});

test('F-172: a provider that comes up between two probes is found by the call that waits, not by the next probe', async () => {
  const stage = await setStage({ providers: ['alpha'], faults: { alpha: { kind: 'refused' } } });
  await stage.until(() => (stage.upstream('alpha').nextProbeInMs ?? 0) > 40_000, 600_000);
  stage.set('alpha');
  expect(await readBalance(stage)).toMatchObject({ status: 200, provider: 'alpha', degraded: expect.any(String) });
  expect(stage.standings().alpha).toBe('blocked');
});
