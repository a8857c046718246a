import type { MethodClass } from '../model/method-policy.ts';
import type { Upstream } from '../model/pairing.ts';
import type { Resort } from '../model/pick.ts';
import type { Sight } from './terms.ts';

/** Scores within this factor of each other are alike: noise does not decide, the draw by weight does. */
const alike = 1.25;

/** Weights below this are taken as this. */
const leastWeight = 0.001;

/** Candidates of one rung: at least one. */
export type Found = readonly [Upstream, ...Upstream[]];

/** What a draw looks at. */
export interface Draw {
  readonly resort: Resort;
  readonly class: MethodClass;
  readonly sight: Sight;
}

/**
 * Chooses among upstreams of one rung, which must not be empty. Never throws.
 *
 * The one soonest free among those held off; the least recently failed among the blocked; the most advanced where all lag;
 * the first of the file where its tier is `listed`; else the better of two drawn by weight, so that no two gateways herd
 * onto the same best one.
 */
export function drawUpstream(found: Found, draw: Draw): Upstream {
  if (found.length === 1) return found[0];
  switch (draw.resort) {
    case 'held-off':
      return leastBy(found, (upstream) => upstream.heldOff?.until ?? 0);
    case 'blocked':
      return leastBy(found, (upstream) => upstream.lastFailedAt);
    case 'lagging':
      return drawSteady(found, draw) ?? leastBy(found, (upstream) => (upstream.outlier ? 0 : -(upstream.head ?? 0)));
    case 'primary':
    case 'backup':
    case 'probation':
      return drawServing(found, draw);
  }
}

/**
 * What two drawn upstreams are compared by, lower is better: expected milliseconds, times one more than the calls in
 * flight per unit of weight. At rest weights decide by the draw alone, under load by the calls in flight.
 */
export function scoreOf(upstream: Upstream, methodClass: MethodClass, sight: Pick<Sight, 'load' | 'now'>): number {
  const { index, weight } = upstream.endpoint;
  const inFlight = sight.load.inFlight(index) / Math.max(weight, leastWeight);
  return sight.load.expectedMs(index, methodClass, sight.now) * (inFlight + 1);
}

/** Draws among those that are on this rung for another reason than their head, if there are any. */
function drawSteady(found: Found, draw: Draw): Upstream | undefined {
  const [first, ...others] = found.filter((upstream) => !upstream.lagging && !upstream.outlier);
  return first === undefined ? undefined : drawServing([first, ...others], draw);
}

function drawServing(found: Found, draw: Draw): Upstream {
  if (found.length === 1) return found[0];
  return found.find((upstream) => upstream.endpoint.listed) ?? betterOfTwo(found, draw);
}

function betterOfTwo(found: Found, draw: Draw): Upstream {
  const { sight } = draw;
  const first = drawByWeight(found, undefined, sight);
  const second = drawByWeight(found, first, sight);
  const firstScore = scoreOf(first, draw.class, sight);
  const secondScore = scoreOf(second, draw.class, sight);
  return secondScore * alike < firstScore ? second : first;
}

function drawByWeight(found: Found, except: Upstream | undefined, sight: Sight): Upstream {
  let total = 0;
  for (const upstream of found) if (upstream !== except) total += Math.max(upstream.endpoint.weight, leastWeight);
  let left = sight.random() * total;
  let last: Upstream = found[0];
  for (const upstream of found) {
    if (upstream === except) continue;
    last = upstream;
    left -= Math.max(upstream.endpoint.weight, leastWeight);
    if (left < 0) return upstream;
  }
  return last;
}

function leastBy(found: Found, measure: (upstream: Upstream) => number): Upstream {
  let least = found[0];
  for (const upstream of found) if (measure(upstream) < measure(least)) least = upstream;
  return least;
}
