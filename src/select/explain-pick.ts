import type { Pairing, Upstream } from '../model/pairing.ts';
import type { Need, RefusalReason, Resort } from '../model/pick.ts';
import { restingDepth } from './depth.ts';
import { scoreOf } from './draw.ts';
import { judgePlace } from './judge-place.ts';
import { type Place, rungs } from './place.ts';
import { type Sight, termsOf } from './terms.ts';

/** How one upstream stands for a call that might be made. */
export interface ExplainedUpstream {
  readonly upstream: Upstream;
  /** `eligible`: it is among those the next attempt is drawn from; `waiting`: others come first; `refused`: not asked. */
  readonly verdict: 'eligible' | 'waiting' | 'refused';
  /** The rung it stands on; absent where it is not asked. */
  readonly resort?: Resort;
  /** Why it is no higher; absent for a serving primary with nothing against it. */
  readonly reason?: RefusalReason;
  /** What two upstreams of one rung are compared by; lower is better. Absent until observed. */
  readonly score?: number;
}

/**
 * Says of every upstream, in the order of the file, where it stands for a call and why. Draws nothing, changes nothing,
 * never throws. The offer of a share of probation and the preference of a first attempt, which are of one call only, are left out.
 */
export function explainPick(pairing: Pairing, need: Need, sight: Sight): readonly ExplainedUpstream[] {
  const terms = termsOf(pairing, need, sight);
  const standing = pairing.upstreams.map((upstream) => {
    const place = judgePlace(upstream, terms);
    const depth = place.kind === 'rung' ? restingDepth(upstream, place, terms) : Number.POSITIVE_INFINITY;
    return { upstream, place, depth };
  });
  const shallowest = Math.min(...standing.map(({ depth }) => depth));
  return standing.map(({ upstream, place, depth }) => {
    const verdict = verdictOf(place, depth - shallowest);
    const reason = verdict === 'eligible' && isOrdinary(place) ? undefined : place.reason;
    const score = selectionScore(upstream, need.class, sight);
    return {
      upstream,
      verdict,
      ...(place.kind === 'rung' && { resort: place.resort }),
      ...(reason !== undefined && { reason }),
      ...(score !== undefined && { score }),
    };
  });
}

/** What selection compares an upstream by for calls of a class; lower is better; undefined until observed. For a gauge. */
export function selectionScore(
  upstream: Upstream,
  methodClass: Need['class'],
  sight: Pick<Sight, 'load' | 'now'>,
): number | undefined {
  const isObserved = sight.load.hasObserved(upstream.endpoint.index, methodClass);
  return isObserved ? scoreOf(upstream, methodClass, sight) : undefined;
}

function verdictOf(place: Place, below: number): ExplainedUpstream['verdict'] {
  if (place.kind === 'nowhere') return 'refused';
  return below === 0 ? 'eligible' : 'waiting';
}

/** True where the rung is the whole story: nothing speaks against the upstream once its turn has come. */
function isOrdinary(place: Place): boolean {
  return place.kind === 'rung' && place.rank <= rungs.probation.rank;
}
