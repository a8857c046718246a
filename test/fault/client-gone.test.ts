import { expect, test } from 'vitest';
import type { Cancel } from '../../src/ports/clock.ts';
import { type Stage, type StageOptions, setStage } from '../support/stage.ts';

async function openStage(options: Partial<StageOptions> = {}): Promise<Stage> {
  const stage = await setStage({ providers: ['alpha', 'bravo'], ...options });
  await stage.pass(90_000);
  return stage;
}

function callText(id: number, method: string, params: readonly unknown[]): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method, params });
}

/** Asks as a client that can be made to go. */
function ask(stage: Stage, body: string): { leave(): void; isOver(): boolean } {
  const cancels: Cancel[] = [];
  let isOver = false;
  void stage
    .begin('10.0.0.9', body, (cancel) => void cancels.push(cancel))
    .then(() => {
      isOver = true;
    });
  return { leave: () => cancels.forEach((cancel) => void cancel()), isOver: () => isOver };
}

function sentFor(stage: Stage, method: string): number {
  return stage.sends.filter(({ call }) => call.method === method).length;
}

test('whoever goes leaves nothing to be sent of a batch that was only begun', async () => {
  const stage = await openStage({ gateway: { limits: { concurrency: 20 } } });
  stage.setAll({ kind: 'slow', addedMs: 500 });
  const calls = Array.from({ length: 200 }, (_, id) => callText(id, 'eth_getBalance', [`0x${id}`, 'latest']));
  const client = ask(stage, `[${calls.join(',')}]`);
  await stage.pass(100);
  const begun = sentFor(stage, 'eth_getBalance');
  expect(begun).toBeLessThan(30);
  client.leave();
  await stage.pass(30_000);
  expect(client.isOver()).toBe(true);
  expect(sentFor(stage, 'eth_getBalance')).toBe(begun);
});

test('a transaction that was sent goes its way without the client that sent it', async () => {
  const stage = await openStage();
  stage.setAll({ kind: 'slow', addedMs: 500 });
  const client = ask(stage, callText(1, 'eth_sendRawTransaction', ['0x02f86f0180']));
  await stage.pass(100);
  client.leave();
  await stage.pass(100);
  expect(client.isOver()).toBe(false);
  await stage.pass(5000);
  const sent = stage.sends.filter(({ call }) => call.method === 'eth_sendRawTransaction');
  expect(sent.map(({ end }) => end?.kind)).toContain('answered');
  expect(client.isOver()).toBe(true);
});

test('whoever waits for another’s read gets it though that one has gone, and one read is sent', async () => {
  const stage = await openStage();
  stage.setAll({ kind: 'slow', addedMs: 500 });
  const body = callText(1, 'eth_getBalance', ['0xd8da', 'latest']);
  const [leader, follower] = [ask(stage, body), ask(stage, body)];
  leader.leave();
  await stage.pass(2000);
  expect(follower.isOver()).toBe(true);
  expect(sentFor(stage, 'eth_getBalance')).toBe(1);
});

test('a read begun after a transaction was answered is no read that was under way before', async () => {
  const stage = await openStage();
  stage.setAll({ kind: 'slow', addedMs: 200 });
  const read = callText(1, 'eth_getBalance', ['0xd8da', 'latest']);
  ask(stage, callText(1, 'eth_sendRawTransaction', ['0x02f86f0180']));
  await stage.pass(100);
  ask(stage, read);
  await stage.until(() => stage.told('write-settled').length === 1, 5000);
  const before = sentFor(stage, 'eth_getBalance');
  ask(stage, read);
  expect(sentFor(stage, 'eth_getBalance')).toBe(before + 1);
});
