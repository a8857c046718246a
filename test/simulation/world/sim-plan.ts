import { seededRandom } from '../../support/seeded-random.ts';
import type { ChainHistory, Mining, Reorg, Span } from './chain-history.ts';
import { type Chance, createChance } from './chance.ts';
import { drawProgram, faultKinds } from './draw-program.ts';
import type { Fault } from './fault.ts';
import { type CallKind, callKinds } from './sim-call.ts';
import type { UrlPlan } from './sim-url.ts';

/** One simulated world, drawn from its seed: all that happens in it, but for the gateway's own doing. */
export interface SimPlan {
  readonly seed: number;
  readonly history: ChainHistory;
  /** The gateway's configuration, as a file would hold it. */
  readonly config: object;
  readonly urls: readonly UrlPlan[];
  /** When everything is well again, save what never is. */
  readonly healAt: number;
  readonly calls: CallPlan;
  readonly stalls: readonly { readonly at: number; readonly forMs: number }[];
  readonly orders: readonly Order[];
}

/** How clients call. */
export interface CallPlan {
  readonly count: number;
  readonly kinds: readonly CallKind[];
  readonly batchShare: number;
  readonly leaveShare: number;
  readonly steerShare: number;
  /** Times at which many call at once, and how many within a second. */
  readonly bursts: readonly { readonly at: number; readonly count: number }[];
  /** Calls per second once everything is well again; 0 means none. */
  readonly calmRate: number;
}

/** What an operator does, and the fate of the process. `target`: the position of an endpoint. */
export interface Order {
  readonly at: number;
  readonly act: 'cordon' | 'uncordon' | 'probe' | 'restart' | 'kill';
  readonly target: number;
}

/** A chain to simulate; without a spec it is a devnet that nobody documented. */
interface SimChain {
  readonly spec: string | undefined;
  readonly chainId: string;
  readonly blockTimeMs: number;
}

const chains: readonly [SimChain, ...SimChain[]] = [
  { spec: 'ethereum', chainId: '1', blockTimeMs: 12_000 },
  { spec: 'gnosis', chainId: '100', blockTimeMs: 5000 },
  { spec: 'polygon', chainId: '137', blockTimeMs: 2000 },
  { spec: 'base', chainId: '8453', blockTimeMs: 2000 },
  { spec: 'bsc', chainId: '56', blockTimeMs: 450 },
  { spec: undefined, chainId: '31337', blockTimeMs: 1000 },
];

/** Draws the world of a seed. The same seed gives the same world. */
export function drawPlan(seed: number): SimPlan {
  const chance = createChance(seededRandom(seed));
  const chain = chance.oneOf(chains);
  const healAt = chance.between(60_000, 150_000) + Math.min(90_000, 8 * chain.blockTimeMs);
  const span = { from: 1000, to: healAt };
  const enabled = enabledFaults(chance);
  const count = chance.oneOf([1, 2, 2, 3, 3, 4, 5]);
  const source = { chance, enabled, span, blockTimeMs: chain.blockTimeMs };
  const urls = Array.from({ length: count }, (_, at) => drawUrl(at, { ...source, lagMs: chain.blockTimeMs * 2 }));
  return {
    seed,
    history: drawHistory(chance, { ...chain, span }),
    config: drawConfig(chance, { chain, urls }),
    urls: withOutage(chance, urls, span),
    healAt,
    calls: drawCalls(chance, span),
    stalls: drawStalls(chance, span),
    orders: drawOrders(chance, { span, targets: count }),
  };
}

function enabledFaults(chance: Chance): readonly [Fault['kind'], ...Fault['kind'][]] {
  const first = faultKinds[chance.whole(0, faultKinds.length - 1)] ?? 'refused';
  return [first, ...chance.someOf(faultKinds, 0.25).filter((kind) => kind !== first)];
}

function drawUrl(at: number, source: Parameters<typeof drawProgram>[0] & { readonly lagMs: number }): UrlPlan {
  const { chance } = source;
  const isPool = chance.happens(0.12);
  return {
    url: `https://u${at}.example/`,
    program: drawProgram(source),
    latencyMs: chance.spread(3, 150),
    membersLagMs: isPool
      ? [0, chance.between(0, source.lagMs), chance.between(0, source.lagMs)]
      : [chance.between(0, 300)],
  };
}

/** Now and then nothing can be reached from here at all: our own network is down. */
function withOutage(chance: Chance, urls: readonly UrlPlan[], span: Span): readonly UrlPlan[] {
  if (!chance.happens(0.08)) return urls;
  const from = chance.between(10_000, span.to - 20_000);
  const outage = {
    from,
    to: from + chance.between(2000, 15_000),
    fault: { kind: 'unreachable', failure: 'unreachable' },
  } as const;
  return urls.map((url) => ({ ...url, program: [outage, ...url.program] }));
}

function drawHistory(chance: Chance, chain: SimChain & { readonly span: Span }): ChainHistory {
  const { span, blockTimeMs } = chain;
  const isDevnet = chain.spec === undefined;
  const halts: Span[] = [];
  if (chance.happens(0.15)) {
    const from = chance.between(span.from + 5000, span.to * 0.7);
    halts.push({ from, to: from + chance.spread(5000, 60_000) });
  }
  const mining: Mining =
    isDevnet && chance.happens(0.5)
      ? { kind: 'on-demand', minedAt: minedMoments(chance, span) }
      : { kind: 'paced', blockTimeMs, halts };
  return {
    chainId: chain.chainId,
    mining,
    startHeight: 5_000_000,
    finalityDepth: chance.oneOf([8, 32, 64]),
    reorgs: drawReorgs(chance, span),
    resetAt: isDevnet && chance.happens(0.4) ? chance.between(20_000, span.to * 0.8) : undefined,
    wallOffsetMs: 1_700_000_000_000 - 1000,
  };
}

function minedMoments(chance: Chance, span: Span): readonly number[] {
  const moments = Array.from({ length: chance.whole(0, 60) }, () => chance.between(span.from, span.to * 1.5));
  return moments.sort((a, b) => a - b);
}

function drawReorgs(chance: Chance, span: Span): readonly Reorg[] {
  if (!chance.happens(0.3)) return [];
  const count = chance.whole(1, 3);
  const reorgs = Array.from({ length: count }, () => ({
    at: chance.between(span.from, span.to),
    depth: chance.whole(1, 4),
  }));
  return reorgs.sort((a, b) => a.at - b.at);
}

interface ConfigSource {
  readonly chain: SimChain;
  readonly urls: readonly UrlPlan[];
}

/** One provider per URL, the first a primary; some share a group, one may share its URL, pools say so. */
function drawConfig(chance: Chance, { chain, urls }: ConfigSource): object {
  const providers = urls.map(({ url, membersLagMs }, at) => ({
    name: `p${at}`,
    url,
    ...(chance.happens(0.15) && at > 0 ? { group: 'u0.example' } : {}),
    ...(membersLagMs.length > 1 ? { kind: 'pool' } : {}),
    ...(chance.happens(0.1) ? { order: 'listed' } : {}),
    ...(chance.happens(0.1) ? { weight: 3 } : {}),
  }));
  const sharing = chance.happens(0.12) ? [{ name: 'shares', url: urls[0]?.url ?? '' }] : [];
  const backups = providers.filter((_, at) => at > 0 && chance.happens(0.35));
  const named = chain.spec === undefined ? { family: 'evm', chainId: chain.chainId } : { spec: chain.spec };
  return {
    chains: {
      sim: {
        ...named,
        epochBlocks: chance.oneOf([5, 20, 75]),
        primary: [...providers.filter((one) => !backups.includes(one)), ...sharing],
        backup: backups,
        limits: { getLogsMaxRange: 1_000_000_000, ...(chance.happens(0.1) ? { upstreamConcurrency: 3 } : {}) },
      },
    },
  };
}

function drawCalls(chance: Chance, span: Span): CallPlan {
  const all = Object.keys(callKinds).filter((kind): kind is CallKind => kind in callKinds);
  const some = chance.someOf(all, 0.7);
  return {
    count: chance.whole(600, 1300),
    kinds: some.length === 0 ? ['block-number'] : some,
    batchShare: chance.oneOf([0, 0.1, 0.3]),
    leaveShare: chance.oneOf([0, 0.02, 0.1]),
    steerShare: chance.oneOf([0, 0, 0.1]),
    bursts: drawBursts(chance, span),
    calmRate: chance.oneOf([0, 0.5, 5]),
  };
}

function drawBursts(chance: Chance, span: Span): CallPlan['bursts'] {
  if (!chance.happens(0.2)) return [];
  return Array.from({ length: chance.whole(1, 3) }, () => ({
    at: chance.between(span.from, span.to),
    count: chance.whole(50, 200),
  }));
}

function drawStalls(chance: Chance, span: Span): SimPlan['stalls'] {
  if (!chance.happens(0.15)) return [];
  const count = chance.whole(1, 3);
  const stalls = Array.from({ length: count }, () => ({
    at: chance.between(span.from, span.to),
    forMs: chance.spread(100, 8000),
  }));
  return stalls.sort((a, b) => a.at - b.at);
}

function drawOrders(
  chance: Chance,
  { span, targets }: { readonly span: Span; readonly targets: number },
): readonly Order[] {
  const moment = (): number => chance.between(span.from + 2000, span.to * 0.9);
  const orders: Order[] = [];
  if (chance.happens(0.2)) {
    const target = chance.whole(0, targets - 1);
    const at = moment();
    orders.push({ at, act: 'cordon', target }, { at: at + chance.between(5000, 40_000), act: 'uncordon', target });
  }
  if (chance.happens(0.2)) orders.push({ at: moment(), act: 'probe', target: chance.whole(0, targets - 1) });
  if (chance.happens(0.2)) orders.push({ at: moment(), act: chance.oneOf(['restart', 'kill']), target: 0 });
  return orders.sort((a, b) => a.at - b.at);
}
