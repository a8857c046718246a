import type { Pairing, Upstream } from '../model/pairing.ts';
import type { Pick, Refusal, RefusalReason } from '../model/pick.ts';
import { judgePlace } from './judge-place.ts';
import { isHeldOff } from './pace.ts';
import type { Terms } from './terms.ts';

/** When to come back where a probe, a first proof or a free slot may be there by then, in milliseconds. */
const soonMs = 1000;

/** When to come back where only an operator or the call itself stands in the way, in milliseconds. */
const laterMs = 5000;

/** Says why nobody may be asked, upstream by upstream, and when somebody may be. Never throws. */
export function refuseAll(pairing: Pairing, terms: Terms): Extract<Pick, { kind: 'nobody' }> {
  const refusals: Refusal[] = [];
  let soonest = Number.POSITIVE_INFINITY;
  for (const upstream of pairing.upstreams) {
    const { reason } = judgePlace(upstream, terms);
    if (reason === undefined) continue;
    refusals.push({ upstream, reason });
    soonest = Math.min(soonest, waitMs(upstream, reason, terms));
  }
  return { kind: 'nobody', refusals, retryAfterMs: Number.isFinite(soonest) ? soonest : laterMs };
}

function waitMs(upstream: Upstream, reason: RefusalReason, terms: Terms): number {
  const { load, now } = terms.sight;
  switch (reason) {
    case 'paced':
      if (isHeldOff(upstream, now)) return (upstream.heldOff?.until ?? now) - now;
      return load.pace.rateWaitMs(upstream, now) || soonMs;
    case 'over-rate':
      return load.pace.rateWaitMs(upstream, now);
    case 'at-concurrency':
    case 'unproven':
    case 'identity-unknown':
      return soonMs;
    default:
      return Number.POSITIVE_INFINITY;
  }
}
