import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Client, ClientRates } from '../model/client.ts';
import type { ClientLimits, OverLimit } from '../ports/client-limits.ts';

/** What a failing limiter answers: a second, after which its window has passed. In milliseconds. */
const windowMs = 1000;

/** A rate that is counted apart from others: what is used of one says nothing of another. */
type Kind = 'callsPerSecond' | 'costPerSecond';

/**
 * Counts in this process. Each client has its own count in each window of one second, so that a flood uses up its own and
 * nobody else's; what was refused is not counted.
 */
export function createClientLimits(): ClientLimits {
  const limiters = new Map<string, RateLimiterMemory>();
  const inFlight = new Map<string, number>();
  const limiterOf = (kind: Kind, points: number): RateLimiterMemory => {
    const name = `${kind}/${points}`;
    const known = limiters.get(name);
    if (known !== undefined) return known;
    const made = new RateLimiterMemory({ keyPrefix: name, points, duration: windowMs / 1000 });
    limiters.set(name, made);
    return made;
  };
  const spend = async (client: Client, kind: Kind, units: number): Promise<OverLimit | undefined> => {
    const points = client.rates?.[kind];
    if (points === undefined) return undefined;
    const limiter = limiterOf(kind, points);
    try {
      // A call dearer than the whole rate takes all of it: it is slow, not impossible.
      await limiter.consume(client.bucket, Math.min(units, points));
      return undefined;
    } catch (over) {
      return { retryAfterMs: over instanceof RateLimiterRes ? Math.max(1, over.msBeforeNext) : windowMs };
    }
  };
  return {
    async take(client, cost) {
      return (await spend(client, 'callsPerSecond', 1)) ?? (await spend(client, 'costPerSecond', cost));
    },
    enter(client) {
      const most = concurrencyOf(client.rates);
      const present = inFlight.get(client.bucket) ?? 0;
      if (present >= most) return false;
      inFlight.set(client.bucket, present + 1);
      return true;
    },
    leave({ bucket }) {
      const left = (inFlight.get(bucket) ?? 1) - 1;
      if (left > 0) inFlight.set(bucket, left);
      else inFlight.delete(bucket);
    },
  };
}

function concurrencyOf(rates: ClientRates | undefined): number {
  return rates?.concurrency ?? Number.POSITIVE_INFINITY;
}
