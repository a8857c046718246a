import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readConfigFile } from '../../../src/config/read-config.ts';
import { startGateway } from '../../../src/gateway.ts';
import { watchFiles } from '../../../src/system/watch-files.ts';
import { askHttp } from '../../support/ask-gateway.ts';
import { createFakeChain } from '../../support/fake-chain.ts';
import { startFakeUpstream } from '../../support/fake-upstream.ts';
import { lookUntil } from '../../support/look-until.ts';
import { devnetOf } from '../../support/reloadable-gateway.ts';

interface WatchedGateway {
  /** Puts another configuration in place of the file, whole at once. */
  write(config: object | string): void;
  /** The configuration in force, as `/api/status` tells of it. */
  configuration(): Promise<{ readonly revision: number; readonly refused?: { readonly problems: readonly string[] } }>;
  reload(): Promise<unknown>;
  /** Changes the file and resolves once whoever watches it was told. */
  seen(change: () => void): Promise<void>;
}

/** A gateway over a file of its own. */
async function startWatched(more: object): Promise<WatchedGateway & { readonly config: object }> {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-watched-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const upstream = await startFakeUpstream({ chain: createFakeChain({ chainId: 31_337 }) });
  onTestFinished(() => upstream.close());
  const config = {
    server: { port: 0, drainDelay: '0s' },
    admin: { port: 0 },
    state: 'memory',
    log: { level: 'silent' },
    chains: { devnet: devnetOf([{ name: 'alpha', url: upstream.url }]) },
    ...more,
  };
  const file = join(folder, 'switchyard.yaml');
  const write = (next: object | string): void => {
    writeFileSync(`${file}.new`, typeof next === 'string' ? next : JSON.stringify(next));
    renameSync(`${file}.new`, file);
  };
  write(config);
  const reread = () => readConfigFile(file, { env: {}, known: [], memoryBytes: 2 ** 33 });
  const first = await reread();
  if (first.kind === 'refused') throw new Error(first.problems.join('\n'));
  const running = await startGateway(first.settings, { version: 'test', reread, file });
  onTestFinished(() => running.close());
  return {
    config,
    write,
    reload: () => running.reload(),
    seen: (change) =>
      new Promise((resolve) => {
        onTestFinished(watchFiles([file], resolve));
        change();
      }),
    configuration: async () => JSON.parse((await askHttp(`${running.adminUrl}/api/status`)).text).configuration,
  };
}

const batches = (maxBatchCalls: number): object => ({ limits: { maxBatchCalls } });

test('F-240: with watch: true a file that is replaced is taken by itself, again and again', async () => {
  const { write, configuration, config } = await startWatched({ watch: true });
  for (const revision of [2, 3]) {
    write({ ...config, ...batches(revision) });
    await lookUntil(configuration, (found) => found.revision === revision);
  }
});

test('F-237: a watched file that is wrong changes nothing and says why, until it is right', async () => {
  const { write, configuration, config } = await startWatched({ watch: true });
  write('chains: { devnet: { primry: [] } }');
  const { revision, refused } = await lookUntil(configuration, (found) => found.refused !== undefined);
  expect(revision).toBe(1);
  expect(refused?.problems.join('\n')).toContain('did you mean primary?');
  write({ ...config, ...batches(7) });
  const after = await lookUntil(configuration, (found) => found.revision === 2);
  expect(after.refused).toBeUndefined();
});

test('a reload turns the watch on, and off', async () => {
  const { write, configuration, config, reload, seen } = await startWatched({});
  write({ ...config, watch: true });
  expect(await reload()).toMatchObject({ done: true, needsRestart: [] });
  write({ ...config, watch: false });
  await lookUntil(configuration, (found) => found.revision === 3);
  await seen(() => write({ ...config, watch: false, ...batches(5) }));
  expect((await configuration()).revision).toBe(3);
});
