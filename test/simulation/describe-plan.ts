import type { Order } from './world/draw-events.ts';
import { faultWords } from './world/fault.ts';
import type { ChainPlan, SimPlan } from './world/sim-plan.ts';

/** A world in a few lines: its chains, what is wrong with each URL and when, and what else happens. Times in seconds. */
export function describePlan(plan: SimPlan): readonly string[] {
  const { seed, chains, config, healAt, calls, orders, stalls } = plan;
  return [
    `seed ${seed}: all well at ${seconds(healAt)}`,
    ...chains.flatMap((chain) => [chainWords(chain), ...urlWords(chain)]),
    `${calls.count} calls${calls.bursts.map(({ at, count }) => `, ${count} more at ${seconds(at)}`).join('')}`,
    ...orders.map(orderWords),
    ...stalls.map(({ at, forMs }) => `the loop stands still ${span(at, at + forMs)}`),
    `configuration ${JSON.stringify(config)}`,
  ];
}

function chainWords({ name, history }: ChainPlan): string {
  const { mining, chainId } = history;
  const pace = mining.kind === 'paced' ? `a block every ${mining.blockTimeMs} ms` : 'blocks on demand';
  const halts = mining.kind === 'paced' ? mining.halts.map(({ from, to }) => `halts ${span(from, to)}`) : [];
  const resets = history.resetAt === undefined ? [] : [`begins anew at ${seconds(history.resetAt)}`];
  const reorgs = history.reorgs.map(({ at, depth }) => `reorg of ${depth} at ${seconds(at)}`);
  return `${name}: chain ${chainId}, ${[pace, ...halts, ...resets, ...reorgs].join(', ')}`;
}

function urlWords({ urls }: ChainPlan): readonly string[] {
  return urls.map(({ url, membersLagMs, program }) => {
    const phases = program.map(({ from, to, fault }) => `${faultWords(fault)} ${span(from, to)}`);
    const pool = membersLagMs.length > 1 ? ' (pool)' : '';
    return `${url}${pool}: ${phases.length === 0 ? 'sound' : phases.join(', ')}`;
  });
}

function orderWords(order: Order): string {
  const what = 'target' in order ? ` ${order.target.chain} ${order.target.provider}` : '';
  const change = 'config' in order ? ` to ${JSON.stringify(order.config)}` : '';
  return `${order.act}${what} at ${seconds(order.at)}${change}`;
}

function span(from: number, to: number): string {
  return `${seconds(from)}–${to === Number.POSITIVE_INFINITY ? 'ever' : seconds(to)}`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
