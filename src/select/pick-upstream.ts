import type { Pairing, Upstream } from '../model/pairing.ts';
import type { Need, Pick } from '../model/pick.ts';
import { isShareDepth, offeredDepth } from './depth.ts';
import { drawUpstream, type Found } from './draw.ts';
import { judgePlace } from './judge-place.ts';
import { type Rung, rungs } from './place.ts';
import { refuseAll } from './refuse-all.ts';
import { type Sight, termsOf } from './terms.ts';

/**
 * Chooses the upstream a call is sent to next, or says why there is none.
 *
 * Order of resort: serving primaries, serving backups, probation, lagging or avoided, held off, blocked; backups only when no
 * primary is eligible for this very call. An upstream in probation is offered its share of first attempts as if it served.
 * One that was asked, is not confirmed, is quarantined, cordoned or unproven is never chosen. Whenever anything else could
 * answer, somebody is picked, save where pace or concurrency forbid it just now. One pass; never throws.
 */
export function pickUpstream(pairing: Pairing, need: Need, sight: Sight): Pick {
  const terms = termsOf(pairing, need, sight);
  const found: Upstream[] = [];
  let rung: Rung = rungs.blocked;
  let shallowest = Number.POSITIVE_INFINITY;
  let usable = 0;
  let lastResorts = 0;
  let isServed = false;
  for (const upstream of pairing.upstreams) {
    const place = judgePlace(upstream, terms);
    if (place.kind === 'nowhere') continue;
    if (place.rank <= rungs.lagging.rank) usable += 1;
    else lastResorts += 1;
    if (place.rank <= rungs.backup.rank) isServed = true;
    const depth = offeredDepth(upstream, place, terms);
    if (depth > shallowest) continue;
    if (depth < shallowest) found.length = 0;
    shallowest = depth;
    rung = place;
    found.push(upstream);
  }
  if (!isFound(found)) return refuseAll(pairing, terms);
  const upstream = drawUpstream(found, { resort: rung.resort, class: need.class, sight });
  const resort = isServed && isShareDepth(shallowest) ? upstream.endpoint.tier : rung.resort;
  return { kind: 'picked', upstream, resort, askable: usable > 0 ? usable : lastResorts };
}

function isFound(found: readonly Upstream[]): found is Found {
  return found.length > 0;
}
