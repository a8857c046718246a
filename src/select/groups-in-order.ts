import type { Pairing } from '../model/pairing.ts';
import { type Need, resorts } from '../model/pick.ts';
import { pickUpstream } from './pick-upstream.ts';
import type { Sight } from './terms.ts';

/** The groups a call could be sent to, the best first. Those from `ready` on could only answer as a last resort. */
export interface OrderedGroups {
  readonly groups: readonly string[];
  readonly ready: number;
}

/** Orders groups as a choice would fall on them, one after another; a group of which nobody may be asked is left out. Never throws. */
export function groupsInOrder(pairing: Pairing, need: Need, sight: Sight): OrderedGroups {
  const left = new Set(pairing.upstreams.map(({ endpoint }) => endpoint.group));
  const groups: string[] = [];
  let ready = 0;
  for (;;) {
    const pick = pickUpstream(pairing, { ...need, groups: left }, sight);
    if (pick.kind === 'nobody' || !left.delete(pick.upstream.endpoint.group)) return { groups, ready };
    groups.push(pick.upstream.endpoint.group);
    if (resorts.indexOf(pick.resort) <= resorts.indexOf('lagging')) ready = groups.length;
  }
}
