import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, inject, onTestFinished, test } from 'vitest';
import { openLmdbStore } from '../../src/store/lmdb-store.ts';
import { post } from '../support/ask-gateway.ts';
import { createFakeChain, type FakeChain } from '../support/fake-chain.ts';
import { type FakeUpstream, startFakeUpstream } from '../support/fake-upstream.ts';
import { type GatewayProcess, startGatewayProcess, writeConfig } from '../support/gateway-process.ts';
import { lookUntil } from '../support/look-until.ts';
import { stateFolder } from '../support/state-folder.ts';
import { readMany, standingsOf, upstreamOf, type WatchedChain, watchChain } from '../support/watched-chain.ts';

const names = ['alpha', 'bravo', 'charlie', 'delta'] as const;
/** A schedule so fast that standings never come to rest. */
const hasty = { probeFirst: '50ms', probeMax: '100ms', probeClean: '50ms', probationStep: '50ms', probationPolls: 1 };

/** A schedule so slow that what is blocked stays so while a test looks. */
const patient = { probeFirst: '60s' };

interface World {
  readonly chain: FakeChain;
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
    chain,
    upstreams,
    config: (health) => ({
      state: { path },
      log: { level: 'info' },
      chains: { devnet: { family: 'evm', chainId: 31_337, blockTime: '1s', epochBlocks: 5, health, primary } },
    }),
  };
}

/** Breaks and mends one upstream after the other, without end. */
function startStorm(upstreams: readonly FakeUpstream[]): { end(): void } {
  let turn = 0;
  const blowing = setInterval(() => {
    turn += 1;
    upstreams[turn % upstreams.length]?.behave({ kind: turn % 8 < 4 ? 'resets' : 'answers' });
  }, 150);
  const end = (): void => {
    clearInterval(blowing);
    for (const upstream of upstreams) upstream.behave({ kind: 'answers' });
  };
  onTestFinished(end);
  return { end };
}

/** Starts a gateway and kills it at the moment it has written so many lines, the first of them long before it serves. */
async function killAtLine(config: object, lines: number): Promise<void> {
  const folder = inject('projectFolder');
  const args = [join(folder, 'dist', 'main.js'), 'start', '--config', writeConfig(config)];
  const child = spawn(process.execPath, args, { cwd: folder, env: { PATH: process.env.PATH } });
  onTestFinished(() => void child.kill('SIGKILL'));
  const gone = once(child, 'exit');
  let seen = 0;
  for await (const _line of createInterface({ input: child.stdout })) {
    seen += 1;
    if (seen === lines) child.kill('SIGKILL');
  }
  await gone;
  expect(child.signalCode).toBe('SIGKILL');
}

async function order({ adminUrl }: GatewayProcess, kind: 'cordon' | 'uncordon', name = ''): Promise<void> {
  const body = JSON.stringify({ upstream: `devnet/${name}/json-rpc` });
  const { status } = await post(`${adminUrl}/api/${kind}`, body, { 'content-type': 'application/json' });
  expect(status).toBe(200);
}

/** Starts a gateway and kills it right behind so many orders of an operator, each of which changes what is stored. */
async function killAfterOrders(config: object, orders: number): Promise<void> {
  const gateway = await startGatewayProcess(config);
  for (let turn = 0; turn < orders; turn++)
    await order(gateway, turn % 8 < 4 ? 'cordon' : 'uncordon', names[turn % names.length]);
  gateway.signal('SIGKILL');
  expect(await gateway.ended).toBe(null);
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
  const storm = startStorm(upstreams);
  const kills = [
    ...[1, 2, 4].map((lines) => () => killAtLine(stormy, lines)),
    ...[0, 4, 24, 104, 312].map((orders) => () => killAfterOrders(stormy, orders)),
  ];
  for (const kill of kills) {
    await kill();
    const rows = await storedRows(stormy);
    for (const [key, row] of rows) {
      if (key.startsWith('standing/'))
        expect(row).toMatchObject({ version: 1, standing: { kind: expect.any(String) } });
      if (key.startsWith('track/')) expect(row).toMatchObject({ version: 1, blocks: expect.any(Array) });
    }
  }
  storm.end();
  const gateway = await startGatewayProcess(stormy);
  await until(gateway, ({ upstreams: all }) => all.every(({ standing }) => standing === 'serving'));
  expect(gateway.output()).not.toMatch(/state folder|set aside/);
  for (const name of names) await order(gateway, 'uncordon', name);
  await readMany(gateway, 'devnet', 10);
  await gateway.stop();
  const stored = [...(await storedRows(stormy)).keys()];
  expect(stored).toEqual(expect.arrayContaining(names.map((name) => `standing/devnet/${name}/json-rpc`)));
});

test('an orderly end loses nothing, not even what happened right before it', async () => {
  const { config } = await openWorld();
  const slow = config(patient);
  const gateway = await startGatewayProcess(slow);
  await until(gateway, ({ upstreams: all }) => all.every(({ standing }) => standing === 'serving'));
  await order(gateway, 'cordon', 'charlie');
  await gateway.stop();
  const next = await startGatewayProcess(slow);
  const sentences = (await watchChain(next, 'devnet')).upstreams.map(({ sentence }) => sentence.includes('cordoned'));
  expect(sentences).toEqual([false, false, true, false]);
  await next.stop();
});

test('F-230: a process that was paused for seconds goes on as it was, and blames nobody for the answers it slept through', async () => {
  const { chain, config } = await openWorld();
  const gateway = await startGatewayProcess(config({}));
  await until(gateway, ({ upstreams: all }) => all.every(({ standing }) => standing === 'serving'));
  gateway.signal('SIGSTOP');
  const wokenAt = chain.height() + 30;
  await lookUntil(
    () => chain.height(),
    (height) => height >= wokenAt,
  );
  gateway.signal('SIGCONT');
  await until(gateway, ({ tip = 0 }) => tip >= wokenAt);
  const { upstreams } = await watchChain(gateway, 'devnet');
  expect(upstreams.map(({ transitions }) => transitions.map(({ to }) => to))).toEqual(names.map(() => ['serving']));
  await readMany(gateway, 'devnet', 10);
  await gateway.stop();
});

test('F-225: what stood for a second is known after a kill: the reason too, and before anybody is asked', async () => {
  const { upstreams, config } = await openWorld();
  const slow = config(patient);
  let gateway = await startGatewayProcess(slow);
  await until(gateway, ({ upstreams: all }) => all.every(({ standing }) => standing === 'serving'));
  const down: string[] = [];
  for (const [at, name] of names.slice(0, 2).entries()) {
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
    await until(gateway, (watched) => others.every((one) => standingsOf(watched)[one] === 'serving'));
    const answered = await readMany(gateway, 'devnet', 10);
    expect(down.filter((one) => answered.has(one))).toEqual([]);
  }
  await gateway.stop();
});
