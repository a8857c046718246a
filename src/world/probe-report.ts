import type { ChainView, UpstreamView } from '../model/chain-view.ts';
import type { Runtime } from './runtime.ts';

/** One round of probes, endpoint by endpoint, with names and no URLs. */
export interface RoundReport {
  /** True where every endpoint passed. */
  readonly ok: boolean;
  readonly chains: readonly {
    readonly chain: string;
    readonly tip: number | null;
    readonly endpoints: readonly EndpointReport[];
  }[];
}

/** What one endpoint's probe came to. */
export interface EndpointReport {
  readonly upstream: string;
  readonly tier: string;
  readonly ok: boolean;
  readonly identity: string;
  readonly head: number | null;
  readonly detail: string;
}

/** The longest wait for a first round, and how often it is looked at. */
const roundMs = 15_000;
const lookMs = 50;

/** Waits for every first probe to end, and for the tip of a chain of which somebody passed, and reports. */
export async function probeReport({ chains, clock }: Runtime): Promise<RoundReport> {
  const until = clock.now() + roundMs;
  const isOver = (): boolean => chains.every(({ control }) => isToldOf(control.view()));
  while (!isOver() && clock.now() < until) await new Promise<void>((resolve) => void clock.after(lookMs, resolve));
  const views = chains.map(({ control }) => control.view());
  const reports = views.map(({ chain, tip, upstreams }) => ({
    chain,
    tip: tip ?? null,
    endpoints: upstreams.map(reportEndpoint),
  }));
  return { ok: reports.every(({ endpoints }) => endpoints.every(({ ok }) => ok)), chains: reports };
}

function isToldOf({ probed, ready, tip }: ChainView): boolean {
  return probed && (!ready || tip !== undefined);
}

function reportEndpoint(view: UpstreamView): EndpointReport {
  return {
    upstream: view.endpoint.key,
    tier: view.endpoint.tier,
    ok: view.standing === 'serving',
    identity: view.identity,
    head: view.head ?? null,
    detail: view.sentence,
  };
}
