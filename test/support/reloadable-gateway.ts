import { onTestFinished } from 'vitest';
import type { RunningGateway } from '../../src/config/gateway-calls.ts';
import type { ConfigReading } from '../../src/config/read-config.ts';
import { settingsFrom } from '../../src/config/read-config.ts';
import { startGateway } from '../../src/gateway.ts';
import type { ReloadResult } from '../../src/ports/doors.ts';
import { eventually, type HttpAnswer, post, type StatusUpstream, statusOf } from './ask-gateway.ts';

/** A gateway in the test's own process, whose configuration the test holds. */
export interface ReloadableGateway extends RunningGateway {
  /** Puts another configuration where the gateway reads it, and has it read. */
  take(config: object): Promise<ReloadResult>;
  /** The same by `POST /api/reload`. */
  postReload(config: object, headers?: Record<string, string>): Promise<HttpAnswer>;
  /** Makes one call, of a chain named `devnet` unless told otherwise. */
  call(method: string, params?: readonly unknown[], chain?: string): Promise<HttpAnswer>;
  /** What `/api/status` says of an upstream, by its key. */
  upstream(key: string): Promise<StatusUpstream | undefined>;
  /** The value of a series in `/metrics`, by its name with labels; undefined where there is none. */
  metric(series: string): Promise<number | undefined>;
  /** Resolves once every upstream of every chain serves. */
  allServe(): Promise<void>;
}

const usual = {
  server: { port: 0, drainDelay: '0s' },
  admin: { port: 0 },
  state: 'memory',
  log: { level: 'silent' },
};

/** Reads a configuration over the usual one, as the gateway reads its file. */
export function readOverUsual(config: object): ConfigReading {
  const { settings, problems } = settingsFrom(
    { ...usual, ...config },
    { known: [], memoryBytes: 2 ** 33, chains: 'named' },
  );
  if (problems.length === 0) return { kind: 'read', settings };
  return { kind: 'refused', problems: problems.map(({ path, text }) => `${path.join('.')}: ${text}`) };
}

/** A chain with id 31337 served by these URLs. */
export function devnetOf(primary: readonly unknown[], more: object = {}): object {
  return { family: 'evm', chainId: 31_337, blockTime: '1s', primary, ...more };
}

/** Starts a gateway that closes with the test, and waits until all its upstreams serve. */
export async function startReloadable(config: object): Promise<ReloadableGateway> {
  let present = config;
  const first = readOverUsual(config);
  if (first.kind === 'refused') throw new Error(first.problems.join('\n'));
  const running = await startGateway(first.settings, { version: 'test', reread: async () => readOverUsual(present) });
  onTestFinished(() => running.close());
  const gateway: ReloadableGateway = {
    ...running,
    take(next) {
      present = next;
      return running.reload();
    },
    postReload(next, headers) {
      present = next;
      return post(`${running.adminUrl}/api/reload`, '', headers);
    },
    call: (method, params = [], chain = 'devnet') =>
      post(`${running.publicUrl}/${chain}`, JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })),
    async upstream(key) {
      const chains = await statusOf(running.adminUrl);
      return chains.flatMap(({ upstreams }) => upstreams).find(({ upstream }) => upstream === key);
    },
    async metric(series) {
      const text = await (await fetch(`${running.adminUrl}/metrics`)).text();
      const line = text.split('\n').find((each) => each.startsWith(`${series} `));
      return line === undefined ? undefined : Number(line.slice(series.length + 1));
    },
    async allServe() {
      await eventually(
        () => statusOf(running.adminUrl),
        (chains) => chains.every(({ upstreams }) => upstreams.every(({ standing }) => standing === 'serving')),
      );
    },
  };
  await gateway.allServe();
  return gateway;
}
