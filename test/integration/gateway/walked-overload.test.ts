import { describe, expect, test } from 'vitest';
import type { GatewayReply } from '../../../src/ports/handle.ts';
import type { Fault } from '../../simulation/world/fault.ts';
import { type Stage, type StageOptions, setStage } from '../../support/stage.ts';
import { readStageAnswer } from '../../support/stage-answer.ts';

const balance = call(1);

function call(id: number): string {
  const params = [`0x${'0'.repeat(40)}`, 'latest'];
  return JSON.stringify({ jsonrpc: '2.0', id, method: 'eth_getBalance', params });
}

/** Nothing is kept and no call waits for another's answer: each is work for an upstream. */
const uncached = { cache: 'off' };

/** A stage on which every provider serves. */
async function setServing(options: Partial<StageOptions>): Promise<Stage> {
  const stage = await setStage({
    providers: ['alpha', 'bravo', 'charlie'],
    ...options,
    gateway: { ...uncached, ...options.gateway },
  });
  await stage.until(() => Object.values(stage.standings()).every((standing) => standing === 'serving'));
  return stage;
}

/** Counts what clients were answered, by status or fault. */
class Tally {
  readonly counts: Record<string, number> = {};

  add(answers: Promise<GatewayReply>): void {
    answers.then((reply) => {
      const { status, fault } = readStageAnswer(reply);
      const what = fault ?? String(status);
      this.counts[what] = (this.counts[what] ?? 0) + 1;
    });
  }

  get ok(): number {
    return this.counts['200'] ?? 0;
  }
}

/** Sends `perStep` calls of one client every 10 ms. */
async function send(stage: Stage, clients: Readonly<Record<string, number>>, steps: number) {
  const tallies = new Map(Object.keys(clients).map((address) => [address, new Tally()]));
  const due = new Map<string, number>();
  for (let step = 0; step < steps; step += 1) {
    for (const [address, perStep] of Object.entries(clients)) {
      let left = (due.get(address) ?? 0) + perStep;
      for (; left >= 1; left -= 1) tallies.get(address)?.add(stage.begin(address, balance));
      due.set(address, left);
    }
    await stage.pass(10);
  }
  await stage.pass(40_000);
  return (address: string): Tally => tallies.get(address) ?? new Tally();
}

/** Calls sent on behalf of clients, whatever for. */
function attempts(stage: Stage): number {
  return stage.sends.filter(({ purpose }) => purpose !== 'poll' && purpose !== 'probe' && purpose !== 'backfill')
    .length;
}

describe('F-247: every upstream fails every call', () => {
  test.each<Fault>([
    { kind: 'internal-error', share: 1 },
    { kind: 'resets', share: 1 },
    { kind: 'refused' },
    { kind: 'status', status: 502, share: 1 },
  ])('$kind: a hundred calls a second make at most 1.2 attempts each', async (fault) => {
    const stage = await setServing({});
    await send(stage, { '10.0.0.1': 1 }, 1000);
    const before = attempts(stage);
    stage.setAll(fault);
    await send(stage, { '10.0.0.1': 1 }, 2000);
    // The budget grants ten retries in any second, ahead of its share: a second that is not over may be as much ahead.
    expect(attempts(stage) - before).toBeLessThanOrEqual(1.2 * 2000 + 10);
    expect(attempts(stage) - before).toBeGreaterThan(2000);
  });
});

describe('more calls than places', () => {
  const gateway = { limits: { concurrency: 8 } };

  test('F-246, F-250: a flood is served as much as there is room for, and a quiet client beside it all it asks', async () => {
    const alone = await send(await setServing({ gateway }), { '10.0.0.1': 4 }, 300);
    const stage = await setServing({ gateway });
    const of = await send(stage, { '10.0.0.1': 40, '10.0.0.2': 0.2 }, 300);
    expect(of('10.0.0.2').counts).toEqual({ 200: 60 });
    expect(of('10.0.0.1').ok + of('10.0.0.2').ok).toBeGreaterThanOrEqual(0.9 * alone('10.0.0.1').ok);
    expect(Object.keys(of('10.0.0.1').counts).sort()).toEqual(['200', 'OVERLOADED']);
  });

  test('a batch larger than all places is answered whole, and takes half of them', async () => {
    const stage = await setServing({ gateway });
    const batch = stage.begin('10.0.0.1', `[${Array.from({ length: 100 }, (_, id) => call(id)).join(',')}]`);
    const other = new Tally();
    await stage.pass(10);
    other.add(stage.begin('10.0.0.2', balance));
    await stage.pass(50);
    expect(other.counts).toEqual({ 200: 1 });
    await stage.pass(2000);
    const { body } = await batch;
    const replies: readonly { id: number; result?: string }[] = JSON.parse(Buffer.concat(body ?? []).toString());
    expect(replies.map(({ id }) => id)).toEqual(Array.from({ length: 100 }, (_, id) => id));
    expect(replies.every(({ result }) => result !== undefined)).toBe(true);
  });

  test('what is going to be shed is refused before it is read', async () => {
    const stage = await setServing({ gateway: { limits: { concurrency: 1 } } });
    stage.setAll({ kind: 'black-hole', stage: 'answer' });
    const first = new Tally();
    first.add(stage.begin('10.0.0.1', balance));
    first.add(stage.begin('10.0.0.1', balance));
    await stage.pass(10);
    const unread = await stage.begin('10.0.0.1', `this is no JSON${' '.repeat(20_000)}`);
    expect(readStageAnswer(unread)).toMatchObject({ status: 503, fault: 'OVERLOADED', retryAfter: '1' });
    expect(readStageAnswer(await stage.begin('10.0.0.1', 'nor is this')).fault).toBe('PARSE_ERROR');
  });

  test('F-027: a burst over the concurrency of the only upstream waits for room, a second at the most', async () => {
    const config = { limits: { upstreamConcurrency: 2 } };
    const stage = await setServing({ providers: ['alpha'], config });
    const burst = new Tally();
    for (let sent = 0; sent < 20; sent += 1) burst.add(stage.begin('10.0.0.1', balance));
    await stage.pass(1000);
    expect(burst.counts).toEqual({ 200: 20 });
    stage.set('alpha', { kind: 'slow', addedMs: 1500 });
    const slow = new Tally();
    for (let sent = 0; sent < 3; sent += 1) slow.add(stage.begin('10.0.0.1', balance));
    await stage.pass(1100);
    expect(slow.counts).toEqual({ OVERLOADED: 1 });
  });
});
