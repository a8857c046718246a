import { describe, expect, test } from 'vitest';
import { type Stage, type StageOptions, setStage } from '../support/stage.ts';

const three = ['alpha', 'bravo', 'charlie'];

/**
 * A stage on which a client asks for the newest height, which shows heads to the gateway without a hash; asked so often that
 * every upstream is always seen to be fresh.
 */
async function setBusy(options: StageOptions): Promise<Stage> {
  const stage = await setStage(options);
  await stage.pass(10_000);
  await ask(stage, 60_000);
  return stage;
}

async function ask(stage: Stage, forMs: number): Promise<void> {
  const until = stage.clock.now() + forMs;
  while (stage.clock.now() < until) {
    await stage.ask('eth_blockNumber');
    await stage.pass(200);
  }
}

function pollsOf(stage: Stage, name: string, since: number): readonly number[] {
  return stage.sends
    .filter(({ key, purpose, call, at }) => {
      return key.split('/')[1] === name && purpose === 'poll' && at >= since && call.params.includes('latest');
    })
    .map(({ at }) => at);
}

function longestPause(times: readonly number[]): number {
  return Math.max(...times.slice(1).map((at, n) => at - (times[n] ?? 0)));
}

describe.each([1000, 2000, 5000, 12_000])(
  'while clients ask for the newest height, with blocks of %i ms,',
  (blockTimeMs) => {
    test.each([1, 2, 3])(
      'each of %i URLs is asked for its head with its hash every ten seconds at least',
      async (count) => {
        const names = three.slice(0, count);
        const stage = await setBusy({ providers: names, chain: { blockTimeMs } });
        const from = stage.clock.now();
        await ask(stage, 120_000);
        for (const name of names) expect(longestPause(pollsOf(stage, name, from))).toBeLessThanOrEqual(10_050);
      },
    );
  },
);

describe('while clients ask for the newest height and fewer polls are sent,', () => {
  test('at most twenty-one a minute are, instead of sixty', async () => {
    const stage = await setBusy({ providers: ['alpha'] });
    const from = stage.clock.now();
    await ask(stage, 60_000);
    expect(pollsOf(stage, 'alpha', from).length).toBeLessThanOrEqual(21);
  });

  test.each([
    [1, 2],
    [1, 5],
    [2, 5],
    [3, 5],
    [3, 30],
  ])('F-183: with %i upstreams a reorg of %i blocks is seen within half a minute, once', async (count, depth) => {
    const stage = await setBusy({ providers: three.slice(0, count), chain: { finalityDepth: 64 } });
    for (let turn = 1; turn <= 3; turn++) {
      stage.chain.reorg(depth);
      await ask(stage, 30_000);
      expect(stage.told('reorg-seen').length).toBe(turn);
    }
    expect(stage.told('store-set-aside')).toEqual([]);
    expect(Object.values(stage.standings())).toEqual(three.slice(0, count).map(() => 'serving'));
  });

  test('F-176: one whose head stands still is blocked for it within max(10 block times, 30 s) and a poll', async () => {
    const stage = await setBusy({ providers: three });
    stage.set('alpha', { kind: 'stuck' });
    const from = stage.clock.now();
    while (stage.standings().alpha !== 'blocked' && stage.clock.now() < from + 60_000) await ask(stage, 250);
    expect(stage.changesOf('alpha')).toEqual(['serving', 'blocked stale-head']);
    expect(stage.clock.now() - from).toBeLessThanOrEqual(30_000 + 5000);
  });

  test('F-195: one on another branch makes no reorg of it, and the others go on', async () => {
    const stage = await setBusy({ providers: three, chain: { finalityDepth: 64 } });
    stage.set('alpha', { kind: 'forked', depth: 4 });
    await ask(stage, 120_000);
    expect(stage.told('reorg-seen')).toEqual([]);
    const branches = new Set(stage.told('tip-moved').map(({ hash }) => hash?.slice(2, 10) ?? 'none'));
    branches.delete('none');
    expect(branches.size).toBe(1);
    expect([stage.standings().bravo, stage.standings().charlie]).toEqual(['serving', 'serving']);
  });
});
