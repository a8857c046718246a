import type { UpstreamKey } from '../model/names.ts';
import type { Pairing } from '../model/pairing.ts';
import type { Need } from '../model/pick.ts';
import { judgePlace } from './judge-place.ts';
import { rungs } from './place.ts';
import { type Sight, servedHeight, termsOf } from './terms.ts';

/** Upstreams that could be asked a call without a last resort, by whether their heads have reached a height. */
export interface Reach {
  readonly at: readonly UpstreamKey[];
  /** How many have not. */
  readonly below: number;
}

/** Says who has reached a height, of those a call could be sent to; the need itself must name none. One pass; never throws. */
export function reachOf(pairing: Pairing, need: Need, { height, sight }: { height: number; sight: Sight }): Reach {
  const terms = termsOf(pairing, need, sight);
  const at: UpstreamKey[] = [];
  let below = 0;
  for (const upstream of pairing.upstreams) {
    const place = judgePlace(upstream, terms);
    if (place.kind === 'nowhere' || place.rank > rungs.lagging.rank) continue;
    if ((servedHeight(upstream, pairing.tip) ?? -1) >= height) at.push(upstream.endpoint.key);
    else below += 1;
  }
  return { at, below };
}
