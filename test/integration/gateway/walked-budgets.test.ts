import { describe, expect, test } from 'vitest';
import { type Stage, type StageOptions, setStage } from '../../support/stage.ts';

const free = { name: 'free', tier: 'backup' } as const;

const balance = ['eth_getBalance', [`0x${'0'.repeat(40)}`, 'latest']] as const;

/** A stage whose primary `paid` has these limits, until it serves; others stand beside it. */
async function paidStage(paid: object, others: StageOptions['providers'] = []): Promise<Stage> {
  const stage = await setStage({ providers: [{ tier: 'primary', ...paid, name: 'paid' }, ...others] });
  await stage.until(() => stage.view().tip !== undefined && stage.standings().paid === 'serving');
  return stage;
}

/** The stage's wall clock begins in the evening of the 14th. */
const tomorrow = 15;

function sentFor(stage: Stage, name: string): number {
  return stage.sends.filter(({ key }) => key.split('/')[1] === name).length;
}

describe('a provider with a monthly budget', () => {
  test('is told of at 80 and 95 % and when nothing is left, each once', async () => {
    const stage = await paidStage({ monthlyBudget: { calls: 200 } });
    await stage.until(() => stage.told('budget-crossed').length === 3);
    await stage.pass(60_000);
    const told = stage.told('budget-crossed');
    expect(told.map(({ account, level, spent, limit, unit }) => [account, level, spent, limit, unit])).toEqual([
      ['staged/paid', 0.8, 160, 200, 'calls'],
      ['staged/paid', 0.95, 190, 200, 'calls'],
      ['staged/paid', 1, 200, 200, 'calls'],
    ]);
  });

  test('is sent nothing more once it is spent, neither calls nor polls nor probes, and says why', async () => {
    const stage = await paidStage({ monthlyBudget: { calls: 100 } });
    await stage.until(() => stage.told('budget-crossed').length === 3);
    const sent = sentFor(stage, 'paid');
    expect(sent).toBe(100);
    const answer = await stage.ask(...balance);
    expect(answer.fault).toBe('NO_UPSTREAM');
    await stage.pass(3_600_000);
    expect(sentFor(stage, 'paid')).toBe(sent);
    const { heldOff, sentence } = stage.upstream('paid');
    expect(heldOff).toMatchObject({ reason: 'quota', floor: 'closed' });
    expect(sentence).toContain('its budget is spent, and it is not asked even as a last resort');
    expect(stage.view()).toMatchObject({ ready: false, reason: 'no upstream is serving; a budget is spent' });
  });

  test('is passed over for another once it is spent', async () => {
    const stage = await paidStage({ monthlyBudget: { calls: 100 } }, [free]);
    await stage.until(() => stage.told('budget-crossed').length === 3);
    expect(await stage.ask(...balance)).toMatchObject({ status: 200, provider: 'free' });
    expect(stage.view().ready).toBe(true);
  });

  test('with whenSpent: last-resort is asked what nobody else can answer, one call per second', async () => {
    const paid = { monthlyBudget: { calls: 100 }, whenSpent: 'last-resort' };
    const stage = await paidStage(paid, [free]);
    await stage.until(() => stage.told('budget-crossed').length === 3);
    expect((await stage.ask(...balance)).provider).toBe('free');
    stage.set('free', { kind: 'refused' });
    await stage.until(() => stage.standings().free === 'blocked');
    expect(await stage.ask(...balance)).toMatchObject({ status: 200, provider: 'paid', degraded: 'held-off' });
  });

  test('serves again when its budget begins anew, and not before', async () => {
    const stage = await paidStage({ monthlyBudget: { calls: 100 }, resetDay: tomorrow });
    await stage.until(() => stage.told('budget-crossed').length === 3);
    const hold = stage.upstream('paid').heldOff?.forMs ?? 0;
    expect(hold).toBeGreaterThan(0);
    await stage.pass(hold - 2000);
    expect(stage.told('budget-renewed')).toEqual([]);
    await stage.until(() => stage.told('budget-renewed').length === 1, 10_000);
    await stage.until(() => stage.upstream('paid').heldOff === undefined, 10_000);
    await stage.pass(5000);
    expect((await stage.ask(...balance)).status).toBe(200);
  });

  test('has spent after a restart what it had spent before', async () => {
    const stage = await paidStage({ monthlyBudget: { calls: 100 } });
    await stage.until(() => stage.told('budget-crossed').length === 3);
    await stage.pass(1000);
    const sent = sentFor(stage, 'paid');
    stage.kill();
    stage.start();
    await stage.pass(60_000);
    expect(sentFor(stage, 'paid')).toBe(sent);
    expect((await stage.ask(...balance)).fault).toBe('NOT_READY');
    expect(stage.told('budget-crossed')).toHaveLength(3);
  });
});

describe('a provider with a rate limit', () => {
  test('is passed over for another as long as it is over its rate', async () => {
    const stage = await paidStage({ rateLimit: { callsPerSecond: 2, burst: 2 }, order: 'listed' }, [free]);
    await stage.until(() => stage.standings().free === 'serving');
    await stage.pass(5000);
    const before = stage.sentTo('paid', 'client');
    const replies = Array.from({ length: 20 }, (_, at) => stage.begin('10.0.0.1', call(at)));
    await stage.pass(3000);
    for (const reply of await Promise.all(replies)) expect(reply.status).toBe(200);
    expect(stage.sentTo('paid', 'client') - before).toBeLessThanOrEqual(3);
    expect(stage.sentTo('free', 'client')).toBeGreaterThanOrEqual(17);
  });

  test('alone keeps calls waiting for up to a second, and sheds what is more than that', async () => {
    const stage = await paidStage({ rateLimit: { callsPerSecond: 10, burst: 10 } });
    await stage.pass(5000);
    const replies = Array.from({ length: 40 }, (_, at) => stage.begin('10.0.0.1', call(at)));
    await stage.pass(3000);
    const statuses = (await Promise.all(replies)).map(({ status }) => status);
    const served = statuses.filter((status) => status === 200).length;
    expect(served).toBeGreaterThanOrEqual(18);
    expect(served).toBeLessThanOrEqual(24);
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
    expect(stage.sentTo('paid', 'client')).toBe(served);
  });
});

function call(at: number): string {
  const params = [`0x${at.toString(16).padStart(40, '0')}`, 'latest'];
  return JSON.stringify({ jsonrpc: '2.0', id: at, method: 'eth_getBalance', params });
}
