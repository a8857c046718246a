import { describe, expect, onTestFinished, test } from 'vitest';
import { createFakeChain } from '../support/fake-chain.ts';
import { type FakeUpstream, type FakeUpstreamOptions, startFakeUpstream } from '../support/fake-upstream.ts';
import { runSwitchyard, writeConfig } from '../support/gateway-process.ts';

/** What `switchyard health` prints. */
interface Report {
  readonly ok: boolean;
  readonly chains: readonly {
    readonly chain: string;
    readonly tip: number | null;
    readonly endpoints: readonly EndpointReport[];
  }[];
}

interface EndpointReport {
  readonly upstream: string;
  readonly tier: string;
  readonly ok: boolean;
  readonly identity: string;
  readonly head: number | null;
  readonly detail: string;
}

const chain = createFakeChain({ chainId: 31_337, height: 4321 });

async function upstreamWith(options: FakeUpstreamOptions = {}): Promise<FakeUpstream> {
  const upstream = await startFakeUpstream({ chain, ...options });
  onTestFinished(() => upstream.close());
  return upstream;
}

function entry(name: string, { url }: FakeUpstream): object {
  return { name, group: name, url: `${url}SECRET-${name}` };
}

/** Runs the command over a file with these chains; what it prints must be JSON and nothing else. */
async function health(chains: object): Promise<{ readonly code: number | null; readonly report: Report }> {
  const { code, output } = await runSwitchyard(['health', writeConfig({ chains })]);
  expect(output).not.toMatch(/SECRET|127\.0\.0\.1/);
  const report: Report = JSON.parse(output);
  return { code, report };
}

function devnetOf(primary: readonly object[], backup: readonly object[] = []): object {
  return { devnet: { family: 'evm', chainId: 31_337, blockTime: '1s', primary, backup } };
}

describe('switchyard health FILE', () => {
  test('with every endpoint well: exit 0, and each with its tier, identity and head', async () => {
    const [alpha, bravo] = [await upstreamWith(), await upstreamWith()];
    const { code, report } = await health(devnetOf([entry('alpha', alpha)], [entry('bravo', bravo)]));
    expect(code).toBe(0);
    const well = { ok: true, identity: 'confirmed', head: 4321, detail: expect.stringContaining('serving') };
    expect(report).toEqual({
      ok: true,
      chains: [
        {
          chain: 'devnet',
          tip: 4321,
          endpoints: [
            { upstream: 'devnet/alpha/json-rpc', tier: 'primary', ...well },
            { upstream: 'devnet/bravo/json-rpc', tier: 'backup', ...well },
          ],
        },
      ],
    });
  });

  test('with one that fails, be it a backup: exit 1, and each says what is wrong with it', async () => {
    const [alpha, bravo, charlie, delta] = [
      await upstreamWith(),
      await upstreamWith(),
      await upstreamWith({ chain: createFakeChain({ chainId: 5 }) }),
      await upstreamWith({ behaviour: { kind: 'html' } }),
    ];
    await bravo.down();
    const backups = [entry('bravo', bravo), entry('charlie', charlie), entry('delta', delta)];
    const { code, report } = await health(devnetOf([entry('alpha', alpha)], backups));
    expect(code).toBe(1);
    expect(report).toMatchObject({ ok: false, chains: [{ chain: 'devnet', tip: 4321 }] });
    expect(report.chains[0]?.endpoints).toEqual([
      expect.objectContaining({ upstream: 'devnet/alpha/json-rpc', ok: true }),
      expect.objectContaining({
        upstream: 'devnet/bravo/json-rpc',
        ok: false,
        identity: 'unknown',
        head: null,
        detail: expect.stringContaining('connection refused'),
      }),
      expect.objectContaining({
        upstream: 'devnet/charlie/json-rpc',
        ok: false,
        identity: 'wrong',
        detail: expect.stringContaining("eth_chainId says 0x5, this chain's is 31337"),
      }),
      expect.objectContaining({ upstream: 'devnet/delta/json-rpc', ok: false, identity: 'unknown' }),
    ]);
  });

  test('with one that is rate limited: exit 1, and it is said that this is why nothing is known', async () => {
    const alpha = await upstreamWith({ behaviour: { kind: 'rate-limited', retryAfter: '600' } });
    const { code, report } = await health(devnetOf([entry('alpha', alpha)]));
    expect(code).toBe(1);
    expect(report.chains[0]?.endpoints[0]).toMatchObject({
      ok: false,
      identity: 'unknown',
      detail: expect.stringContaining('held off'),
    });
  });

  test('with one that never answers: exit 1, and it ends', async () => {
    const alpha = await upstreamWith({ behaviour: { kind: 'silent' } });
    const { code, report } = await health(devnetOf([entry('alpha', alpha)]));
    expect(code).toBe(1);
    expect(report.chains[0]?.endpoints[0]).toMatchObject({ ok: false, head: null });
  });

  test('over several chains: each has its part, and one that fails makes the whole fail', async () => {
    const other = await upstreamWith({ chain: createFakeChain({ chainId: 77, height: 8 }) });
    const down = await upstreamWith();
    await down.down();
    const second = { family: 'evm', chainId: 77, blockTime: '1s', primary: [entry('other', other)] };
    const { code, report } = await health({ ...devnetOf([entry('down', down)]), second });
    expect(code).toBe(1);
    expect(report.chains.map((one) => [one.chain, one.tip])).toEqual([
      ['devnet', null],
      ['second', 8],
    ]);
  });

  test('asks every endpoint for its identity and its head, and leaves nothing behind', async () => {
    const alpha = await upstreamWith();
    await health(devnetOf([entry('alpha', alpha)]));
    expect(alpha.count('eth_chainId')).toBe(1);
    expect(alpha.count()).toBeLessThanOrEqual(10);
    expect(alpha.connections).toBe(0);
  });

  test('F-236: with a file that is wrong: exit 2, every problem, and nothing is asked', async () => {
    const alpha = await upstreamWith();
    const path = writeConfig({ chains: devnetOf([entry('alpha', alpha)]), limit: {}, startWait: 2 });
    const { code, output } = await runSwitchyard(['health', path]);
    expect(code).toBe(2);
    expect(output).toContain('limit: is no key of this configuration');
    expect(output).toContain('startWait: must be a duration');
    expect(alpha.count()).toBe(0);
  });

  test('with no file: exit 2, and what to do', async () => {
    expect(await runSwitchyard(['health', '/nowhere/at-all.yaml'])).toMatchObject({
      code: 2,
      output: expect.stringContaining('/nowhere/at-all.yaml'),
    });
  });
});
