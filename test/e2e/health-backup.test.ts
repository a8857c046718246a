import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Devnet, startDevnet } from '../../src/demo/start-devnet.ts';
import { type GatewayProcess, startGatewayProcess } from '../support/gateway-process.ts';
import { lookUntil } from '../support/look-until.ts';
import { historyOf, readMany, scrape, standingsOf, upstreamOf, watchChain } from '../support/watched-chain.ts';

type Tier = 'primary' | 'backup';

const chain = 'devnet';
const dead = 'delta';
const lineUp = [
  { name: 'alpha', tier: 'primary' },
  { name: 'bravo', tier: 'primary' },
  { name: 'charlie', tier: 'backup' },
  { name: dead, tier: 'backup' },
] as const;

/** Three blocks are an epoch, and one comes every 200 ms: ten epochs are six seconds. */
const epochBlocks = 3;
const blockTimeMs = 200;

/** The usual schedule, but faster. */
const health = { probeFirst: '300ms', probeMax: '2s', probeClean: '300ms', probationStep: '500ms' };

/** A gateway with a state folder of its own, and what happens to it while the backup is still dead. */
interface Life {
  readonly words: string;
  readonly state: string;
  gateway: GatewayProcess;
  interlude(life: Life): Promise<void>;
}

const interludes: readonly Pick<Life, 'words' | 'interlude'>[] = [
  { words: 'undisturbed', interlude: async () => undefined },
  { words: 'killed, and started again', interlude: (life) => startAgain(life, 'backup') },
  {
    words: 'killed, and started again with a file that makes the backup a primary',
    interlude: (life) => startAgain(life, 'primary'),
  },
  {
    words: 'made by a reload to take the backup for a primary',
    interlude: async ({ gateway, state }) => {
      gateway.rewrite(configOf(state, 'primary'));
      gateway.signal('SIGHUP');
      await lookUntil(
        () => watchChain(gateway, chain),
        (watched) => upstreamOf(watched, dead).tier === 'primary',
      );
    },
  },
];

let devnet: Devnet;
let lives: readonly Life[] = [];

beforeAll(async () => {
  devnet = await startDevnet({ blockTimeMs, lineUp });
  await devnet.faults.set(dead, { kind: 'killed' });
  lives = await Promise.all(interludes.map(begin));
});

afterAll(async () => {
  await Promise.all(lives.map(({ gateway }) => gateway.stop()));
  for (const { state } of lives) rmSync(state, { recursive: true, force: true });
  await devnet?.close();
});

function configOf(state: string, tierOfDead: Tier): object {
  const providers = devnet.faults.view().providers.map(({ name, url, tier }) => ({
    tier: name === dead ? tierOfDead : tier,
    entry: { name, group: name, url },
  }));
  const of = (wanted: Tier): readonly object[] =>
    providers.filter(({ tier }) => tier === wanted).map(({ entry }) => entry);
  const devnetChain = { family: 'evm', chainId: 31_337, blockTime: `${blockTimeMs}ms`, epochBlocks, health };
  return {
    log: { level: 'warn' },
    state: { path: state },
    chains: { [chain]: { ...devnetChain, primary: of('primary'), backup: of('backup') } },
  };
}

async function begin({ words, interlude }: Pick<Life, 'words' | 'interlude'>): Promise<Life> {
  const state = mkdtempSync(join(tmpdir(), 'switchyard-state-'));
  return { words, interlude, state, gateway: await startGatewayProcess(configOf(state, 'backup')) };
}

/** What is to survive a kill has been known for a second. */
async function startAgain(life: Life, tierOfDead: Tier): Promise<void> {
  await lookUntil(
    () => watchChain(life.gateway, chain),
    ({ upstreams }) => upstreams.every(({ standing, sinceMs }) => standing !== 'blocked' || sinceMs > 1000),
  );
  life.gateway.signal('SIGKILL');
  await life.gateway.ended;
  life.gateway = await startGatewayProcess(configOf(life.state, tierOfDead));
}

/** Every life goes through the next part of the story; what fails says in which. */
async function inEveryLife(part: (life: Life) => Promise<void>): Promise<void> {
  await Promise.all(
    lives.map((life) =>
      part(life).catch((error: unknown) => {
        throw new Error(`in the life that is ${life.words}`, { cause: error });
      }),
    ),
  );
}

function until(life: Life, wanted: Readonly<Record<string, string>>): Promise<unknown> {
  return lookUntil(
    async () => standingsOf(await watchChain(life.gateway, chain)),
    (found) => Object.entries(wanted).every(([name, standing]) => found[name] === standing),
  );
}

function untilEpoch({ gateway }: Life, epoch: number): Promise<unknown> {
  return lookUntil(
    async () => (await watchChain(gateway, chain)).epoch ?? 0,
    (found) => found >= epoch,
  );
}

function seriesOf(metric: string, provider: string, labels = ''): string {
  return `switchyard_endpoint_${metric}{chain="${chain}",provider="${provider}",endpoint="json-rpc"${labels}}`;
}

/** Calls of clients that the dead backup was sent, of whatever purpose. */
async function clientCallsToDead({ gateway }: Life): Promise<number> {
  const values = await scrape(gateway);
  const purposes = ['client', 'retry', 'hedge', 'broadcast'];
  return purposes.reduce(
    (sum, purpose) => sum + (values.get(seriesOf('calls_total', dead, `,purpose="${purpose}"`)) ?? Number.NaN),
    0,
  );
}

/** Thirty reads are answered, each by one of these. */
async function expectAnsweredBy({ gateway }: Life, providers: readonly string[]): Promise<void> {
  for (const provider of await readMany(gateway, chain, 30)) expect(providers).toContain(provider);
}

async function expectStillOut(life: Life): Promise<void> {
  const values = await scrape(life.gateway);
  expect(values.get(seriesOf('healthy', dead))).toBe(0);
  expect(values.get(seriesOf('standing', dead, ',standing="blocked"'))).toBe(1);
  expect(await clientCallsToDead(life)).toBe(0);
}

test('B1, B2, B3, F-164: a backup that was dead from the start is blocked, skipped, carried over ten epochs, and back once it is repaired', async () => {
  await inEveryLife(async (life) => {
    await until(life, { alpha: 'serving', bravo: 'serving', charlie: 'serving', [dead]: 'blocked' });
    await expectStillOut(life);
    await expectAnsweredBy(life, ['alpha', 'bravo']);
  });

  for (const name of ['alpha', 'bravo']) await devnet.faults.set(name, { kind: 'killed' });
  const epochs = new Map<Life, number>();
  await inEveryLife(async (life) => {
    await expectAnsweredBy(life, ['charlie']);
    await until(life, { alpha: 'blocked', bravo: 'blocked', charlie: 'serving' });
    epochs.set(life, (await watchChain(life.gateway, chain)).epoch ?? Number.NaN);
  });

  await inEveryLife(async (life) => {
    await untilEpoch(life, (epochs.get(life) ?? Number.NaN) + 10);
    await expectStillOut(life);
  });

  await inEveryLife(async (life) => {
    await life.interlude(life);
    const watched = await watchChain(life.gateway, chain);
    expect(standingsOf(watched)).toMatchObject({ alpha: 'blocked', bravo: 'blocked', [dead]: 'blocked' });
    await untilEpoch(life, (epochs.get(life) ?? Number.NaN) + 10);
    await expectAnsweredBy(life, ['charlie']);
    await expectStillOut(life);
  });

  await devnet.faults.set(dead, { kind: 'up' });
  await inEveryLife(async (life) => {
    const failed = seriesOf('probes_total', dead, ',result="failed"');
    const failedBefore = (await scrape(life.gateway)).get(failed) ?? Number.NaN;
    await until(life, { [dead]: 'serving' });
    const values = await scrape(life.gateway);
    // Within its schedule: no probe failed any more, save one that was under way.
    expect(values.get(failed)).toBeLessThanOrEqual(failedBefore + 1);
    expect(values.get(seriesOf('healthy', dead))).toBe(1);
    await lookUntil(
      () => readMany(life.gateway, chain, 1),
      (providers) => providers.has(dead),
    );
    expect(historyOf(await watchChain(life.gateway, chain), dead)).toEqual([
      'unproven → blocked (failed-first-probe)',
      'blocked → probation',
      'probation → probation',
      'probation → serving',
    ]);
  });
}, 120_000);
