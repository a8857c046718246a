import { describe, expect, test } from 'vitest';
import type { GatewayReply } from '../../src/ports/handle.ts';
import { type Stage, type StageOptions, setStage } from '../support/stage.ts';

const three = ['alpha', 'bravo', 'charlie'];

async function openStage(options: Partial<StageOptions> = {}): Promise<Stage> {
  const stage = await setStage({ providers: three, ...options });
  await stage.pass(90_000);
  expect(stage.view().state).toBe('running');
  return stage;
}

function hex(height: number): string {
  return `0x${height.toString(16)}`;
}

/** A height so many blocks below the newest, or below the newest that is final. */
function below(stage: Stage, from: 'tip' | 'finalized', blocks: number): string {
  return hex((stage.view()[from] ?? 0) - blocks);
}

function textOf(reply: GatewayReply): string {
  return Buffer.concat(reply.body ?? []).toString();
}

function callText(id: string, method: string, params: string): string {
  return `{"jsonrpc":"2.0","id":${id},"method":"${method}","params":${params}}`;
}

/** Calls sent for clients, to all providers together. */
function sentInAll(stage: Stage): number {
  return three.reduce((sum, name) => sum + stage.sentTo(name, 'client'), 0);
}

/** Asks by a body as it is, and lets time pass until the reply is there. */
async function askText(stage: Stage, body: string): Promise<GatewayReply> {
  const reply = stage.begin('10.0.0.9', body);
  await stage.pass(1000);
  return reply;
}

describe('an answer about a final block', () => {
  test('is asked for once, and then comes from memory, whoever else is out of reach', async () => {
    const stage = await openStage();
    const params = ['0xd8da', below(stage, 'finalized', 5)];
    const first = await stage.ask('eth_getBalance', params);
    expect(first).toMatchObject({ cache: 'miss', attempts: 1 });
    const { provider, result } = first;
    stage.setAll({ kind: 'refused' });
    await stage.pass(5000);
    const { tip } = stage.view();
    expect(await stage.ask('eth_getBalance', params)).toEqual({
      status: 200,
      result,
      provider,
      attempts: 0,
      cache: 'hit',
      height: tip,
    });
  });

  test('F-187: carries the id of whoever asks, and is the same byte for byte otherwise', async () => {
    const stage = await openStage();
    const params = `["${below(stage, 'finalized', 5)}",false]`;
    const first = textOf(await askText(stage, callText('1', 'eth_getBlockByNumber', params)));
    const ids = ['2', '"abc"', 'null', '12345678901234567890', '"\\u0061"'];
    for (const id of ids) {
      const reply = await askText(stage, callText(id, 'eth_getBlockByNumber', params));
      expect(reply.headers['x-switchyard-cache']).toBe('hit');
      expect(textOf(reply)).toBe(first.replace('"id":1,', `"id":${id},`));
    }
  });

  test('F-109: is merged with what has to be asked for, in the order of the batch', async () => {
    const stage = await openStage();
    const kept = callText('1', 'eth_getBalance', `["0xd8da","${below(stage, 'finalized', 5)}"]`);
    await askText(stage, kept);
    const before = sentInAll(stage);
    const asked = callText('2', 'eth_getBalance', `["0xd8da","${below(stage, 'finalized', 6)}"]`);
    const replies: readonly { readonly id: number }[] = JSON.parse(
      textOf(await askText(stage, `[${kept},${asked},${kept.replace('"id":1', '"id":3')}]`)),
    );
    expect(replies.map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(sentInAll(stage)).toBe(before + 1);
  });

  test('F-186: goes with the upstream that gave it, once that is of another chain', async () => {
    const stage = await openStage();
    const params = ['0xd8da', below(stage, 'finalized', 5)];
    const { provider = '' } = await stage.ask('eth_getBalance', params);
    stage.set(provider, { kind: 'other-chain', chainId: '99' });
    await stage.until(() => stage.upstream(provider).identity === 'wrong', 300_000);
    const again = await stage.ask('eth_getBalance', params);
    expect(again.cache).toBe('miss');
    expect(again.provider).not.toBe(provider);
  });

  test('goes when the chain begins again as another one', async () => {
    const stage = await openStage({ chain: { height: 400 } });
    const params = [below(stage, 'finalized', 300), false];
    await stage.ask('eth_getBlockByNumber', params);
    expect((await stage.ask('eth_getBlockByNumber', params)).cache).toBe('hit');
    stage.chain.reset();
    await stage.until(() => stage.told('store-set-aside').length > 0, 600_000);
    await stage.pass(300_000);
    const { cache, result } = await stage.ask('eth_getBlockByNumber', params);
    expect(cache).toBe('miss');
    expect(result).toMatchObject({ hash: stage.chain.hashAt(Number(params[0])) });
  });

  test('is relayed each time where the cache is off', async () => {
    const stage = await openStage({ config: { cache: 'off' } });
    const params = ['0xd8da', below(stage, 'finalized', 5)];
    const caches = [await stage.ask('eth_getBalance', params), await stage.ask('eth_getBalance', params)];
    expect(caches.map(({ cache }) => cache)).toEqual(['bypass', 'bypass']);
  });
});

describe('an answer about a block that is not final yet', () => {
  test('F-183: is kept as long as the chain has the block, and never shown after the reorg was seen', async () => {
    const stage = await openStage();
    for (const depth of [1, 3, 6]) {
      await stage.pass(5000);
      const height = (stage.view().tip ?? 0) - depth + 1;
      const params = [hex(height), false];
      const old = stage.chain.hashAt(height);
      expect((await stage.ask('eth_getBlockByNumber', params)).result).toMatchObject({ hash: old });
      expect(await stage.ask('eth_getBlockByNumber', params)).toMatchObject({ cache: 'hit', result: { hash: old } });
      const seen = stage.told('reorg-seen').length;
      stage.chain.reorg(depth + 3);
      await stage.until(() => stage.told('reorg-seen').length > seen, 60_000);
      const { result } = await stage.ask('eth_getBlockByNumber', params);
      expect(result).toMatchObject({ hash: stage.chain.hashAt(height) });
      expect(stage.chain.hashAt(height)).not.toBe(old);
    }
  });

  test('F-184: is not kept where it is a null', async () => {
    const stage = await openStage();
    const hash = `0x${'12'.repeat(32)}`;
    expect(await stage.ask('eth_getTransactionReceipt', [hash])).toMatchObject({ cache: 'miss', result: null });
    expect((await stage.ask('eth_getTransactionReceipt', [hash])).cache).toBe('miss');
  });
});

describe('reads of the newest block', () => {
  test('F-188: a thousand that are identical are one call to one upstream', async () => {
    const stage = await openStage();
    const before = sentInAll(stage);
    const replies = Array.from({ length: 1000 }, (_, id) =>
      stage.begin('10.0.0.9', callText(String(id), 'eth_getBalance', '["0xd8da","latest"]')),
    );
    await stage.pass(1000);
    const uses = new Map<string, number>();
    for (const [id, reply] of (await Promise.all(replies)).entries()) {
      const use = reply.headers['x-switchyard-cache'] ?? '';
      uses.set(use, (uses.get(use) ?? 0) + 1);
      expect(JSON.parse(textOf(reply))).toMatchObject({ id });
    }
    expect(Object.fromEntries(uses)).toEqual({ miss: 1, coalesced: 999 });
    expect(sentInAll(stage)).toBe(before + 1);
  });

  test('are kept only where the configuration says so, and no longer than until the next block', async () => {
    const stage = await openStage({ chain: { mining: 'on-demand' }, config: { cache: { tip: '1s' } } });
    const uses = async (): Promise<string | undefined> => (await stage.ask('eth_gasPrice')).cache;
    expect([await uses(), await uses()]).toEqual(['miss', 'hit']);
    await stage.pass(1000);
    expect([await uses(), await uses()]).toEqual(['miss', 'hit']);
    await stage.ask('eth_sendRawTransaction', ['0x02']);
    expect([await uses(), await uses()]).toEqual(['miss', 'hit']);
  });
});
