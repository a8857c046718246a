import { fractionOf } from '../model/fraction.ts';
import type { TrackerId } from '../model/names.ts';
import type { BackgroundSettings } from '../model/settings.ts';

/** How often one URL is asked, all in milliseconds. */
export interface PollPace {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** Least time between two readings of the finalized height. */
  readonly finalizedMs: number;
}

/** What the pace follows from. */
export interface PollPaceInputs {
  readonly blockTimeMs: number;
  readonly background: BackgroundSettings;
  /** `idle`: no client has called for `background.idleAfterMs`. */
  readonly traffic: 'idle' | 'busy';
  /** Whether finality takes a question of its own. */
  readonly finality: 'read' | 'reckoned';
  /** URLs of this chain that the same provider pays for. */
  readonly sharedBy: number;
}

const leastIntervalMs = 1000;
const mostIntervalMs = 10_000;
const mostTimeoutMs = 3000;
const finalizedEveryMs = 5000;
const dayMs = 86_400_000;

/** Polls in a row that client traffic may stand in for: hashes, times and clean polls come from polls alone. */
const mostSkips = 2;

/** While traffic stands in for polls, those of a URL lie no further apart. */
const mostApartMs = 10_000;

/**
 * How often a URL is polled: every block, at least every 10 s, at most every second; every `idlePollMs` while nobody calls.
 *
 * Where the provider's calls per day are limited, the interval grows until the polls of all its URLs on this chain fit,
 * readings of the finalized height included. Health is never concluded from that. Never throws.
 */
export function pollPace(inputs: PollPaceInputs): PollPace {
  const basic = Math.min(mostIntervalMs, Math.max(leastIntervalMs, inputs.blockTimeMs));
  const busy = inputs.traffic === 'busy' ? basic : Math.max(basic, inputs.background.idlePollMs);
  const intervalMs = Math.max(busy, affordableIntervalMs(inputs));
  return {
    intervalMs,
    timeoutMs: Math.min(mostTimeoutMs, Math.max(leastIntervalMs, basic)),
    finalizedMs: Math.max(finalizedEveryMs, intervalMs),
  };
}

function affordableIntervalMs({ background, finality, sharedBy }: PollPaceInputs): number {
  const most = background.maxCallsPerDay;
  if (most === undefined) return 0;
  const callsPerRound = (finality === 'read' ? 2 : 1) * sharedBy;
  return (dayMs * callsPerRound) / Math.max(1, most);
}

/**
 * When the next poll is due, after one that was sent at `sentAt`: the next point of the tracker's own grid that is not
 * past and at least half an interval later. The grid's phase hangs on the tracker's name alone, so that the polls of many
 * trackers and many processes spread without chance, and do not drift.
 */
export function nextPollAt(
  tracker: TrackerId,
  sent: { readonly sentAt: number; readonly now: number },
  intervalMs: number,
): number {
  const phase = fractionOf(tracker) * intervalMs;
  const earliest = Math.max(sent.now, sent.sentAt + intervalMs / 2);
  return phase + Math.ceil((earliest - phase) / intervalMs) * intervalMs;
}

/** A poll that is due. Monotonic milliseconds. */
export interface DuePoll {
  readonly at: number;
  /** When client traffic last showed a fresh head, if it did. */
  readonly trafficAt: number | undefined;
  /** When the last answered poll was sent. */
  readonly askedAt: number | undefined;
  /** Polls left out in a row before this one. */
  readonly skips: number;
}

/**
 * True where client traffic may stand in for a poll: it has just shown a fresh head, and the next poll is not too far from
 * the last one. An answer without a hash shows no reorg, and no wrong branch.
 */
export function maySkip(tracker: TrackerId, { at, trafficAt, askedAt, skips }: DuePoll, intervalMs: number): boolean {
  if (trafficAt === undefined || at - trafficAt > intervalMs || askedAt === undefined) return false;
  const nextAt = nextPollAt(tracker, { sentAt: at, now: at }, intervalMs);
  return skips < mostSkips && nextAt - askedAt <= mostApartMs;
}

/** True where polls see every block but for those they are left out for. A chain faster than its polls has gaps by nature. */
export function losesBlocksBySkips(intervalMs: number, blockTimeMs: number): boolean {
  return intervalMs <= blockTimeMs && 2 * intervalMs <= mostApartMs;
}

/** The wait after so many failures in a row: from two seconds, doubling to a minute, up to a fifth shorter by the name. */
export function backoffMs(tracker: TrackerId, failures: number, intervalMs: number): number {
  const doubled = Math.max(2000, intervalMs) * 2 ** Math.min(10, Math.max(0, failures - 1));
  return Math.max(intervalMs, Math.min(60_000, doubled) * (1 - 0.2 * fractionOf(tracker)));
}
