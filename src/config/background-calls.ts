import type { ChainSpec } from '../model/chain-spec.ts';
import type { ChainSettings } from '../model/settings.ts';

/** What the spec of a chain says about the calls that watch it. */
export type WatchFacts = Pick<ChainSpec, 'blockTimeMs' | 'finality' | 'identity' | 'health'>;

/** Calls the gateway sends to one provider of a chain on its own account, per day, while all is well. */
export interface BackgroundCalls {
  readonly provider: string;
  /** While clients use the chain. */
  readonly inUse: number;
  /** Once the chain has been idle for `background.idleAfter`. */
  readonly idle: number;
}

const dayMs = 86_400_000;

/** Heads are polled once per block, but no more often than every second and no less often than every ten. */
const shortestPollMs = 1_000;
const longestPollMs = 10_000;

/** Finalized heights are read this often at most. */
const shortestFinalizedPollMs = 5_000;

/**
 * The background calls to expect of each provider of a chain, in the order of the file: polls of heads and of finality, and
 * checks of identity and health. Traffic and WebSocket heads make polls fewer; probes of blocked upstreams come on top.
 *
 * Providers that share a URL share its polls, so it is counted for the first of them only. Never throws.
 */
export function expectedCalls(chain: ChainSettings, facts: WatchFacts): readonly BackgroundCalls[] {
  const cap = chain.background.maxCallsPerDay ?? Number.POSITIVE_INFINITY;
  const inUse = perEndpoint(chain, facts, Math.min(longestPollMs, Math.max(shortestPollMs, facts.blockTimeMs)));
  const idle = perEndpoint(chain, facts, chain.background.idlePollMs);
  return [...uniqueUrls(chain)].map(([provider, urls]) => ({
    provider,
    inUse: Math.min(cap, urls.size * inUse),
    idle: Math.min(cap, urls.size * Math.min(inUse, idle)),
  }));
}

function perEndpoint(chain: ChainSettings, { finality, identity, health }: WatchFacts, pollMs: number): number {
  const heads = dayMs / pollMs;
  const finalized = finality.kind === 'read' ? dayMs / Math.max(shortestFinalizedPollMs, pollMs) : 0;
  const questions = (identity[0]?.all.length ?? 1) + (health === undefined ? 0 : 1);
  const checks = (dayMs / chain.health.identityIntervalMs) * questions;
  return Math.round(heads + finalized + checks);
}

function uniqueUrls(chain: ChainSettings): ReadonlyMap<string, ReadonlySet<string>> {
  const seen = new Set<string>();
  const byProvider = new Map<string, Set<string>>();
  for (const { provider, url, headers } of chain.endpoints) {
    const urls = byProvider.get(provider) ?? new Set();
    byProvider.set(provider, urls);
    const identity = `${url} ${JSON.stringify(headers)}`;
    if (!seen.has(identity)) urls.add(identity);
    seen.add(identity);
  }
  return byProvider;
}
