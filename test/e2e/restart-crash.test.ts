import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, inject, onTestFinished, test } from 'vitest';
import { openLmdbStore } from '../../src/store/lmdb-store.ts';
import { createFakeChain } from '../support/fake-chain.ts';
import { type FakeUpstream, startFakeUpstream } from '../support/fake-upstream.ts';
import { type GatewayProcess, startGatewayProcess, writeConfig } from '../support/gateway-process.ts';
import { lookUntil } from '../support/look-until.ts';
import { stateFolder } from '../support/state-folder.ts';
import { readMany, standingsOf, upstreamOf, type WatchedChain, watchChain } from '../support/watched-chain.ts';

const names = ['alpha', 'bravo', 'charlie', 'delta'] as const;
const standingKinds = ['unproven', 'serving', 'blocked', 'probation'];

/** A schedule so fast that standings never come to rest. */
const hasty = { probeFirst: '50ms', probeMax: '100ms', probeClean: '50ms', probationStep: '50ms', probationPolls: 1 };

/** A schedule so slow that what is blocked stays so while a test looks. */
const patient = { probeFirst: '60s' };

interface World {
  readonly upstreams: readonly FakeUpstream[];
  config(health: object): object;
}

async function openWorld(): Promise<World> {
  const chain = createFakeChain({ chainId: 31_337 });
  const upstreams = await Promise.all(names.map(() => startFakeUpstream({ chain })));
  const mining = setInterval(() => chain.mine(), 200);
  const path = stateFolder();
  onTestFinished(async () => {
    clearInterval(mining);
    await Promise.all(upstreams.map((upstream) => upstream.close()));
  });
  const primary = upstreams.map(({ url }, at) => ({ name: names[at], group: names[at], url }));
  return {
    upstreams,
    config: (health) => ({
      state: { path },
      log: { level: 'info' },
      chains: { devnet: { family: 'evm', chainId: 31_337, blockTime: '1s', epochBlocks: 5, health, primary } },
    }),
  };
}

/** Runs a gateway and kills it at the moment it has written so many lines; `onLine` is told of each. */
async function killAtLine(config: object, lines: number, onLine: (line: number) => void): Promise<void> {
  const folder = inject('projectFolder');
  const child = spawn(process.execPath, [join(folder, 'dist', 'main.js'), 'start', '--config', writeConfig(config)], {
    cwd: folder,
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const gone = once(child, 'exit');
  let seen = 0;
  for await (const _line of createInterface({ input: child.stdout })) {
    seen += 1;
    onLine(seen);
    if (seen === lines) child.kill('SIGKILL');
  }
  await gone;
  expect(child.signalCode).toBe('SIGKILL');
}

/** What stands in the state folder of nobody. */
async function storedRows(config: {
  readonly state?: { readonly path: string };
}): Promise<ReadonlyMap<string, unknown>> {
  const opened = await openLmdbStore({ path: config.state?.path ?? '', schemaVersion: 1 });
  if (opened.kind === 'refused') throw new Error(opened.message);
  const rows = new Map(opened.store.list('', 100).map(({ key, value }) => [key, value] as const));
  await opened.store.close();
  return rows;
}

function until(gateway: GatewayProcess, holds: (watched: WatchedChain) => boolean): Promise<WatchedChain> {
  return lookUntil(() => watchChain(gateway, 'devnet'), holds);
}

test('F-225, F-226: killed in the midst of a storm of standings, whenever that is, it leaves a store that is whole', async () => {
  const { upstreams, config } = await openWorld();
  const stormy = config(hasty);
  const flap = (line: number): void => {
    const upstream = upstreams[line % upstreams.length];
    if (line % 8 < 4) upstream?.behave({ kind: 'resets' });
    else upstream?.behave({ kind: 'answers' });
  };
  for (const lines of [1, 4, 9, 16, 25, 49, 81, 121]) {
    await killAtLine(stormy, lines, flap);
    const rows = await storedRows(stormy);
    for (const [key, row] of rows) {
      if (key.startsWith('standing/'))
        expect(row).toMatchObject({ version: 1, standing: { kind: expect.any(String) } });
      if (key.startsWith('track/')) expect(row).toMatchObject({ version: 1, blocks: expect.any(Array) });
    }
  }
  const stored = [...(await storedRows(stormy)).keys()];
  expect(stored).toEqual(expect.arrayContaining(names.map((name) => `standing/devnet/${name}/json-rpc`)));
  for (const upstream of upstreams) upstream.behave({ kind: 'answers' });
  const gateway = await startGatewayProcess(stormy);
  await until(gateway, ({ upstreams: all }) => all.every(({ standing }) => standing === 'serving'));
  expect(gateway.output()).not.toMatch(/state folder|set aside/);
  await readMany(gateway, 'devnet', 10);
  await gateway.stop();
});

test('F-225: what stood for a second is known after a kill: the reason too, and before anybody is asked', async () => {
  const { upstreams, config } = await openWorld();
  const slow = config(patient);
  let gateway = await startGatewayProcess(slow);
  await until(gateway, ({ upstreams: all }) => all.every(({ standing }) => standing === 'serving'));
  const down: string[] = [];
  for (const [at, name] of names.slice(0, 3).entries()) {
    await upstreams[at]?.down();
    down.push(name);
    const before = await until(gateway, (watched) =>
      down.every((one) => {
        const { standing, sinceMs } = upstreamOf(watched, one);
        return standing === 'blocked' && sinceMs > 1000;
      }),
    );
    gateway.signal('SIGKILL');
    await gateway.ended;
    gateway = await startGatewayProcess(slow);
    const after = await watchChain(gateway, 'devnet');
    expect(after.state).toBe('running');
    expect(after.epoch).toBeDefined();
    for (const one of down) {
      const { standing, reason } = upstreamOf(before, one);
      expect(upstreamOf(after, one)).toMatchObject({ standing, reason });
    }
    const others = names.filter((one) => !down.includes(one));
    expect(
      await until(gateway, (watched) => others.every((one) => standingsOf(watched)[one] === 'serving')),
    ).toBeDefined();
    expect(await readMany(gateway, 'devnet', 10)).toEqual(new Set(others));
  }
  expect(standingKinds).toContain(standingsOf(await watchChain(gateway, 'devnet')).delta);
  await gateway.stop();
});
