import type { Span } from './chain-history.ts';
import type { Chance } from './chance.ts';
import type { SimConfig } from './draw-config.ts';
import { type CallKind, callKinds } from './sim-call.ts';

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

/** What an operator does, and the fate of the process. */
export type Order = { readonly at: number } & (
  | { readonly act: 'cordon' | 'uncordon' | 'probe'; readonly target: Target }
  | { readonly act: 'restart' | 'kill' }
  | { readonly act: 'reload'; readonly config: SimConfig }
);

/** An endpoint: its chain, and who provides it. */
export interface Target {
  readonly chain: string;
  readonly provider: string;
}

/** A time for which the process's own loop stands still. */
export interface Stall {
  readonly at: number;
  readonly forMs: number;
}

/** Draws what clients ask for, and how often. */
export function drawCalls(chance: Chance, span: Span): CallPlan {
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

/** Draws when the process stands still, if ever. */
export function drawStalls(chance: Chance, span: Span): readonly Stall[] {
  if (!chance.happens(0.15)) return [];
  const count = chance.whole(1, 3);
  const stalls = Array.from({ length: count }, () => ({
    at: chance.between(span.from, span.to),
    forMs: chance.spread(100, 8000),
  }));
  return stalls.sort((a, b) => a.at - b.at);
}

/** What orders are drawn for. */
export interface OrderSource {
  readonly span: Span;
  /** Endpoints there are. */
  readonly targets: readonly [Target, ...Target[]];
  /** What the configuration is changed to, one after the other. */
  readonly changes: readonly SimConfig[];
}

/** Draws what operators do, in the order of time. */
export function drawOrders(chance: Chance, { span, targets, changes }: OrderSource): readonly Order[] {
  const moment = (): number => chance.between(span.from + 2000, span.to * 0.9);
  const orders: Order[] = [];
  if (chance.happens(0.2)) {
    const target = chance.oneOf(targets);
    const at = moment();
    orders.push({ at, act: 'cordon', target }, { at: at + chance.between(5000, 40_000), act: 'uncordon', target });
  }
  if (chance.happens(0.2)) orders.push({ at: moment(), act: 'probe', target: chance.oneOf(targets) });
  if (chance.happens(0.2)) orders.push({ at: moment(), act: 'restart' });
  if (chance.happens(0.2)) orders.push({ at: moment(), act: 'kill' });
  const reloads = changes.map(moment).sort((a, b) => a - b);
  for (const [index, config] of changes.entries()) orders.push({ at: reloads[index] ?? 0, act: 'reload', config });
  return orders.sort((a, b) => a.at - b.at);
}
