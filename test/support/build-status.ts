import type { ChainStatus, StatusReport, UpstreamStatus } from '../../src/model/status-report.ts';
import type { UpstreamUsage } from '../../src/model/usage.ts';
import { buildChainView, buildUpstreamView } from './build-view.ts';

const usage: UpstreamUsage = {
  callsPerSecond: 4,
  p95Ms: 43,
  callsToday: { client: 1200, poll: 300 },
  errorsToday: [],
  trend: { everyMs: 10_000, callsPerSecond: [1, 2, 3, 4], p95Ms: [40, null, 41, 43] },
};

/** An upstream that serves, as `/api/status` shows it, with what a test says of it. */
export function buildUpstreamStatus(index: number, traits: Partial<UpstreamStatus> = {}): UpstreamStatus {
  const { endpoint, transitions: _, ...view } = buildUpstreamView(index);
  const { key, provider, name, tier, group, weight, kind } = endpoint;
  return {
    ...view,
    upstream: key,
    provider,
    endpoint: name,
    tier,
    interface: endpoint.interface,
    group,
    weight,
    kind,
    share: 0.5,
    usage,
    transitions: [],
    ...traits,
  };
}

/** A chain that is well, with these upstreams. */
export function buildChainStatus(upstreams: readonly UpstreamStatus[], traits: Partial<ChainStatus> = {}): ChainStatus {
  const { upstreams: _, ...view } = buildChainView([]);
  const next = upstreams.map(({ upstream }) => upstream);
  return { ...view, condition: 'well', whose: 'nobody', sentence: 'serving from all', next, upstreams, ...traits };
}

/** A report of these chains. */
export function buildStatus(chains: readonly ChainStatus[], traits: Partial<StatusReport> = {}): StatusReport {
  const at = '2026-01-02T03:04:05.000Z';
  return {
    version: 1,
    at,
    condition: 'well',
    whose: 'nobody',
    sentence: 'All is well.',
    gateway: { version: '1.2.3', startedAt: at, state: 'serving' },
    configuration: { revision: 1, takenAt: at },
    countedSince: at,
    chains,
    accounts: [],
    ...traits,
  };
}
