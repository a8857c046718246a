import { describe, expect, test } from 'vitest';
import type { Fault } from '../../simulation/world/fault.ts';
import { type Stage, type StageProvider, setStage } from '../../support/stage.ts';
import type { StageAnswer } from '../../support/stage-answer.ts';

const three = ['alpha', 'bravo', 'charlie'];
const refused: Fault = { kind: 'refused' };
const limited: Fault = { kind: 'rate-limited', perSecond: 0, form: 'status', retryAfterMs: undefined };

/** Epochs as far apart as on a real chain: a quarter of an hour. */
const config = { epochBlocks: 900 };

function all(fault: Fault): Readonly<Record<string, Fault>> {
  return Object.fromEntries(three.map((name) => [name, fault]));
}

function readBalance(stage: Stage): Promise<StageAnswer> {
  return stage.ask('eth_getBalance', [`0x${'0'.repeat(40)}`, 'latest']);
}

/** Probes that passed between the last block of a provider and its return. */
function cleanProbesBeforeProbation(stage: Stage, name: string): number {
  const own = stage.events.filter((event) => 'upstream' in event && event.upstream === `staged/${name}/json-rpc`);
  const isMoveTo = (to: string) => (event: (typeof own)[number]) =>
    event.kind === 'standing-changed' && event.to === to;
  const span = own.slice(own.findLastIndex(isMoveTo('blocked')), own.findLastIndex(isMoveTo('probation')));
  return span.filter((event) => event.kind === 'probe-ended' && event.result === 'clean').length;
}

function isServing(stage: Stage): boolean {
  return Object.values(stage.standings()).every((standing) => standing === 'serving');
}

describe('all down at the start', () => {
  test('B17, F-172: calls are told so in time, nothing is ready, and all come back without a restart or a call', async () => {
    const stage = await setStage({ providers: three, config, faults: all(refused) });
    const askedAt = stage.clock.now();
    expect(await readBalance(stage)).toMatchObject({ status: 503, fault: 'NOT_READY', retryAfter: '2' });
    expect(stage.clock.now() - askedAt).toBe(2000);
    await stage.pass(600_000);
    expect(stage.view()).toMatchObject({ ready: false, probed: true, state: 'waiting-safe-head' });
    expect(three.map((name) => stage.changesOf(name))).toEqual(three.map(() => ['blocked failed-first-probe']));
    stage.setAll();
    await stage.until(() => isServing(stage));
    expect(three.map((name) => stage.sentTo(name, 'client'))).toEqual([0, 0, 0]);
    expect(stage.view()).toMatchObject({ ready: true, state: 'running', reason: '' });
    expect(await readBalance(stage)).toMatchObject({ status: 200 });
  });

  test('a call that came a moment too early is served once the first of them is proven', async () => {
    const stage = await setStage({ providers: three, config, faults: all(refused) });
    stage.set('bravo');
    expect(await readBalance(stage)).toMatchObject({ status: 200, provider: 'bravo' });
  });
});

describe('all rate limited', () => {
  test('B28, F-037: from the start, nobody is blocked, and all serve once they answer', async () => {
    const stage = await setStage({ providers: three, config, faults: all(limited) });
    await stage.pass(120_000);
    expect(three.map((name) => stage.changesOf(name))).toEqual([[], [], []]);
    expect(await readBalance(stage)).toMatchObject({ fault: 'NOT_READY', retryAfter: '2' });
    stage.setAll();
    await stage.until(() => isServing(stage));
    expect(three.map((name) => stage.changesOf(name))).toEqual(three.map(() => ['serving']));
  });

  test.each([
    ['that name no time', undefined],
    ['that name a time', 7000],
  ])(
    'B28, F-032, F-034: later, by answers %s: all stay ready, are paced, and nobody is blocked',
    async (_words, ms) => {
      const stage = await setStage({ providers: three, config });
      await stage.pass(10_000);
      stage.setAll({ ...limited, retryAfterMs: ms });
      await stage.until(() => stage.view().upstreams.every(({ heldOff }) => heldOff !== undefined));
      const sentBefore = three.map((name) => stage.sentTo(name, 'client'));
      for (let turn = 0; turn < 40; turn++) {
        const { status, retryAfter } = await readBalance(stage);
        expect({ status, isTold: Number(retryAfter) >= 1 }).toEqual({ status: 503, isTold: true });
        await stage.pass(250);
      }
      // A held-off endpoint gets one call a second as the last resort, however many come in.
      for (const [at, name] of three.entries())
        expect(stage.sentTo(name, 'client') - (sentBefore[at] ?? 0)).toBeLessThanOrEqual(12);
      expect(stage.view()).toMatchObject({ ready: true });
      stage.setAll();
      await stage.until(() => stage.view().upstreams.every(({ heldOff }) => heldOff === undefined));
      expect(await readBalance(stage)).toMatchObject({ status: 200 });
      expect(three.map((name) => stage.changesOf(name))).toEqual(three.map(() => ['serving']));
    },
  );
});

describe('a flapping one', () => {
  test('B20, F-163: loses no read, comes back ever later, and serves again once it holds', async () => {
    const stage = await setStage({ providers: three, config });
    await stage.pass(10_000);
    for (let second = 0; second < 600; second++) {
      if (second % 10 === 0) stage.set('alpha', second % 20 === 0 ? refused : undefined);
      expect(await readBalance(stage)).toMatchObject({ status: 200 });
      await stage.pass(1000);
    }
    const blocks = stage.told('standing-changed').filter(({ to }) => to === 'blocked');
    // Thirty times it went away; the schedule of its probes let it be blocked far less often, and ever less.
    const [early, late] = [blocks.filter(({ at }) => at < 300_000), blocks.filter(({ at }) => at >= 300_000)];
    expect(blocks.length).toBeGreaterThan(2);
    expect(blocks.length).toBeLessThan(12);
    expect(late.length).toBeLessThan(early.length);
    stage.set('alpha');
    await stage.until(() => isServing(stage));
    await stage.pass(60_000);
    expect(stage.standings().alpha).toBe('serving');
    expect([stage.changesOf('bravo'), stage.changesOf('charlie')]).toEqual([['serving'], ['serving']]);
  });
});

describe('one that breaks every other connection', () => {
  test('B13, F-159: is blocked for its rate, keeps no share at all, and costs no read', async () => {
    const stage = await setStage({ providers: three, config });
    await stage.pass(10_000);
    stage.set('alpha', { kind: 'resets', share: 0.5 });
    for (let turn = 0; turn < 2000 && stage.standings().alpha !== 'blocked'; turn++)
      expect(await readBalance(stage)).toMatchObject({ status: 200 });
    let reads = 0;
    for (; stage.standings().alpha === 'blocked' && reads < 200; reads++) {
      const sent = stage.sentTo('alpha', 'client');
      expect(await readBalance(stage)).toMatchObject({ status: 200 });
      expect(stage.sentTo('alpha', 'client')).toBe(sent);
    }
    expect(reads).toBeGreaterThan(50);
    expect([stage.changesOf('bravo'), stage.changesOf('charlie')]).toEqual([['serving'], ['serving']]);
  });
});

describe('one primary and one backup, through a whole failure and recovery', () => {
  const pair: readonly StageProvider[] = [{ name: 'alpha' }, { name: 'bravo', tier: 'backup' }];

  async function passCalls(stage: Stage, count: number): Promise<readonly (string | undefined)[]> {
    const answered: (string | undefined)[] = [];
    for (let turn = 0; turn < count; turn++) {
      const { status, provider } = await readBalance(stage);
      expect(status).toBe(200);
      answered.push(provider);
      await stage.pass(500);
    }
    return answered;
  }

  test('B2, F-168: the backup is asked only while the primary is not whole, and no read is lost', async () => {
    const stage = await setStage({ providers: pair, config });
    await stage.pass(10_000);
    expect(new Set(await passCalls(stage, 20))).toEqual(new Set(['alpha']));
    stage.set('alpha', refused);
    expect(new Set(await passCalls(stage, 60))).toEqual(new Set(['bravo']));
    expect(stage.view()).toMatchObject({ ready: true });
    stage.set('alpha');
    await stage.until(() => stage.standings().alpha === 'probation');
    const shared = await passCalls(stage, 40);
    expect(shared.filter((provider) => provider === 'alpha').length).toBeLessThan(20);
    await stage.until(() => stage.standings().alpha === 'serving');
    expect(new Set(await passCalls(stage, 20))).toEqual(new Set(['alpha']));
    expect(stage.changesOf('alpha').map((change) => change.split(' ')[0])).toEqual([
      'serving',
      'blocked',
      'probation',
      'serving',
    ]);
    expect(stage.changesOf('bravo')).toEqual(['serving']);
    expect(cleanProbesBeforeProbation(stage, 'alpha')).toBe(2);
  });

  test('B1, B6, F-169: both dead, both are still asked as the last resort, and both come back', async () => {
    const stage = await setStage({ providers: pair, config });
    await stage.pass(10_000);
    stage.setAll(refused);
    await stage.until(() => Object.values(stage.standings()).every((standing) => standing === 'blocked'));
    expect(await readBalance(stage)).toMatchObject({ status: 502, fault: 'UPSTREAMS_EXHAUSTED' });
    expect(stage.view()).toMatchObject({ ready: false, degraded: 'last-resort' });
    stage.setAll();
    const first = await readBalance(stage);
    expect(first.status).toBe(200);
    expect(first.degraded).toBeDefined();
    await stage.until(() => isServing(stage));
    expect((await readBalance(stage)).degraded).toBeUndefined();
  });
});

describe('away for an hour', () => {
  test('B8: all of them: the chain went on far beyond the tip that was known, and all come back', async () => {
    const stage = await setStage({ providers: three, config });
    await stage.pass(60_000);
    stage.setAll(refused);
    await stage.pass(3_600_000);
    const { tip = 0 } = stage.view();
    expect(Object.values(stage.standings())).toEqual(three.map(() => 'blocked'));
    stage.setAll();
    await stage.until(() => isServing(stage), 300_000);
    expect(stage.view().tip).toBeGreaterThan(tip + 3600);
  });

  test('the gateway itself: what it remembers is no measure of what it finds', async () => {
    const stage = await setStage({ providers: three, config });
    await stage.pass(60_000);
    stage.stop();
    await stage.pass(3_600_000);
    stage.start();
    await stage.until(() => isServing(stage), 10_000);
    expect(three.map((name) => stage.changesOf(name))).toEqual(three.map(() => ['serving', 'serving']));
  });

  test('the good one, while another served on and stood still: the good one is believed by the times of its blocks', async () => {
    const stage = await setStage({ providers: ['alpha', 'bravo'], config });
    await stage.pass(60_000);
    stage.set('alpha', refused);
    await stage.until(() => stage.standings().alpha === 'blocked');
    stage.set('bravo', { kind: 'stuck' });
    await stage.pass(3_600_000);
    expect(stage.standings()).toEqual({ alpha: 'blocked', bravo: 'serving' });
    stage.set('alpha');
    await stage.until(() => stage.standings().alpha === 'serving', 300_000);
    await stage.until(() => stage.standings().bravo === 'blocked', 60_000);
    expect(await stage.ask('eth_blockNumber')).toMatchObject({ status: 200, provider: 'alpha' });
  });

  test('B8: a liar gets no way in by it: among those who are away it is not believed before an honest one is back', async () => {
    const stage = await setStage({ providers: three, config });
    await stage.pass(60_000);
    stage.set('charlie', { kind: 'claims-ahead', blocks: 1_000_000 });
    await stage.until(() => stage.standings().charlie === 'blocked');
    for (const name of ['alpha', 'bravo']) stage.set(name, refused);
    await stage.pass(600_000);
    for (const name of ['alpha', 'bravo']) stage.set(name);
    await stage.until(() => stage.standings().alpha === 'serving' && stage.standings().bravo === 'serving', 300_000);
    await stage.until(() => stage.standings().charlie === 'blocked', 300_000);
    const honest = stage.chain.startHeight + stage.clock.now() / stage.chain.blockTimeMs;
    expect(stage.view().tip).toBeLessThanOrEqual(honest);
  });
});
