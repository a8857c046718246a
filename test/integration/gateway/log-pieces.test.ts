import { describe, expect, test } from 'vitest';
import { askHttp } from '../../support/ask-gateway.ts';
import type { FakeAnswer } from '../../support/fake-methods.ts';
import type { FakeUpstream } from '../../support/fake-upstream.ts';
import { devnetOf, type OpenGateway, openGateway, startUpstreams, untilReady } from '../../support/open-gateway.ts';

/** A filter as the upstreams see it. */
interface Filter {
  readonly fromBlock: string;
  readonly toBlock: string;
}

function filterOf(params: readonly unknown[]): Filter {
  const [filter] = params;
  if (typeof filter !== 'object' || filter === null || !('fromBlock' in filter) || !('toBlock' in filter)) {
    throw new Error('no filter with both ends');
  }
  return { fromBlock: String(filter.fromBlock), toBlock: String(filter.toBlock) };
}

/** One log per block, numbered by it. */
function logsOf({ fromBlock, toBlock }: Filter): readonly object[] {
  const from = Number(fromBlock);
  return Array.from({ length: Number(toBlock) - from + 1 }, (_, at) => ({
    blockNumber: `0x${(from + at).toString(16)}`,
  }));
}

/** Answers log queries up to a width, and refuses those that are wider. */
function limited(upstream: FakeUpstream, blocks: number, message = 'block range is too wide'): void {
  upstream.on('eth_getLogs', (_, params): FakeAnswer => {
    const logs = logsOf(filterOf(params));
    return logs.length > blocks ? { error: { code: -32005, message } } : { result: logs };
  });
}

/** A gateway over two upstreams whose chain stands still at block 1000. */
async function openWith(prepare: (upstreams: readonly FakeUpstream[]) => void): Promise<{
  readonly gateway: OpenGateway;
  readonly upstreams: readonly FakeUpstream[];
}> {
  const upstreams = await startUpstreams({}, {});
  for (const upstream of upstreams) upstream.standAt(upstream.chain.height());
  prepare(upstreams);
  const gateway = await openGateway({ chains: devnetOf(upstreams) });
  await untilReady(gateway);
  return { gateway, upstreams };
}

/** Pieces sent to upstreams, in an exposition. */
function piecesIn(text: string): number {
  const lines = text.split('\n').filter((line) => /calls_total\{.*purpose="logs-piece"/.test(line));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

function asked(upstreams: readonly FakeUpstream[]): number {
  return upstreams.reduce((sum, upstream) => sum + upstream.count('eth_getLogs'), 0);
}

describe('a log query over a whole gateway', () => {
  test('that every upstream refuses is answered in pieces, which are counted and blame nobody', async () => {
    const { gateway, upstreams } = await openWith((all) => {
      for (const upstream of all) limited(upstream, 16, 'eth_getLogs is limited to a 16 block range');
    });
    const filter = { fromBlock: '0x0', toBlock: '0x3f' };
    const { body, headers } = await gateway.call('eth_getLogs', [filter]);
    expect(body.result).toEqual(logsOf(filter));
    expect(Number(headers.get('x-switchyard-attempts'))).toBeGreaterThanOrEqual(5);
    const { text } = await askHttp(`${gateway.adminUrl}/metrics`);
    expect(piecesIn(text)).toBe(4);
    expect(text).toMatch(/switchyard_buffered_bytes 0\n/);
    for (const standing of ['blocked', 'unproven']) expect(text).not.toMatch(new RegExp(`standing="${standing}"\\} 1`));
    expect(text).not.toMatch(/errors_total\{[^}]*blame="upstream"[^}]*\} [1-9]/);
    expect(asked(upstreams)).toBeGreaterThanOrEqual(5);
  });

  test('has those of its pieces from the cache that were asked before', async () => {
    const { gateway } = await openWith((all) => {
      for (const upstream of all) limited(upstream, 16, 'eth_getLogs is limited to a 16 block range');
    });
    await gateway.call('eth_getLogs', [{ fromBlock: '0x0', toBlock: '0x3f' }]);
    const later = { fromBlock: '0x10', toBlock: '0x4f' };
    const { body } = await gateway.call('eth_getLogs', [later]);
    expect(body.result).toEqual(logsOf(later));
    expect(piecesIn((await askHttp(`${gateway.adminUrl}/metrics`)).text)).toBe(5);
  });

  test('of a single block too many gets the refusal of its upstream verbatim', async () => {
    const { gateway } = await openWith((all) => {
      for (const upstream of all) limited(upstream, 0, 'query returned more than 10000 results');
    });
    const { body } = await gateway.call('eth_getLogs', [{ fromBlock: '0x1', toBlock: '0x1' }]);
    expect(body.error).toEqual({ code: -32005, message: 'query returned more than 10000 results' });
  });

  test('up to the newest block never comes from an upstream that has not got there, which would look complete', async () => {
    const { gateway, upstreams } = await openWith(([ahead, behind]) => {
      if (ahead === undefined || behind === undefined) throw new Error('two upstreams');
      const top = ahead.chain.height();
      behind.standAt(top - 2);
      ahead.on('eth_getLogs', (_, params) => ({ result: logsOf(filterOf(params)) }));
      behind.on('eth_getLogs', { result: [] });
    });
    const [ahead, behind] = upstreams;
    if (ahead === undefined || behind === undefined) throw new Error('two upstreams');
    const top = `0x${ahead.chain.height().toString(16)}`;
    for (let call = 0; call < 20; call += 1) {
      const { body } = await gateway.call('eth_getLogs', [{ fromBlock: top, toBlock: 'latest' }]);
      expect(body.result).toEqual([{ blockNumber: top }]);
    }
    expect(behind.count('eth_getLogs')).toBe(0);
  });
});
