import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { parse } from 'yaml';
import { post, standings } from './ask-gateway.ts';
import { createFakeChain, type FakeChain } from './fake-chain.ts';
import { type FakeUpstream, startFakeUpstream } from './fake-upstream.ts';
import { type GatewayProcess, startGatewayProcess } from './gateway-process.ts';
import { lookUntil } from './look-until.ts';
import { type PrometheusProcess, startPrometheus } from './prometheus.ts';
import { prometheusFolder } from './rule-files.ts';

/** A gateway under traffic and faults of every kind, and a Prometheus with the rules that ship, which scrapes it every second. */
export interface ObservedWorld {
  readonly gateway: GatewayProcess;
  readonly prometheus: PrometheusProcess;
  /** Lets the last calls end and says how many were answered. */
  endTraffic(): Promise<number>;
  close(): Promise<void>;
}

type Cast = Readonly<Record<'alpha' | 'bravo' | 'charlie' | 'limited' | 'locked' | 'wrong' | 'lone', FakeUpstream>>;

/** Starts such a world for the tests of one file, and ends it with them. */
export function useObservedWorld(): { readonly get: () => ObservedWorld } {
  let world: ObservedWorld | undefined;
  beforeAll(async () => {
    world = await startObservedWorld();
  });
  afterAll(() => world?.close());
  return {
    get() {
      if (world === undefined) throw new Error('the world did not start');
      return world;
    },
  };
}

/** Starts everything, and resolves once each fault has happened and was scraped. Ends what it started where it rejects. */
async function startObservedWorld(): Promise<ObservedWorld> {
  const chain = createFakeChain({ chainId: 31_337, height: 1000, finalityDepth: 16 });
  const cast = await startCast(chain);
  const gateway = await startGatewayProcess({ chains: chainsOf(cast), auth });
  const prometheus = await startPrometheus(configFor(gateway));
  const traffic = createTraffic(gateway.url);
  let mining: NodeJS.Timeout | undefined;
  const close = async (): Promise<void> => {
    clearInterval(mining);
    await traffic.end();
    await Promise.all([prometheus.stop(), gateway.stop()]);
    await Promise.all(Object.values(cast).map((upstream) => upstream.close()));
  };
  try {
    await untilAllStand(gateway, 'serving', ['alpha', 'bravo', 'charlie', 'limited', 'locked', 'lone']);
    await untilSeen(prometheus, ['count(switchyard_endpoint_latest_block{chain="devnet"} == 1000) == 5']);
    chain.reorg(3);
    chain.mine();
    await untilSeen(prometheus, ['switchyard_chain_reorgs_total > 0']);
    mining = setInterval(() => chain.mine(), 500);
    misbehave(cast);
    traffic.begin();
    await untilAllStand(gateway, 'blocked', ['wrong', 'lone', 'locked']);
    await untilSeen(prometheus, signsOfFaults);
  } catch (error) {
    await close();
    throw error;
  }
  return { gateway, prometheus, endTraffic: () => traffic.end(), close };
}

async function startCast(chain: FakeChain): Promise<Cast> {
  const start = (): Promise<FakeUpstream> => startFakeUpstream({ chain });
  return {
    alpha: await start(),
    bravo: await start(),
    charlie: await start(),
    limited: await start(),
    locked: await start(),
    wrong: await startFakeUpstream({ chain: createFakeChain({ chainId: 5 }) }),
    lone: await start(),
  };
}

const greedyKey = 'the-key-of-a-greedy-client';

/** Everybody may call, and one that has a key soon has called too often. */
const auth = { anonymous: 'allow', keys: [{ name: 'greedy', key: greedyKey, limits: { callsPerSecond: 1 } }] };

function chainsOf(cast: Cast): object {
  const health = { probeFirst: '250ms', probeClean: '250ms', probationStep: '500ms' };
  const usual = { family: 'evm', chainId: 31_337, blockTime: '500ms', epochBlocks: 5, health };
  const named = (...names: readonly (keyof Cast)[]): object[] => names.map((name) => ({ name, url: cast[name].url }));
  const alpha = { name: 'alpha', url: cast.alpha.url, monthlyBudget: { calls: 1_000_000_000 } };
  return {
    devnet: { ...usual, primary: [alpha, ...named('bravo', 'limited', 'locked', 'wrong')], backup: named('charlie') },
    dark: { ...usual, primary: named('lone') },
  };
}

/** The configuration that ships, with this gateway as its target and no patience. */
function configFor({ adminUrl }: GatewayProcess): object {
  const shipped: { readonly scrape_configs: readonly object[]; readonly rule_files: readonly string[] } = parse(
    readFileSync(join(prometheusFolder, 'prometheus.yml'), 'utf8'),
  );
  return {
    ...shipped,
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: shipped.rule_files.map((files) => join(prometheusFolder, files)),
    scrape_configs: shipped.scrape_configs.map((one) => ({
      ...one,
      static_configs: [{ targets: [new URL(adminUrl).host] }],
    })),
  };
}

function misbehave({ alpha, bravo, limited, locked, lone }: Cast): void {
  limited.behave({ kind: 'rate-limited', retryAfter: '30' });
  locked.behave({ kind: 'status', status: 401, body: '{"error":"invalid api key"}' });
  alpha.on('eth_getTransactionCount', { kind: 'resets' });
  for (const upstream of [alpha, bravo])
    upstream.on('eth_estimateGas', { error: { code: -39_123, message: 'the moon is not full' } });
  lone.behave({ kind: 'resets' });
}

/** What must have been seen before the dashboards are looked at: each fault, some of them for ten scrapes. */
const signsOfFaults: readonly string[] = [
  'changes(switchyard_chain_epoch[1m]) > 0',
  'switchyard_endpoint_identity{identity="wrong"} == 1',
  'switchyard_endpoint_hold_off_seconds > 0',
  'switchyard_endpoint_requests_total{outcome="rate-limited"} > 0',
  'switchyard_unclassified_errors_total > 0',
  'switchyard_rate_limited_total > 0',
  'count_over_time(switchyard_endpoint_errors_total{kind="auth-failed"}[1m]) > 9',
  'count_over_time(switchyard_retries_total[1m]) > 9',
  'count_over_time(switchyard_requests_total{chain="dark",outcome="UPSTREAMS_EXHAUSTED"}[1m]) > 9',
];

/** Reads of each class, one that fails everywhere, one nobody knows; writes come between them. */
const reads: readonly (readonly [method: string, ...params: readonly unknown[]])[] = [
  ['eth_blockNumber'],
  ['eth_getBalance', '0x00000000000000000000000000000000000000aa', 'latest'],
  ['eth_call', { to: '0x00000000000000000000000000000000000000aa', data: '0x01' }, 'latest'],
  ['eth_getLogs', { fromBlock: '0x1', toBlock: '0x2' }],
  ['eth_getTransactionCount', '0x00000000000000000000000000000000000000aa', 'latest'],
  ['eth_estimateGas', { to: '0x00000000000000000000000000000000000000aa' }],
  ['nobody_knowsThis'],
];

interface Traffic {
  begin(): void;
  /** Resolves with the number of calls that were answered. */
  end(): Promise<number>;
}

const callEveryMs = 20;
const mostOpen = 40;

/** Calls at a steady rate: mostly to the chain that can be served, some to the one that cannot, and what is no call at all. */
function createTraffic(url: string): Traffic {
  const open = new Set<Promise<void>>();
  let turn = 0;
  let answered = 0;
  const send = async (to: 'devnet' | 'dark' | 'greedy', method: string, params: readonly unknown[]): Promise<void> => {
    const headers = to === 'greedy' ? { 'x-api-key': greedyKey } : undefined;
    const chain = to === 'greedy' ? 'devnet' : to;
    await post(`${url}/${chain}`, JSON.stringify({ jsonrpc: '2.0', id: turn, method, params }), headers);
    answered += 1;
  };
  const next = (): Promise<unknown> => {
    turn += 1;
    const [method, ...params] = reads[turn % reads.length] ?? ['eth_chainId'];
    if (turn % 10 === 0) return send('dark', 'eth_gasPrice', []);
    if (turn % 25 === 1) return send('devnet', 'eth_sendRawTransaction', [`0x${turn.toString(16).padStart(8, '0')}`]);
    if (turn % 25 === 3) return send('greedy', 'eth_chainId', []);
    if (turn % 25 === 2) return post(`${url}/devnet`, 'no call at all');
    return send('devnet', method, params);
  };
  const tick = (): void => {
    if (open.size >= mostOpen) return;
    const sent = next().then(() => void open.delete(sent));
    open.add(sent);
  };
  let timer: NodeJS.Timeout | undefined;
  return {
    begin() {
      timer = setInterval(tick, callEveryMs);
    },
    async end() {
      clearInterval(timer);
      await Promise.all(open);
      return answered;
    },
  };
}

/** Waits until each of the expressions has had a series, one after the other. */
async function untilSeen(prometheus: PrometheusProcess, signs: readonly string[]): Promise<void> {
  for (const sign of signs) {
    const look = async () => ({ sign, series: await prometheus.ask(sign) });
    await lookUntil(look, ({ series }) => series.length > 0);
  }
}

function untilAllStand(gateway: GatewayProcess, standing: string, names: readonly string[]): Promise<unknown> {
  return lookUntil(
    () => standings(gateway.adminUrl),
    (found) => names.every((name) => found[name] === standing),
  );
}
