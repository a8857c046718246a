import { describe, expect, test } from 'vitest';
import type { Meaning } from '../../../src/model/verdict.ts';
import type { Ask, Question, Reply } from '../../../src/ports/ask.ts';
import { createBlockReader } from '../../../src/track/block-reader.ts';
import type { Gate } from '../../../src/track/tracker-state.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';
import { evmSpec, verdict } from './builders.ts';

const open: Gate = { kind: 'open', upstream: 'ethereum/p0/json-rpc' };

function readerOf(reply: Pick<Extract<Reply, { kind: 'result' }>, 'value'> | Meaning, gate: Gate = open) {
  const asked: Question[] = [];
  const times = { sentAt: 0, at: 5 };
  const answer: Reply =
    typeof reply === 'string'
      ? { kind: 'failed', verdict: verdict(reply), detail: reply, connection: 1, ...times }
      : { kind: 'result', value: reply.value, ...times };
  const ask = async (question: Question) => {
    asked.push(question);
    return answer;
  };
  const { blockByHeight = evmSpec().head } = evmSpec();
  return { asked, read: createBlockReader(blockByHeight, { clock: createVirtualClock(), ask, gate: () => gate }) };
}

describe('reading one block', () => {
  test('asks through the gate’s upstream, counted as backfill', async () => {
    const value = { number: '0x64', hash: 'x', parentHash: 'w' };
    const { asked, read } = readerOf({ value });
    expect(await read('url-0', 100)).toEqual({ kind: 'block', block: { height: 100, hash: 'x', parent: 'w' } });
    expect(asked).toMatchObject([{ upstream: open.upstream, purpose: 'backfill', params: '["0x64",false]' }]);
  });

  test('a closed gate is asked nothing', async () => {
    const { asked, read } = readerOf({ value: null }, { kind: 'closed', reason: 'held off' });
    expect(await read('url-0', 100)).toEqual({ kind: 'failed' });
    expect(asked).toEqual([]);
  });

  test('what is never answered is given up a moment after its time, and so is what could not be asked', async () => {
    const clock = createVirtualClock();
    const { blockByHeight = evmSpec().head } = evmSpec();
    const readings: unknown[] = [];
    const read = (ask: Ask) => createBlockReader(blockByHeight, { clock, ask, gate: () => open })('url-0', 100);
    read(() => new Promise(() => {})).then((reading) => readings.push(reading));
    await clock.advanceAsync(4999);
    expect(readings).toEqual([]);
    await clock.advanceAsync(1);
    expect(readings).toEqual([{ kind: 'failed' }]);
    expect(await read(() => Promise.reject(new Error('planted')))).toEqual({ kind: 'failed' });
    expect(clock.pending()).toBe(0);
  });

  test.each([[null], [{ number: '0x65', hash: 'x' }], [{ number: '0x64' }]])('%j is an absent block', async (value) => {
    expect(await readerOf({ value }).read('url-0', 100)).toEqual({ kind: 'absent' });
  });

  test.each(['block-unknown', 'data-missing', 'slot-skipped', 'not-indexed', 'method-unsupported'] as const)(
    '%s means absent',
    async (meaning) => {
      expect(await readerOf(meaning).read('url-0', 100)).toEqual({ kind: 'absent' });
    },
  );

  test.each(['timeout', 'rate-limited', 'connection-lost', 'generic'] as const)(
    '%s means nothing was learned',
    async (meaning) => {
      expect(await readerOf(meaning).read('url-0', 100)).toEqual({ kind: 'failed' });
    },
  );
});
