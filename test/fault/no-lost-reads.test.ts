import { describe, expect, onTestFinished, test } from 'vitest';
import { codeThatReturns } from '../support/counter-contract.ts';
import type { Behaviour } from '../support/fake-behaviour.ts';
import { createFakeChain } from '../support/fake-chain.ts';
import { type FakeUpstream, startFakeUpstream } from '../support/fake-upstream.ts';
import { readThroughFailures, startInFrontOf } from './two-of-three.ts';

interface Failure {
  readonly name: string;
  fail(upstream: FakeUpstream | undefined): void | Promise<void>;
  recover(upstream: FakeUpstream | undefined): void | Promise<void>;
}

function behaving(name: string, behaviour: Behaviour): Failure {
  return {
    name,
    fail: (upstream) => upstream?.behave(behaviour),
    recover: (upstream) => upstream?.behave({ kind: 'answers' }),
  };
}

const cutJson = '{"jsonrpc":"2.0","id":1,"result":"0x';

const failures: readonly Failure[] = [
  { name: 'F-001: refused connections', fail: (upstream) => upstream?.down(), recover: (upstream) => upstream?.up() },
  behaving('F-004: resets before the answer', { kind: 'resets' }),
  behaving('F-006: resets in mid-body', { kind: 'cuts' }),
  behaving('F-007: ends in mid-body', { kind: 'truncates' }),
  behaving('F-010: a black hole that accepts and never answers', { kind: 'silent' }),
  behaving('F-029: HTML with status 200', { kind: 'html' }),
  behaving('F-050: JSON that breaks off', { kind: 'status', status: 200, body: cutJson }),
  behaving('F-052: wrong ids', { kind: 'wrong-id' }),
  behaving('F-032: 429 with Retry-After', { kind: 'rate-limited', retryAfter: '1' }),
];

describe('G3: no read is lost while any two of three providers fail one after another and come back, by', () => {
  test.each(failures)('$name', async ({ name, fail, recover }) => {
    const chain = createFakeChain({ chainId: 31_337 });
    const mining = setInterval(() => chain.mine(), 1000);
    const upstreams = await Promise.all([0, 1, 2].map(() => startFakeUpstream({ chain })));
    const gateway = await startInFrontOf(upstreams.map(({ url }) => url));
    onTestFinished(async () => {
      clearInterval(mining);
      await gateway.stop();
      await Promise.all(upstreams.map((upstream) => upstream.close()));
    });
    const truth = {
      chainId: chain.chainId,
      height: () => chain.height(),
      hashAt: (height: number) => chain.block(height)?.hash ?? '',
      answerOf: codeThatReturns,
    };
    const report = await readThroughFailures(name, {
      gateway,
      truth,
      fail: (provider) => fail(upstreams[provider]),
      recover: (provider) => recover(upstreams[provider]),
    });
    expect(report).toMatchObject({ lost: [], wrong: [], refused: [] });
  });
});
