import { describe, expect, test } from 'vitest';
import { type Stage, type StageOptions, setStage } from '../support/stage.ts';

const account = `0x${'0'.repeat(40)}`;
const behind = { kind: 'lags', byMs: 2500 } as const;
const deaf = { kind: 'refused' } as const;
const strict = { session: 'wallet', consistency: 'strict' };
const lenient = { session: 'wallet' };

/** Alpha is at the head; bravo is some blocks behind, though not lagging. */
async function setApart(options: Partial<StageOptions> = {}): Promise<Stage> {
  const stage = await setStage({ providers: ['alpha', 'bravo'], ...options });
  stage.set('bravo', behind);
  await stage.pass(10_000);
  expect(stage.upstream('bravo')).toMatchObject({ standing: 'serving', lagging: false });
  return stage;
}

function readBalance(stage: Stage, headers: Readonly<Record<string, string>>) {
  return stage.ask('eth_getBalance', [account, 'latest'], headers);
}

/** A block by its own height: the session saw it from whoever has it. */
async function seeHead(stage: Stage, headers: Readonly<Record<string, string>>): Promise<number> {
  const height = stage.upstream('alpha').head ?? 0;
  const answer = await stage.ask('eth_getBlockByNumber', [`0x${height.toString(16)}`, false], headers);
  expect(answer).toMatchObject({ provider: 'alpha' });
  return height;
}

describe('a session', () => {
  test('that saw a block reads the newest state only from those that have it', async () => {
    const stage = await setApart();
    const answered = new Set<string | undefined>();
    for (let turn = 0; turn < 30; turn += 1) {
      await seeHead(stage, lenient);
      answered.add((await readBalance(stage, lenient)).provider);
    }
    expect([...answered]).toEqual(['alpha']);
  });

  test('binds nobody else: without one both are asked', async () => {
    const stage = await setApart();
    const answered = new Set<string | undefined>();
    for (let turn = 0; turn < 30; turn += 1) {
      await seeHead(stage, lenient);
      answered.add((await readBalance(stage, {})).provider);
    }
    expect([...answered].sort()).toEqual(['alpha', 'bravo']);
  });

  test('whose upstream falls away waits for another to get there', async () => {
    const stage = await setStage({ providers: ['alpha', 'bravo'], chain: { mining: 'on-demand', blockTimeMs: 4000 } });
    await stage.pass(20_000);
    stage.set('bravo', { kind: 'lags', byMs: 100 });
    stage.chain.mine();
    await stage.until(() => (stage.upstream('alpha').head ?? 0) > (stage.upstream('bravo').head ?? 0));
    await stage.pass(100);
    const height = await seeHead(stage, lenient);
    stage.set('alpha', deaf);
    const answer = await readBalance(stage, lenient);
    expect(answer).toMatchObject({ status: 200, provider: 'bravo' });
    expect(answer.degraded).toBeUndefined();
    expect(stage.upstream('bravo').head).toBeGreaterThanOrEqual(height);
  });

  test('that nobody can serve from its height within a block time is answered all the same, and told so', async () => {
    const stage = await setApart();
    stage.set('bravo', { kind: 'stuck' });
    await stage.pass(3000);
    await seeHead(stage, lenient);
    stage.set('alpha', deaf);
    const askedAt = stage.clock.now();
    const answer = await readBalance(stage, lenient);
    expect(answer).toMatchObject({ status: 200, provider: 'bravo', degraded: 'height' });
    expect(stage.clock.now() - askedAt).toBeGreaterThanOrEqual(1000);
  });

  test('that is strict is refused instead, and told when to come back', async () => {
    const stage = await setApart();
    stage.set('bravo', { kind: 'stuck' });
    await stage.pass(3000);
    const height = await seeHead(stage, strict);
    stage.set('alpha', deaf);
    const answer = await readBalance(stage, strict);
    expect(answer).toMatchObject({ status: 503, fault: 'HEIGHT_NOT_REACHED', retryAfter: '1', data: { height } });
  });

  test('of everybody is kept where the configuration says so, by address', async () => {
    const stage = await setApart({ config: { consistency: 'session' } });
    const answered = new Set<string | undefined>();
    for (let turn = 0; turn < 30; turn += 1) {
      await seeHead(stage, {});
      answered.add((await readBalance(stage, {})).provider);
    }
    expect([...answered]).toEqual(['alpha']);
  });

  test('that asks for the tip alone is held to no height', async () => {
    const stage = await setApart({ config: { consistency: 'session' } });
    const answered = new Set<string | undefined>();
    for (let turn = 0; turn < 30; turn += 1) {
      await seeHead(stage, {});
      answered.add((await readBalance(stage, { consistency: 'tip' })).provider);
    }
    expect([...answered].sort()).toEqual(['alpha', 'bravo']);
  });

  test('B8: that saw an invented height is served on by the honest, without waiting for it', async () => {
    const stage = await setStage({ providers: ['alpha', 'bravo', 'charlie'] });
    await stage.pass(10_000);
    stage.set('alpha', { kind: 'claims-ahead', blocks: 1_000_000_000 });
    await stage.ask('eth_blockNumber', [], { ...lenient, provider: 'alpha' });
    await stage.until(() => stage.standings().alpha === 'blocked');
    await stage.pass(60_000);
    const askedAt = stage.clock.now();
    const answer = await readBalance(stage, strict);
    expect(answer.status).toBe(200);
    expect(answer.degraded).toBeUndefined();
    expect(stage.clock.now() - askedAt).toBeLessThan(1000);
  });
});

describe('what head reads show', () => {
  test('never goes back, in blocks no more than in numbers, whoever is asked first', async () => {
    const stage = await setApart();
    for (let turn = 0; turn < 20; turn += 1) {
      const { result: newest } = await stage.ask('eth_blockNumber', [], { provider: 'alpha' });
      const { result, provider } = await stage.ask('eth_getBlockByNumber', ['latest', false], { provider: 'bravo' });
      const { number } = result as { readonly number: string };
      expect(Number(number)).toBeGreaterThanOrEqual(Number(newest));
      expect(provider).toBe('alpha');
      await stage.pass(170);
    }
  });
});
