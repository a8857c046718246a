import { describe, expect, test } from 'vitest';
import { type Stage, setStage } from '../../support/stage.ts';

const names = ['alpha', 'bravo', 'charlie', 'delta'];
const stuck = { kind: 'stuck' } as const;
const slightlyAhead = { kind: 'claims-ahead', blocks: 3 } as const;
const hourAhead = { kind: 'hour-ahead', times: 'of-now' } as const;
const farAhead = { kind: 'claims-ahead', blocks: 1_000_000_000 } as const;

/** A stage on which everybody has served for a while. */
async function setServing(providers: readonly string[]): Promise<Stage> {
  const stage = await setStage({ providers });
  await stage.pass(10_000);
  expect(Object.values(stage.standings())).toEqual(providers.map(() => 'serving'));
  return stage;
}

function tipsOf(stage: Stage): readonly number[] {
  return stage.told('tip-moved').map(({ tip }) => tip);
}

/** How often a provider was asked for its newest block by polls. */
function headPollsOf({ sends }: Stage, name: string): number {
  const polls = sends.filter(({ key, purpose }) => purpose === 'poll' && key.split('/')[1] === name);
  return polls.filter(({ call }) => call.params[0] === 'latest').length;
}

function expectUntouched(stage: Stage, providers: readonly string[]): void {
  for (const name of providers) {
    expect(stage.changesOf(name), name).toEqual(['serving']);
    expect(stage.upstream(name), name).toMatchObject({ lagging: false, outlier: false });
  }
}

describe.each([2, 3, 4])('of %i upstreams the first', (count) => {
  const providers = names.slice(0, count);
  const others = providers.slice(1);

  test('F-176: stands still: it lags, is asked no tip read, is blocked, and is back once it moves again', async () => {
    const stage = await setServing(providers);
    stage.set('alpha', stuck);
    await stage.until(() => stage.upstream('alpha').lagging);
    const stoodAt = stage.upstream('alpha').head ?? 0;
    for (let turn = 0; turn < 10; turn++) {
      const { provider, result } = await stage.ask('eth_blockNumber');
      expect(others).toContain(provider);
      expect(Number(result)).toBeGreaterThan(stoodAt);
    }
    await stage.until(() => stage.standings().alpha === 'blocked');
    stage.set('alpha');
    await stage.until(() => stage.standings().alpha === 'serving');
    expect(stage.changesOf('alpha')).toEqual(['serving', 'blocked stale-head', 'probation', 'serving']);
    expectUntouched(stage, others);
    expect(tipsOf(stage)).toEqual([...tipsOf(stage)].sort((a, b) => a - b));
  });

  test('is a few blocks ahead: nobody lags, nobody is blocked, everybody is asked', async () => {
    const stage = await setServing(providers);
    stage.set('alpha', slightlyAhead);
    const answered = new Set<string | undefined>();
    for (let turn = 0; turn < 60; turn++) {
      const answer = await stage.ask('eth_getBalance', [`0x${'0'.repeat(40)}`, 'latest']);
      expect(answer.status).toBe(200);
      answered.add(answer.provider);
      await stage.pass(1000);
    }
    expect([...answered].sort()).toEqual(providers);
    expectUntouched(stage, providers);
  });

  test('B8, F-072: is a billion blocks ahead: it alone is blocked, the tip is the honest one, and it may come back', async () => {
    const stage = await setServing(providers);
    const { epoch = 0 } = stage.view();
    stage.set('alpha', farAhead);
    await stage.until(() => stage.standings().alpha === 'blocked');
    for (let turn = 0; turn < 10; turn++) expect(others).toContain((await stage.ask('eth_blockNumber')).provider);
    stage.set('alpha');
    await stage.until(() => stage.standings().alpha === 'serving');
    expect(stage.changesOf('alpha')).toEqual(['serving', 'blocked outlier-head', 'probation', 'serving']);
    expectUntouched(stage, others);
    const honest = stage.chain.startHeight + stage.clock.now() / stage.chain.blockTimeMs;
    expect(Math.max(...tipsOf(stage))).toBeLessThanOrEqual(honest);
    expect(stage.view().epoch).toBeLessThanOrEqual(epoch + 5);
  });
});

describe.each([1000, 12_000])('one of two, with blocks of %i ms, that is an hour ahead', (blockTimeMs) => {
  test('B8: is blocked after two polls though its blocks are as new as the other’s, and the tip never is its', async () => {
    const stage = await setStage({ providers: ['alpha', 'bravo'], chain: { blockTimeMs } });
    await stage.pass(60_000);
    const before = headPollsOf(stage, 'alpha');
    const honest = (): number => stage.chain.startHeight + Math.floor(stage.clock.now() / blockTimeMs);
    stage.set('alpha', hourAhead);
    await stage.until(() => {
      expect(stage.view().tip).toBeLessThanOrEqual(honest());
      return stage.standings().alpha === 'blocked';
    }, 30_000);
    expect(headPollsOf(stage, 'alpha') - before).toBe(2);
    expect(stage.changesOf('alpha')).toEqual(['serving', 'blocked outlier-head']);
    expectUntouched(stage, ['bravo']);
  });
});

describe('an only upstream', () => {
  test('that stands still is contradicted by nobody, and serves on', async () => {
    const stage = await setServing(['alpha']);
    stage.set('alpha', stuck);
    await stage.pass(600_000);
    expect(await stage.ask('eth_blockNumber')).toMatchObject({ status: 200, provider: 'alpha' });
    expectUntouched(stage, ['alpha']);
  });

  test('that is a few blocks ahead is the chain', async () => {
    const stage = await setServing(['alpha']);
    stage.set('alpha', slightlyAhead);
    await stage.pass(60_000);
    expect(stage.view().tip).toBe(stage.upstream('alpha').head);
    expectUntouched(stage, ['alpha']);
  });

  test('B8: that was a billion blocks ahead is followed back: what was remembered of its lie is set aside', async () => {
    const stage = await setServing(['alpha']);
    const { epoch = 0 } = stage.view();
    stage.set('alpha', farAhead);
    await stage.pass(60_000);
    expect(stage.view().epoch).toBeGreaterThan(epoch + 1_000_000);
    stage.set('alpha');
    await stage.until(() => stage.told('store-set-aside').length > 0);
    await stage.pass(10_000);
    expect(stage.view().epoch).toBeLessThanOrEqual(epoch + 5);
    expect(stage.view()).toMatchObject({ state: 'running', tip: stage.upstream('alpha').head });
    expectUntouched(stage, ['alpha']);
  });
});
