import { classifyCall } from '../classify/classify-call.ts';
import type { AccountStatus } from '../model/account.ts';
import type { ChainView, UpstreamView } from '../model/chain-view.ts';
import type { UpstreamKey } from '../model/names.ts';
import type { ChainStatus, ConfigurationStatus, StatusReport, UpstreamStatus } from '../model/status-report.ts';
import type { UpstreamUsage } from '../model/usage.ts';
import { needFor } from '../path/call-plan.ts';
import { unsteered } from '../path/steering.ts';
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import { explainPick } from '../select/explain-pick.ts';
import type { BuiltChain } from './build-chain.ts';
import { describeAll, describeChain } from './describe-chain.ts';

/** What a status report is read off. */
export interface StatusSources {
  chains(): readonly BuiltChain[];
  readonly clock: Clock;
  readonly random: Random;
  /** Of the gateway. */
  readonly version: string;
  isDraining(): boolean;
  /** Whether three hosts or more cannot be reached from here: no route, no resolver. */
  isOurTrouble(): boolean;
  configuration(): ConfigurationStatus;
  accounts(): readonly AccountStatus[];
  usage(): ReadonlyMap<UpstreamKey, UpstreamUsage>;
  /** Milliseconds since 1970. */
  countedSince(): number;
}

/** Reports what operators want to know, all of one moment. Reads memory only; costs a fraction of a millisecond per upstream. */
export function reportStatus(sources: StatusSources, startedAt: number): StatusReport {
  const { clock, version } = sources;
  const usage = sources.usage();
  const trouble = sources.isOurTrouble() ? 'ours' : 'none';
  const state = sources.isDraining() ? 'draining' : 'serving';
  const chains = sources.chains().map((chain): ChainStatus => {
    const { upstreams, ...view } = chain.control.view();
    const plight = describeChain({ ...view, upstreams }, trouble);
    return { ...view, ...plight, next: nextAsked(chain, sources), upstreams: upstreamStatuses(upstreams, usage) };
  });
  return {
    version: 1,
    at: isoOf(clock.wall()),
    ...describeAll(chains, state),
    gateway: { version, startedAt: isoOf(startedAt), state },
    configuration: sources.configuration(),
    countedSince: isoOf(sources.countedSince()),
    chains,
    accounts: sources.accounts(),
  };
}

/** Whom the chain's own question for its newest block would be sent to, were it a client's. */
function nextAsked({ lane }: BuiltChain, { clock, random }: StatusSources): readonly UpstreamKey[] {
  const { method, params } = lane.spec.head;
  const classified = classifyCall(lane.spec, { id: undefined, method, params: Buffer.from(params) });
  const sight = { asked: [], load: lane.load, now: clock.now(), random };
  return explainPick(lane.pairing(), needFor(lane, classified, unsteered), sight)
    .filter(({ verdict }) => verdict === 'eligible')
    .sort((a, b) => (a.score ?? Number.POSITIVE_INFINITY) - (b.score ?? Number.POSITIVE_INFINITY))
    .map(({ upstream }) => upstream.endpoint.key);
}

function upstreamStatuses(
  views: ChainView['upstreams'],
  usages: ReadonlyMap<UpstreamKey, UpstreamUsage>,
): readonly UpstreamStatus[] {
  const usageOf = ({ endpoint }: UpstreamView): UpstreamUsage => usages.get(endpoint.key) ?? unused;
  const all = views.reduce((sum, view) => sum + usageOf(view).callsPerSecond, 0);
  return views.map((view) => upstreamStatus(view, { usage: usageOf(view), all }));
}

const unused: UpstreamUsage = {
  callsPerSecond: 0,
  callsToday: {},
  errorsToday: [],
  trend: { everyMs: 0, callsPerSecond: [], p95Ms: [] },
};

function upstreamStatus(
  { endpoint, transitions, ...view }: UpstreamView,
  { usage, all }: { readonly usage: UpstreamUsage; readonly all: number },
): UpstreamStatus {
  const { key, provider, name, tier, group, weight, kind } = endpoint;
  return {
    upstream: key,
    provider,
    endpoint: name,
    tier,
    interface: endpoint.interface,
    group,
    weight,
    kind,
    ...view,
    ...(all > 0 && { share: Math.round((usage.callsPerSecond / all) * 1000) / 1000 }),
    usage,
    transitions: transitions.map(({ at, ...rest }) => ({ ...rest, at: isoOf(at) })),
  };
}

function isoOf(wallMs: number): string {
  return new Date(wallMs).toISOString();
}
