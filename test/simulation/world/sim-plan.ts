import { seededRandom } from '../../support/seeded-random.ts';
import type { ChainHistory, Span } from './chain-history.ts';
import { type Chance, createChance } from './chance.ts';
import { changeConfig, drawConfig, type SimConfig, urlsIn } from './draw-config.ts';
import {
  type CallPlan,
  drawCalls,
  drawOrders,
  drawStalls,
  type Order,
  type Stall,
  type Target,
} from './draw-events.ts';
import { drawHistory, type SimChainKind, simChainKinds } from './draw-history.ts';
import { drawProgram, faultKinds, type ProgramSource } from './draw-program.ts';
import type { Fault } from './fault.ts';
import type { UrlPlan } from './sim-url.ts';

/** One simulated world, drawn from its seed: all that happens in it, but for the gateway's own doing. */
export interface SimPlan {
  readonly seed: number;
  readonly chains: readonly [ChainPlan, ...ChainPlan[]];
  /** The configuration the first process starts with. */
  readonly config: SimConfig;
  /** When everything is well again, save what never is. */
  readonly healAt: number;
  readonly calls: CallPlan;
  readonly stalls: readonly Stall[];
  readonly orders: readonly Order[];
}

/** One chain of a world. */
export interface ChainPlan {
  readonly name: string;
  readonly history: ChainHistory;
  readonly urls: readonly UrlPlan[];
  /** The URL of each provider there ever is, by its name. */
  readonly providers: Readonly<Record<string, string>>;
}

/** Draws the world of a seed. The same seed gives the same world. */
export function drawPlan(seed: number): SimPlan {
  const chance = createChance(seededRandom(seed));
  const names: readonly [string, ...string[]] = chance.happens(0.25) ? ['alpha', 'beta'] : ['alpha'];
  const kinds = names.map((name) => ({ name, kind: chance.oneOf(simChainKinds) }));
  const slowest = Math.max(...kinds.map(({ kind }) => kind.blockTimeMs));
  const healAt = chance.between(60_000, 150_000) + Math.min(90_000, 8 * slowest);
  const span = { from: 1000, to: healAt };
  const enabled = enabledFaults(chance);
  const [first, ...others] = kinds.map((one) => drawChain(chance, { ...one, span, enabled }));
  if (first === undefined) throw new Error('a world without a chain');
  const drawn = [first, ...others] as const;
  const config = { chains: Object.fromEntries(drawn.map(({ name, configs: [now] }) => [name, now])) };
  return {
    seed,
    chains: withSharedTrouble(chance, drawn, span),
    config,
    healAt,
    calls: drawCalls(chance, span),
    stalls: drawStalls(chance, span),
    orders: drawOrders(chance, { span, targets: targetsOf(drawn), changes: changesOf(config, drawn) }),
  };
}

interface ChainSource {
  readonly name: string;
  readonly kind: SimChainKind;
  readonly span: Span;
  readonly enabled: ProgramSource['enabled'];
}

interface DrawnChain extends ChainPlan {
  /** What it is configured as, one after the other. */
  readonly configs: ReturnType<typeof drawConfigs>;
}

function drawChain(chance: Chance, { name, kind, span, enabled }: ChainSource): DrawnChain {
  const count = chance.oneOf([1, 2, 2, 3, 3, 4, 5]);
  const source = { chance, enabled, span, blockTimeMs: kind.blockTimeMs };
  const urls = Array.from({ length: count }, (_, at) => drawUrl(`https://${name}${at}.example/`, source));
  const configs = drawConfigs(chance, kind, urls);
  const history = drawHistory(chance, kind, span);
  return { name, history, urls, providers: urlsIn(configs), configs };
}

/** The first configuration of a chain, and up to two that operators make of it. */
function drawConfigs(chance: Chance, kind: SimChainKind, urls: readonly UrlPlan[]) {
  const first = drawConfig(chance, kind, urls);
  if (!chance.happens(0.3)) return [first] as const;
  const second = changeConfig(chance, first);
  return chance.happens(0.5) ? ([first, second] as const) : ([first, second, changeConfig(chance, second)] as const);
}

function changesOf(config: SimConfig, chains: readonly DrawnChain[]): readonly SimConfig[] {
  let { chains: present } = config;
  return chains.flatMap(({ name, configs: [, ...changed] }) =>
    changed.map((next) => {
      present = { ...present, [name]: next };
      return { chains: present };
    }),
  );
}

function targetsOf(chains: readonly [ChainPlan, ...ChainPlan[]]): readonly [Target, ...Target[]] {
  const [first] = chains;
  const targets = chains.flatMap(({ name, providers }) =>
    Object.keys(providers).map((provider) => ({ chain: name, provider })),
  );
  return [targets[0] ?? { chain: first.name, provider: 'p0' }, ...targets.slice(1)];
}

function enabledFaults(chance: Chance): readonly [Fault['kind'], ...Fault['kind'][]] {
  const first = faultKinds[chance.whole(0, faultKinds.length - 1)] ?? 'refused';
  return [first, ...chance.someOf(faultKinds, 0.25).filter((kind) => kind !== first)];
}

function drawUrl(url: string, source: ProgramSource): UrlPlan {
  const { chance, blockTimeMs } = source;
  const lagMs = 2 * blockTimeMs;
  const isPool = chance.happens(0.12);
  return {
    url,
    program: drawProgram(source),
    latencyMs: chance.spread(3, 150),
    membersLagMs: isPool ? [0, chance.between(0, lagMs), chance.between(0, lagMs)] : [chance.between(0, 300)],
  };
}

/** Now and then everybody has the same trouble: our own network is down, or all of them ask us to slow down. */
function withSharedTrouble(chance: Chance, chains: SimPlan['chains'], span: Span): SimPlan['chains'] {
  const shared = [
    ...(chance.happens(0.08) ? [drawOutage(chance, span)] : []),
    ...(chance.happens(0.08) ? [drawStorm(chance, span)] : []),
  ];
  if (shared.length === 0) return chains;
  const shake = (chain: ChainPlan): ChainPlan => ({
    ...chain,
    urls: chain.urls.map((url) => ({ ...url, program: [...shared, ...url.program] })),
  });
  const [first, ...others] = chains;
  return [shake(first), ...others.map(shake)];
}

function drawOutage(chance: Chance, span: Span): UrlPlan['program'][number] {
  const from = chance.between(10_000, span.to - 20_000);
  const fault: Fault = { kind: 'unreachable', failure: 'unreachable' };
  return { from, to: from + chance.between(2000, 15_000), fault };
}

/** A storm of refusals, each with a time after which to come back. */
function drawStorm(chance: Chance, span: Span): UrlPlan['program'][number] {
  const from = chance.between(10_000, span.to - 30_000);
  const fault: Fault = {
    kind: 'rate-limited',
    perSecond: chance.spread(0.1, 2),
    form: chance.oneOf(['status', 'error']),
    retryAfterMs: chance.spread(1000, 20_000),
  };
  return { from, to: from + chance.between(5000, 30_000), fault };
}
