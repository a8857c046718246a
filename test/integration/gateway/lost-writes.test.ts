import { keccak256 } from 'viem';
import { describe, expect, test } from 'vitest';
import { askHttp, eventually } from '../../support/ask-gateway.ts';
import type { FakeAnswer } from '../../support/fake-methods.ts';
import type { FakeUpstream } from '../../support/fake-upstream.ts';
import { devnetOf, type OpenGateway, openGateway, startUpstreams } from '../../support/open-gateway.ts';

const raw = '0x02f8';
const hash = keccak256(raw);
const nonceTooLow: FakeAnswer = { error: { code: -32000, message: 'nonce too low: next nonce 5, tx nonce 4' } };

interface Scene {
  readonly gateway: OpenGateway;
  readonly loses: FakeUpstream;
  readonly rejects: FakeUpstream;
}

/** Two upstreams: one takes every write and breaks the connection, the other says that its nonce is spent. */
async function startScene(): Promise<Scene> {
  const [loses, rejects] = await startUpstreams({}, {});
  if (loses === undefined || rejects === undefined) throw new Error('no upstreams');
  loses.on('eth_sendRawTransaction', { kind: 'resets' });
  rejects.on('eth_sendRawTransaction', nonceTooLow);
  const gateway = await openGateway({ chains: devnetOf([loses, rejects]) });
  await eventually(
    () => askHttp(`${gateway.url}/readyz/devnet`),
    ({ text }) => JSON.parse(text).serving === 2,
  );
  return { gateway, loses, rejects };
}

describe('F-143: a transaction that one upstream lost and another calls spent', () => {
  test('is a success with its hash where an upstream has it', async () => {
    const { gateway, loses, rejects } = await startScene();
    rejects.on('eth_getTransactionByHash', { result: { hash } });
    loses.on('eth_getTransactionByHash', { result: null });
    const { status, body } = await gateway.call('eth_sendRawTransaction', [raw]);
    expect({ status, body }).toEqual({ status: 200, body: { jsonrpc: '2.0', id: 1, result: hash } });
    expect([loses, rejects].map((upstream) => upstream.count('eth_sendRawTransaction'))).toEqual([1, 1]);
  });

  test('is rejected in the words of the upstream where nobody has it', async () => {
    const { gateway, loses } = await startScene();
    loses.on('eth_getTransactionByHash', { result: null });
    const { body } = await gateway.call('eth_sendRawTransaction', [raw]);
    expect(body.error).toMatchObject({ code: -32000, message: 'nonce too low: next nonce 5, tx nonce 4' });
  });

  test('has an unknown outcome, with its hash, where one of two cannot say', async () => {
    const { gateway, loses } = await startScene();
    loses.on('eth_getTransactionByHash', { kind: 'resets' });
    const { body } = await gateway.call('eth_sendRawTransaction', [raw]);
    expect(body.error?.data).toMatchObject({ fault: 'WRITE_OUTCOME_UNKNOWN', transactionHash: hash });
  });
});
