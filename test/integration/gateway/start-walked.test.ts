import { describe, expect, test } from 'vitest';
import type { Fault } from '../../simulation/world/fault.ts';
import { type Stage, type StageOptions, setStage } from '../../support/stage.ts';

const three = ['alpha', 'bravo', 'charlie'];
const refused: Fault = { kind: 'refused' };
const otherChain: Fault = { kind: 'other-chain', chainId: '424242' };
const forked: Fault = { kind: 'forked', depth: 500 };

/** How long the chain took to run, of those that wait for it. */
async function msToRunning(options: StageOptions): Promise<number> {
  const stage = await setStage(options);
  const startedAt = stage.clock.now();
  await stage.until(() => stage.view().state === 'running', 120_000);
  return stage.clock.now() - startedAt;
}

function states(stage: Stage): readonly string[] {
  return stage.told('chain-state-changed').map(({ state }) => state);
}

describe('a cold start', () => {
  test('waits for one hash from two independent providers, and calls are served meanwhile', async () => {
    const stage = await setStage({ providers: ['alpha', 'bravo'], faults: { bravo: forked } });
    await stage.pass(20_000);
    expect(stage.view()).toMatchObject({ state: 'waiting-safe-head', ready: true });
    expect(await stage.ask('eth_getBalance', [`0x${'0'.repeat(40)}`, '0x100'])).toMatchObject({ status: 200 });
    stage.set('bravo');
    await stage.until(() => stage.view().state === 'running', 9000);
    expect(stage.view().degraded).toBeUndefined();
    expect(states(stage)).toEqual(['waiting-safe-head', 'running']);
  });

  test('of a chain with a dead provider is as quick as of one without', async () => {
    expect(await msToRunning({ providers: three, faults: { charlie: refused } })).toBeLessThan(3000);
    expect(await msToRunning({ providers: ['alpha'] })).toBeLessThan(3000);
  });

  test('with one alone alive goes on after half a minute, and says what it rests on until a second is back', async () => {
    const stage = await setStage({ providers: ['alpha', 'bravo'], faults: { bravo: refused } });
    await stage.until(() => stage.view().state === 'running', 40_000);
    expect(stage.clock.now()).toBeGreaterThan(30_000);
    expect(stage.view()).toMatchObject({ degraded: 'single-witness', ready: true });
    stage.set('bravo');
    await stage.until(() => stage.view().degraded === undefined, 120_000);
  });

  test('two URLs of one operator are one witness', async () => {
    const group = 'one.example';
    const providers = [{ name: 'alpha', group }, { name: 'bravo', group }, { name: 'charlie' }];
    expect(await msToRunning({ providers, faults: { charlie: refused } })).toBeGreaterThan(29_000);
    expect(await msToRunning({ providers, faults: { alpha: refused } })).toBeLessThan(3000);
  });

  test('B9: leaves nothing half begun in the store: killed at any time before its end, the next one is cold again', async () => {
    for (let killedAt = 10; killedAt < 30_000; killedAt += 2300) {
      const stage = await setStage({ providers: ['alpha', 'bravo'], faults: { bravo: refused } });
      await stage.pass(killedAt);
      stage.kill();
      stage.start();
      expect(stage.view().state).toBe('waiting-safe-head');
      expect(stage.view().epoch).toBeUndefined();
    }
  });

  test('is remembered from its end on', async () => {
    const stage = await setStage({ providers: three });
    await stage.until(() => stage.view().state === 'running');
    await stage.pass(750);
    stage.kill();
    stage.start();
    expect(stage.view()).toMatchObject({ state: 'running', tip: expect.any(Number) });
  });
});

describe('every upstream of another chain', () => {
  test('halts it with advice, nobody is asked a client’s call, and it goes on when one is mended', async () => {
    const stage = await setStage({ providers: three, faults: { alpha: otherChain, bravo: otherChain } });
    stage.set('charlie', otherChain);
    await stage.until(() => stage.view().state === 'halted', 10_000);
    expect(stage.view()).toMatchObject({ ready: false, reason: expect.stringContaining('correct the URLs') });
    const answer = await stage.ask('eth_blockNumber');
    expect(answer).toMatchObject({ status: 503, fault: 'NOT_READY', retryAfter: '2' });
    expect(answer.message).toContain('every upstream is of another chain than configured');
    expect(three.map((name) => stage.sentTo(name, 'client'))).toEqual([0, 0, 0]);
    stage.set('bravo');
    await stage.until(() => stage.standings().bravo === 'serving', 300_000);
    await stage.until(() => stage.view().state === 'running', 60_000);
    expect(states(stage)).toEqual(['waiting-safe-head', 'halted', 'waiting-safe-head', 'running']);
    expect(await stage.ask('eth_blockNumber')).toMatchObject({ status: 200, provider: 'bravo' });
  });

  test('halts a chain that ran as well; it goes on where it was', async () => {
    const stage = await setStage({ providers: ['alpha', 'bravo'] });
    await stage.pass(10_000);
    stage.setAll(otherChain);
    await stage.until(() => stage.view().state === 'halted', 120_000);
    expect(await stage.ask('eth_blockNumber')).toMatchObject({ status: 503, fault: 'NO_UPSTREAM' });
    stage.setAll();
    await stage.until(() => stage.view().state === 'running', 300_000);
    await stage.until(() => Object.values(stage.standings()).every((standing) => standing === 'serving'), 300_000);
    expect(states(stage)).toEqual(['waiting-safe-head', 'running', 'halted', 'running']);
  });
});

describe('a call before its chain can serve', () => {
  test('waits for the first proof as long as `startWait` says, and not once the chain has been proven', async () => {
    const config = { startWait: '700ms' };
    const stage = await setStage({ providers: three, config, faults: { alpha: refused, bravo: refused } });
    stage.set('charlie', { kind: 'slow', addedMs: 3000 });
    const askedAt = stage.clock.now();
    expect(await stage.ask('eth_blockNumber')).toMatchObject({ status: 503, fault: 'NOT_READY' });
    expect(stage.clock.now() - askedAt).toBe(700);
    await stage.until(() => stage.standings().charlie === 'serving', 30_000);
    stage.setAll(refused);
    expect(await stage.ask('eth_blockNumber')).toMatchObject({ fault: 'UPSTREAMS_EXHAUSTED' });
  });

  test('with `serveWhileStarting: false` is told to come again until the chain runs', async () => {
    const config = { serveWhileStarting: false };
    const stage = await setStage({ providers: ['alpha', 'bravo'], config, faults: { bravo: refused } });
    await stage.pass(15_000);
    expect(stage.standings().alpha).toBe('serving');
    expect(await stage.ask('eth_blockNumber')).toMatchObject({ status: 503, fault: 'NOT_READY', retryAfter: '2' });
    await stage.until(() => stage.view().state === 'running', 40_000);
    expect(await stage.ask('eth_blockNumber')).toMatchObject({ status: 200, provider: 'alpha' });
  });
});

describe('the wall clock', () => {
  const hourMs = 3_600_000;
  const untouched = [0, 0, 0, 0, 0];

  /** A day in the life of a gateway, told as events; the wall clock jumps by so much at five moments of it. */
  async function liveWith(jumps: readonly number[]): Promise<string> {
    const stage = await setStage({
      providers: [...three, { name: 'delta', tier: 'backup' }],
      faults: { delta: refused },
    });
    const troubles: readonly (() => void)[] = [
      () => stage.set('alpha', refused),
      () => stage.set('bravo', { kind: 'stuck' }),
      () => stage.set('delta'),
      () => stage.set('charlie', { kind: 'rate-limited', perSecond: 0, form: 'status', retryAfterMs: 20_000 }),
      () => stage.setAll(),
    ];
    for (const [at, trouble] of troubles.entries()) {
      stage.clock.jumpWall(jumps[at] ?? 0);
      trouble();
      await stage.pass(45_000);
      await stage.ask('eth_blockNumber');
      if (at === 2) stage.kill();
      if (at === 2) stage.start();
    }
    return JSON.stringify([stage.events, stage.standings(), stage.view().epoch]);
  }

  test.each([
    ['an hour on', [hourMs, 0, 0, 0, 0]],
    ['an hour back', [0, -hourMs, 0, 0, 0]],
    ['to the year 2106 and back, while no gateway runs as well', [0, 2.6e12, 0, -2.6e12, 0]],
    ['to and fro', [hourMs, -2 * hourMs, 5000, -1_700_000_000_000, 1_700_000_000_000]],
  ])('F-167, F-229: that jumps %s changes nothing that happens', async (_words, jumps) => {
    expect(await liveWith(jumps)).toBe(await liveWith(untouched));
  });
});
