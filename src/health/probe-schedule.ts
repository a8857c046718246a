import type { UpstreamKey } from '../model/names.ts';
import type { HealthPolicy } from '../model/settings.ts';
import { shortenedBy } from './jitter.ts';

/** Where a blocked upstream stands in its schedule of probes. */
export interface SchedulePlace {
  readonly key: UpstreamKey;
  readonly trips: number;
  /** Probes failed since the block. */
  readonly failedProbes: number;
}

/**
 * Milliseconds until the next probe of a blocked upstream: 2, 4, 8 … 60 s, the start doubled by each further trip up to 5 min.
 *
 * Monotone in both numbers, and never longer than the cap: the jitter of an upstream is a constant of its key and only
 * shortens. A start above the cap of the schedule (many trips) is the interval.
 */
export function probeDelayMs(place: SchedulePlace, policy: HealthPolicy): number {
  const start = doubled(policy.probeFirstMs, place.trips - 1, policy.probeTripMaxMs);
  const cap = Math.max(policy.probeMaxMs, start);
  return shortenedBy(doubled(start, place.failedProbes, cap), policy.probeJitter, place.key);
}

/** `first` doubled `times` times, at most `max`; a negative `times` is none. */
export function doubled(first: number, times: number, max: number): number {
  return Math.min(max, first * 2 ** Math.max(0, times));
}
