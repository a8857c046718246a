import { describe, expect, test } from 'vitest';
import { type Stage, type StageOptions, setStage } from '../support/stage.ts';

const account = `0x${'0'.repeat(40)}`;
const liar = { kind: 'lies' } as const;
const deaf = { kind: 'refused' } as const;
const honest = '0x0';

async function setServing(options: Partial<StageOptions> = {}): Promise<Stage> {
  const stage = await setStage({ providers: ['alpha', 'bravo', 'charlie'], ...options });
  await stage.pass(10_000);
  return stage;
}

function askBalance(stage: Stage, quorum: string, tag = 'latest') {
  return stage.ask('eth_getBalance', [account, tag], { quorum });
}

function clientCalls(stage: Stage): readonly string[] {
  return stage.sends.filter(({ purpose }) => purpose === 'client').map(({ key }) => key.split('/')[1] ?? '');
}

describe('a quorum', () => {
  test('F-195: of two in three is right in spite of a liar, whoever answers first', async () => {
    const stage = await setServing();
    for (const name of ['alpha', 'bravo', 'charlie']) {
      stage.set(name, liar);
      expect(await askBalance(stage, '2/3')).toMatchObject({ status: 200, result: honest });
      stage.set(name);
    }
  });

  test('asks each group once, and no group twice, however many providers are of it', async () => {
    const stage = await setServing({
      providers: [
        { name: 'alpha', group: 'one' },
        { name: 'bravo', group: 'one' },
        { name: 'charlie', group: 'two' },
      ],
    });
    const before = clientCalls(stage).length;
    await askBalance(stage, '2/2');
    const asked = clientCalls(stage).slice(before);
    expect(asked).toHaveLength(2);
    expect(asked).toContain('charlie');
  });

  test('that is not reached says so, with a digest per provider', async () => {
    const stage = await setServing({ providers: ['alpha', 'bravo'] });
    stage.set('alpha', liar);
    const answer = await askBalance(stage, '2/2');
    expect(answer).toMatchObject({ status: 502, fault: 'QUORUM_DISAGREES', data: { quorum: '2/2' } });
    const { answers } = answer.data as { answers: readonly { upstream: string; digest: string }[] };
    expect(answers.map(({ upstream }) => upstream).sort()).toEqual(['alpha/json-rpc', 'bravo/json-rpc']);
    expect(new Set(answers.map(({ digest }) => digest)).size).toBe(2);
    for (const { digest } of answers) expect(digest).toMatch(/^[0-9a-f]{64}$/);
  });

  test('asks one more group for each that fails', async () => {
    const stage = await setServing({ providers: ['alpha', 'bravo', 'charlie', 'delta'] });
    stage.set('alpha', deaf);
    stage.set('bravo', deaf);
    expect(await askBalance(stage, '2/2')).toMatchObject({ status: 200, result: honest });
  });

  test('without enough independent providers is refused, and says how many there are', async () => {
    const stage = await setServing({ providers: ['alpha', 'bravo'] });
    const answer = await askBalance(stage, '3/3');
    expect(answer).toMatchObject({ status: 503, fault: 'NO_UPSTREAM', data: { quorum: '3/3', groups: 2 } });
    expect(answer.message).toContain('independent');
  });

  test('of which too few answer is no disagreement: it is called what stopped them', async () => {
    const stage = await setServing({ providers: ['alpha', 'bravo'] });
    stage.set('alpha', deaf);
    expect(await askBalance(stage, '2/2')).toMatchObject({ status: 502, fault: 'UPSTREAMS_EXHAUSTED' });
  });

  test('reads the newest block at one height that all have, so that honest providers a block apart agree', async () => {
    const stage = await setServing({ providers: ['alpha', 'bravo'] });
    stage.set('bravo', { kind: 'lags', byMs: 2000 });
    await stage.pass(5000);
    for (let turn = 0; turn < 20; turn += 1) {
      const answer = await stage.ask('eth_getBlockByNumber', ['latest', false], { quorum: '2/2' });
      expect(answer).toMatchObject({ status: 200 });
      expect(answer.height).toBe(Number((answer.result as { number: string }).number));
      await stage.pass(370);
    }
  });

  test('agrees on an error that all give alike', async () => {
    const stage = await setServing();
    const answer = await stage.ask('eth_call', [{ data: '0xdeadbeef' }, 'latest'], { quorum: '3/3' });
    expect(answer).toMatchObject({ status: 200, message: 'execution reverted' });
  });

  test('is for reads: a write that asks for one is refused before anything is sent', async () => {
    const stage = await setServing();
    const before = stage.sends.length;
    const answer = await stage.ask('eth_sendRawTransaction', ['0x01'], { quorum: '2/3' });
    expect(answer).toMatchObject({ status: 400, fault: 'INVALID_REQUEST' });
    expect(stage.sends.slice(before).filter(({ purpose }) => purpose === 'client')).toEqual([]);
  });

  test('is asked for by the configuration too, method by method', async () => {
    const stage = await setServing({ config: { quorum: { eth_getBalance: '2/3' } } });
    stage.set('alpha', liar);
    stage.set('bravo', { kind: 'slow', addedMs: 300 });
    stage.set('charlie', { kind: 'slow', addedMs: 300 });
    expect(await stage.ask('eth_getBalance', [account, 'latest'])).toMatchObject({ result: honest });
  });
});

test('a failure that all groups of a quorum share is the call’s own: it is blamed on nobody', async () => {
  const stage = await setServing();
  stage.setAll({ kind: 'method-broken', method: 'eth_getBalance', how: 'error' });
  await askBalance(stage, '3/3');
  const failures = stage.told('attempt-failed').filter(({ method }) => method === 'eth_getBalance');
  expect(failures.map(({ verdict }) => verdict.blame)).toEqual(['none', 'none', 'none']);
});
