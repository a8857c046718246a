import { onTestFinished } from 'vitest';
import { readConfig } from '../../src/config/read-config.ts';
import { listChains, startGateway } from '../../src/gateway.ts';
import type { Settings } from '../../src/model/settings.ts';
import { askHttp, eventually, type HttpAnswer, post } from './ask-gateway.ts';
import { createFakeChain } from './fake-chain.ts';
import { type FakeUpstream, type FakeUpstreamOptions, startFakeUpstream } from './fake-upstream.ts';

/** A whole gateway inside the test's process, with real doors on ports of its own. It closes with the test. */
export interface OpenGateway {
  readonly url: string;
  readonly adminUrl: string;
  /** Posts to the public door: to the chain, unless a path says otherwise. */
  post(body: string | Uint8Array, options?: PostOptions): Promise<HttpAnswer>;
  /** The answer to one call, parsed. */
  call(method: string, params?: unknown, options?: PostOptions): Promise<Called>;
  /** Says not ready, and waits out the delay for load balancers. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

/** Where to and with what a body is posted. */
export interface PostOptions {
  /** `/devnet` unless said otherwise. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer with its body as JSON. */
export interface Called {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    readonly id?: unknown;
    readonly result?: unknown;
    readonly error?: {
      readonly code: number;
      readonly message: string;
      readonly data?: { readonly fault?: string } & Readonly<Record<string, unknown>>;
    };
  };
}

const usual = {
  server: { port: 0, drainDelay: '0s' },
  admin: { port: 0 },
  state: 'memory',
  log: { level: 'silent' },
};

/** Reads a configuration, over the usual one, as the command line does. */
export async function readSettings(config: object): Promise<Settings> {
  const surroundings = { env: {}, known: await listChains(), memoryBytes: 4 * 1024 ** 3 };
  const reading = readConfig(JSON.stringify({ ...usual, ...config }), 'test.json', surroundings);
  if (reading.kind === 'refused') throw new Error(reading.problems.join('\n'));
  return reading.settings;
}

/** Opens a gateway. */
export async function openGateway(config: object): Promise<OpenGateway> {
  const settings = await readSettings(config);
  const reread = async () => ({ kind: 'read' as const, settings });
  const running = await startGateway(settings, { version: '0.0.0', reread });
  onTestFinished(() => running.close());
  const url = running.publicUrl;
  const postTo: OpenGateway['post'] = (body, { path = '/devnet', headers = {} } = {}) =>
    post(`${url}${path}`, body, headers);
  return {
    url,
    adminUrl: running.adminUrl,
    post: postTo,
    async call(method, params = [], options = {}) {
      const answer = await postTo(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }), options);
      return { ...answer, body: JSON.parse(answer.text) };
    },
    drain: () => running.drain(),
    close: () => running.close(),
  };
}

/** Starts upstreams of one fake chain with the id 31337, which close with the test. */
export async function startUpstreams(...options: readonly FakeUpstreamOptions[]): Promise<readonly FakeUpstream[]> {
  const chain = createFakeChain({ chainId: 31_337 });
  const upstreams = await Promise.all(options.map((each) => startFakeUpstream({ chain, ...each })));
  onTestFinished(async () => void (await Promise.all(upstreams.map((upstream) => upstream.close()))));
  return upstreams;
}

/** The chain `devnet` with these upstreams as primaries `p0`, `p1` … and further keys. */
export function devnetOf(upstreams: readonly { readonly url: string }[], keys: object = {}): object {
  const primary = upstreams.map(({ url }, at) => ({ name: `p${at}`, url }));
  return { devnet: { family: 'evm', chainId: 31_337, blockTime: '1s', primary, ...keys } };
}

/** Opens a gateway over one good upstream, once it serves; the upstream is there to be told otherwise. */
export async function openOver(
  keys: object = {},
  config: object = {},
): Promise<OpenGateway & { readonly upstream: FakeUpstream }> {
  const [upstream] = await startUpstreams({});
  if (upstream === undefined) throw new Error('no upstream');
  const gateway = await openGateway({ ...config, chains: devnetOf([upstream], keys) });
  await untilReady(gateway);
  return { ...gateway, upstream };
}

/** Waits until the gateway says it is ready. */
export function untilReady({ url }: Pick<OpenGateway, 'url'>): Promise<HttpAnswer> {
  return eventually(
    () => askHttp(`${url}/readyz`),
    ({ status }) => status === 200,
  );
}
