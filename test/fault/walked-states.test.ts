import { describe, expect, test } from 'vitest';
import type { Fault } from '../simulation/world/fault.ts';
import { type Stage, type StageProvider, setStage } from '../support/stage.ts';
import type { StageAnswer } from '../support/stage-answer.ts';
import { gaugeOf, gaugesOf } from '../support/stage-gauges.ts';

const three = ['alpha', 'bravo', 'charlie'];
const refused: Fault = { kind: 'refused' };
const anHour: Fault = { kind: 'rate-limited', perSecond: 0, form: 'status', retryAfterMs: 3_600_000 };
const hourMs = 3_600_000;

function readBalance(stage: Stage): Promise<StageAnswer> {
  return stage.ask('eth_getBalance', [`0x${'0'.repeat(40)}`, 'latest']);
}

function each(names: readonly string[], value: number): Readonly<Record<string, number>> {
  return Object.fromEntries(names.map((name) => [name, value]));
}

function isServing(stage: Stage): boolean {
  return Object.values(stage.standings()).every((standing) => standing === 'serving');
}

/** All serve, all gauges say so, and the tip is the chain's. */
function expectWell(stage: Stage): void {
  const names = Object.keys(stage.standings());
  expect(isServing(stage)).toBe(true);
  expect(gaugesOf(stage, 'endpointHealthy')).toEqual(each(names, 1));
  expect(gaugesOf(stage, 'endpointHoldOff')).toEqual(each(names, 0));
  expect(gaugeOf(stage, 'chainReady')).toBe(1);
  expect(gaugeOf(stage, 'chainDegraded')).toBe(0);
  expect(gaugeOf(stage, 'chainState', { state: 'running' })).toBe(1);
  const heads = Object.values(gaugesOf(stage, 'endpointLatestBlock'));
  expect(heads.length).toBe(names.length);
  const { tip } = stage.view();
  expect(tip).toBeGreaterThanOrEqual(Math.min(...heads));
  expect(tip).toBeLessThanOrEqual(Math.max(...heads));
  expect(gaugeOf(stage, 'chainLatestBlock')).toBe(tip);
  expect(stage.view()).toMatchObject({ ready: true, state: 'running', reason: '' });
}

describe('all down at the start', () => {
  test('F-172: heads are unknown, not zero; nobody is healthy, nobody is asked, and all are well again by themselves', async () => {
    const faults = Object.fromEntries(three.map((name) => [name, refused]));
    const stage = await setStage({ providers: three, faults });
    await stage.pass(600_000);
    expect(gaugesOf(stage, 'endpointHealthy')).toEqual(each(three, 0));
    for (const provider of three) expect(gaugeOf(stage, 'endpointStanding', { provider, standing: 'blocked' })).toBe(1);
    expect(gaugesOf(stage, 'endpointLatestBlock')).toEqual({});
    expect(gaugesOf(stage, 'endpointBlockLag')).toEqual({});
    expect([gaugeOf(stage, 'chainLatestBlock'), gaugeOf(stage, 'chainEpoch')]).toEqual([undefined, undefined]);
    expect([gaugeOf(stage, 'chainReady'), gaugeOf(stage, 'chainDegraded')]).toEqual([0, 1]);
    expect(stage.view()).toMatchObject({ ready: false, state: 'waiting-safe-head' });
    expect(stage.sends.filter(({ purpose }) => purpose !== 'probe')).toEqual([]);
    stage.setAll();
    await stage.until(() => isServing(stage), 240_000);
    await stage.pass(10_000);
    expectWell(stage);
    expect(await readBalance(stage)).toMatchObject({ status: 200 });
  });
});

describe('all rate limited', () => {
  test('F-037: for an hour: all stay healthy, are shown held off, are sent a call a second, and are well after it', async () => {
    const stage = await setStage({ providers: three });
    await stage.pass(30_000);
    const { tip } = stage.view();
    stage.setAll(anHour);
    await readBalance(stage);
    await stage.pass(5000);
    for (const [name, seconds] of Object.entries(gaugesOf(stage, 'endpointHoldOff')))
      expect({ name, isHour: seconds > 3500 && seconds <= 4320 }).toEqual({ name, isHour: true });
    expect(gaugesOf(stage, 'endpointHealthy')).toEqual(each(three, 1));
    const from = stage.clock.now();
    for (let turn = 0; turn < 40; turn++) {
      expect((await readBalance(stage)).status).toBe(503);
      await stage.pass(250);
    }
    for (const name of three) {
      const sent = stage.sends.filter(({ key, at }) => key.split('/')[1] === name && at >= from);
      expect(sent.filter(({ purpose }) => purpose === 'poll' || purpose === 'probe')).toEqual([]);
      expect(sent.length).toBeGreaterThan(5);
      const pauses = sent.slice(1).map(({ at }, n) => at - (sent[n]?.at ?? 0));
      expect(Math.min(...pauses)).toBeGreaterThanOrEqual(1000);
    }
    expect(stage.view()).toMatchObject({ ready: true, state: 'running' });
    stage.setAll();
    await stage.pass(1000);
    expect(await readBalance(stage)).toMatchObject({ status: 200, degraded: expect.any(String) });
    await stage.until(() => stage.view().upstreams.every(({ heldOff }) => heldOff === undefined), 2 * hourMs);
    await stage.pass(30_000);
    expectWell(stage);
    expect(stage.view().tip).toBeGreaterThan((tip ?? 0) + 3500);
    for (const name of three) expect(stage.changesOf(name)).toEqual(['serving']);
  });
});

describe('a flapping one', () => {
  test('F-163: its gauge is its standing at every moment, blocked it is sent nothing but probes, and no read is lost', async () => {
    const stage = await setStage({ providers: three });
    await stage.pass(10_000);
    const seen = new Set<string>();
    for (let second = 0; second < 400; second++) {
      if (second % 10 === 0) stage.set('alpha', second % 20 === 0 ? refused : undefined);
      const { standing } = stage.upstream('alpha');
      const isIn = standing === 'serving' || standing === 'probation';
      expect(gaugeOf(stage, 'endpointHealthy', { provider: 'alpha' })).toBe(isIn ? 1 : 0);
      expect(gaugeOf(stage, 'endpointStanding', { provider: 'alpha', standing })).toBe(1);
      const sent = stage.sentTo('alpha', 'client') + stage.sentTo('alpha', 'poll');
      expect(await readBalance(stage)).toMatchObject({ status: 200 });
      if (standing === 'blocked' && stage.standings().alpha === 'blocked')
        expect(stage.sentTo('alpha', 'client') + stage.sentTo('alpha', 'poll')).toBe(sent);
      seen.add(standing);
      await stage.pass(1000);
    }
    expect([...seen].sort()).toEqual(['blocked', 'probation', 'serving']);
    stage.set('alpha');
    await stage.until(() => isServing(stage));
    await stage.pass(10_000);
    expectWell(stage);
  });
});

describe('a chain that', () => {
  test('F-178: halts for an hour ages in its gauges, lags nobody, and goes on', async () => {
    const stage = await setStage({ providers: three });
    await stage.pass(30_000);
    stage.chain.halt();
    await stage.pass(hourMs);
    expectWell(stage);
    for (const age of Object.values(gaugesOf(stage, 'endpointHeadAge'))) expect(age).toBeGreaterThan(3500);
    expect(gaugesOf(stage, 'endpointBlockLag')).toEqual(each(three, 0));
    stage.chain.resume();
    await stage.pass(60_000);
    expectWell(stage);
    for (const age of Object.values(gaugesOf(stage, 'endpointHeadAge'))) expect(age).toBeLessThan(10);
  });

  test('mines only on demand shows each block in every gauge by the next poll', async () => {
    const stage = await setStage({ providers: three, chain: { mining: 'on-demand', height: 0 } });
    await stage.pass(hourMs);
    expect(gaugesOf(stage, 'endpointLatestBlock')).toEqual(each(three, 0));
    for (let mined = 1; mined <= 5; mined++) {
      stage.chain.mine();
      await stage.pass(16_000);
      expect(gaugeOf(stage, 'chainLatestBlock')).toBe(mined);
      expect(gaugesOf(stage, 'endpointLatestBlock')).toEqual(each(three, mined));
    }
    expectWell(stage);
  });

  test('was reset shows the new heights, the new epoch and nobody blocked', async () => {
    const stage = await setStage({ providers: three, chain: { height: 5000 } });
    await stage.pass(90_000);
    const before = gaugeOf(stage, 'chainEpoch') ?? 0;
    stage.chain.reset();
    await stage.until(() => stage.told('store-set-aside').length > 0, 60_000);
    await stage.pass(60_000);
    expectWell(stage);
    expect(gaugeOf(stage, 'chainLatestBlock')).toBeLessThan(200);
    expect(gaugeOf(stage, 'chainEpoch')).toBeLessThan(before);
    for (const name of three) expect(stage.changesOf(name)).toEqual(['serving']);
  });

  test('F-183: reorganises deeper than its ring keeps its tip, its readers and its gauges', async () => {
    const stage = await setStage({ providers: three, chain: { finalityDepth: 64 } });
    await stage.pass(300_000);
    const before = gaugeOf(stage, 'chainLatestBlock') ?? 0;
    stage.chain.reorg(200);
    const asked = new Set<string>();
    for (let turn = 0; turn < 60; turn++) {
      const { status, provider = '' } = await readBalance(stage);
      expect(status).toBe(200);
      asked.add(provider);
      await stage.pass(1000);
    }
    expect([...asked].sort()).toEqual(three);
    expect(stage.told('reorg-seen').length).toBe(1);
    expectWell(stage);
    expect(gaugeOf(stage, 'chainLatestBlock')).toBeGreaterThan(before + 50);
  });
});

describe('one primary and one backup', () => {
  const pair: readonly StageProvider[] = [{ name: 'alpha' }, { name: 'bravo', tier: 'backup' }];

  function servingByTier(stage: Stage): readonly (number | undefined)[] {
    return ['primary', 'backup'].map((tier) => gaugeOf(stage, 'chainServing', { tier }));
  }

  test('B2, B3, F-168: through a whole failure and recovery the gauges of both tiers tell who serves', async () => {
    const stage = await setStage({ providers: pair });
    await stage.pass(30_000);
    expectWell(stage);
    expect(servingByTier(stage)).toEqual([1, 1]);
    stage.set('alpha', refused);
    await stage.until(() => stage.standings().alpha === 'blocked', 3000);
    expect(servingByTier(stage)).toEqual([0, 1]);
    expect(gaugesOf(stage, 'endpointHealthy')).toEqual({ alpha: 0, bravo: 1 });
    expect(await readBalance(stage)).toMatchObject({ status: 200, provider: 'bravo' });
    stage.set('bravo', refused);
    await stage.until(() => stage.standings().bravo === 'blocked', 3000);
    expect(servingByTier(stage)).toEqual([0, 0]);
    expect([gaugeOf(stage, 'chainReady'), gaugeOf(stage, 'chainDegraded')]).toEqual([0, 1]);
    expect(stage.view()).toMatchObject({ ready: false, degraded: 'last-resort' });
    expect((await readBalance(stage)).status).toBe(502);
    stage.set('bravo');
    await stage.until(() => stage.standings().bravo === 'serving', 120_000);
    expect(servingByTier(stage)).toEqual([0, 1]);
    expect(await readBalance(stage)).toMatchObject({ status: 200, provider: 'bravo' });
    stage.set('alpha');
    await stage.until(() => stage.standings().alpha === 'serving', 300_000);
    await stage.pass(10_000);
    expect(servingByTier(stage)).toEqual([1, 1]);
    expect(await readBalance(stage)).toMatchObject({ status: 200, provider: 'alpha' });
    expectWell(stage);
  });
});
