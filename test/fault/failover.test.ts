import { describe, expect, onTestFinished, test } from 'vitest';
import { eventually, post, standings } from '../support/ask-gateway.ts';
import { createFakeChain } from '../support/fake-chain.ts';
import { type FakeUpstream, startFakeUpstream } from '../support/fake-upstream.ts';
import { type GatewayProcess, startGatewayProcess } from '../support/gateway-process.ts';
import { printFigures, shortOrLong } from '../support/proof.ts';

/** How often each failure happens, and reads at once right after it: few enough for the retry budget of the second. */
const rounds = shortOrLong(3, 60);
const readsAtOnce = 4;

const quick = {
  probeFirst: '100ms',
  probeClean: '50ms',
  probationStep: '50ms',
  probationPolls: 1,
  probationAnswers: 1,
};

interface Failure {
  readonly name: string;
  fail(upstream: FakeUpstream): void | Promise<void>;
  recover(upstream: FakeUpstream): void | Promise<void>;
}

const failures: readonly Failure[] = [
  { name: 'refused connections', fail: (upstream) => upstream.down(), recover: (upstream) => upstream.up() },
  {
    name: 'reset connections',
    fail: (upstream) => upstream.behave({ kind: 'resets' }),
    recover: (upstream) => upstream.behave({ kind: 'answers' }),
  },
];

let lastRead = 0;

/** One read that no other read is joined to: how long it took in milliseconds, and by how many attempts it was answered. */
async function read(gateway: GatewayProcess): Promise<{ readonly ms: number; readonly attempts: number }> {
  lastRead += 1;
  const account = `0x${lastRead.toString(16).padStart(40, '0')}`;
  const began = performance.now();
  const params = [account, 'latest'];
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_getBalance', params });
  const { status, text, headers } = await post(`${gateway.url}/devnet`, body);
  expect({ status, result: JSON.parse(text).result }).toEqual({ status: 200, result: expect.stringMatching(/^0x/) });
  return { ms: performance.now() - began, attempts: Number(headers.get('x-switchyard-attempts')) };
}

/** Waits for both, and has whoever is blocked probed at once: with each block the schedule alone would take longer. */
function bothServe({ adminUrl }: GatewayProcess): Promise<unknown> {
  const look = async (): Promise<Readonly<Record<string, string>>> => {
    const found = await standings(adminUrl);
    const blocked = Object.keys(found).filter((name) => found[name] === 'blocked');
    const headers = { 'content-type': 'application/json' };
    const order = (name: string) => JSON.stringify({ upstream: `devnet/${name}/json-rpc` });
    await Promise.all(blocked.map((name) => post(`${adminUrl}/api/probe`, order(name), headers)));
    return found;
  };
  return eventually(look, (found) => found.p0 === 'serving' && found.p1 === 'serving');
}

function readMany(gateway: GatewayProcess) {
  return Promise.all(Array.from({ length: readsAtOnce }, () => read(gateway)));
}

function percentile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((left, right) => left - right);
  const at = Math.min(sorted.length - 1, Math.floor(sorted.length * share));
  return Math.round((sorted[at] ?? Number.NaN) * 100) / 100;
}

describe('a read that meets a failing upstream is answered by another, and how much longer that takes is a figure of the proof:', () => {
  test.each(failures)('$name', async ({ name, fail, recover }) => {
    const chain = createFakeChain({ chainId: 31_337 });
    const upstreams = await Promise.all([0, 1].map(() => startFakeUpstream({ chain })));
    const primary = upstreams.map(({ url }, at) => ({ name: `p${at}`, url }));
    const usual = { family: 'evm', chainId: 31_337, blockTime: '1s', health: quick };
    const gateway = await startGatewayProcess({ chains: { devnet: { ...usual, primary } } });
    onTestFinished(async () => {
      await gateway.stop();
      await Promise.all(upstreams.map((upstream) => upstream.close()));
    });
    const direct: number[] = [];
    const failedOver: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      await bothServe(gateway);
      for (const { ms } of await readMany(gateway)) direct.push(ms);
      const failing = upstreams[round % 2];
      if (failing === undefined) throw new Error('there are two');
      await fail(failing);
      for (const { ms, attempts } of await readMany(gateway)) if (attempts > 1) failedOver.push(ms);
      await recover(failing);
    }
    expect(failedOver.length).toBeGreaterThan(0);
    const p99 = { direct: percentile(direct, 0.99), failedOver: percentile(failedOver, 0.99) };
    const p50 = { direct: percentile(direct, 0.5), failedOver: percentile(failedOver, 0.5) };
    printFigures(`failover, ${name}`, { direct: direct.length, failedOver: failedOver.length, p50, p99 });
  });
});
