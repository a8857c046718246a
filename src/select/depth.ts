import type { Upstream } from '../model/pairing.ts';
import { type Rung, rungs } from './place.ts';
import type { Terms } from './terms.ts';

/** Public providers stand this much deeper, below every rung of the private ones, where signed bytes are kept private. */
const publicDepth = 2 * rungs.blocked.rank + 2;

/** Above all others: the preferred provider, on whatever rung down to probation. */
const preferredHeight = 100;

/** Above all that serve, below the preferred: the one this client's writes went to. */
const favouredHeight = 50;

/** A share of probation stands just above the tier it is a share of. */
const shareDepths = { primary: -1, backup: 2 * rungs.backup.rank - 1 } as const;

/**
 * How deep a rung stands for one upstream; the shallowest are drawn from. Two steps to a rung, so that primaries come
 * before backups where a rung holds both.
 */
export function restingDepth(upstream: Upstream, rung: Rung, terms: Terms): number {
  const isMixed = rung.resort === 'probation' || rung.resort === 'lagging';
  const isKeptBack = terms.keepsPrivate && upstream.endpoint.writes !== 'private';
  return 2 * rung.rank + (isMixed && upstream.endpoint.tier === 'backup' ? 1 : 0) + (isKeptBack ? publicDepth : 0);
}

/**
 * The depth at which an upstream is offered to this attempt: raised where it is preferred, or where its share of probation
 * falls to this call. Both are of first attempts only; a share is of reads only, since a write is better off with an
 * upstream that is known to work. Draws a random number for each upstream in probation.
 */
export function offeredDepth(upstream: Upstream, rung: Rung, terms: Terms): number {
  const depth = restingDepth(upstream, rung, terms);
  const { need, sight } = terms;
  if (sight.asked.length > 0 || rung.rank > rungs.probation.rank) return depth;
  if (upstream.endpoint.provider === need.prefer) return depth - preferredHeight;
  if (upstream.endpoint.key === need.favour && rung.rank <= rungs.backup.rank) return depth - favouredHeight;
  const isShare = rung === rungs.probation && need.kind === 'read' && sight.random() < upstream.share;
  return isShare ? shareDepths[upstream.endpoint.tier] : depth;
}

/** True for the depth of a share of probation. */
export function isShareDepth(depth: number): boolean {
  return depth === shareDepths.primary || depth === shareDepths.backup;
}
