import type { ChainHealth } from '../health/chain-health.ts';
import { heldOff, standingOf } from '../health/upstream-health.ts';
import type { Endpoint } from '../model/endpoint.ts';
import type { UpstreamKey } from '../model/names.ts';
import type { Load } from '../select/load.ts';
import type { ChainHeads, PollResult, UpstreamFacts } from '../track/tracking.ts';

/** Tells the health of every upstream that shares the URL how a poll of it ended. */
export function foldPoll(health: ChainHealth, { upstreams, outcome, sentAt, at }: PollResult): void {
  for (const upstream of upstreams) {
    if (outcome.kind === 'answered') {
      health.fold({ kind: 'poll-answered', upstream, at, sentAt });
      continue;
    }
    const { verdict, detail, connection, failure } = outcome;
    const broken = outcome.broken !== undefined;
    health.fold({
      kind: 'poll-failed',
      upstream,
      at,
      sentAt,
      verdict,
      detail,
      connection,
      broken,
      ...(failure !== undefined && { failure }),
    });
  }
}

/** Tells the request path which upstreams answered a poll: a backup that no call was sent to yet may be the last way on. */
export function notePoll(load: Load, endpoints: readonly Endpoint[], { upstreams, outcome, sentAt }: PollResult): void {
  if (outcome.kind !== 'answered') return;
  for (const { key, index } of endpoints) if (upstreams.includes(key)) load.pollAnswered(index, sentAt);
}

/** Tells the health of every upstream how its head stands against the tip. */
export function foldHeads(health: ChainHealth, heads: ChainHeads, at: number): void {
  for (const { endpoint } of health.views()) {
    const seen = heads.upstreams[endpoint.index];
    if (seen?.head === undefined) continue;
    const { lagging, outlier, behindSince } = seen;
    health.fold({ kind: 'head-judged', upstream: endpoint.key, at, lagging, outlier, behindSince });
  }
}

/** What the track room must know of an upstream to believe its head. */
export function factsOf(health: ChainHealth, upstream: UpstreamKey, at: number): UpstreamFacts {
  const state = health.views().find(({ endpoint }) => endpoint.key === upstream);
  if (state === undefined) return { identity: 'unknown', quarantined: false, heldOff: false };
  return {
    identity: state.identity,
    quarantined: standingOf(state).kind === 'quarantined',
    heldOff: heldOff(state, at) !== undefined,
  };
}
