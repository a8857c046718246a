import type { Upstream } from '../model/pairing.ts';
import { isHeldOff } from './pace.ts';
import { nowheres, type Place, type Rung, rungs } from './place.ts';
import { servedHeight, type Terms } from './terms.ts';

/**
 * Says where an upstream stands for one call: the lowest of the rungs its defects put it on, or nowhere.
 *
 * Identity, conviction and the operator's word are final. Everything else the gateway concluded by itself lowers an
 * upstream and never takes it away (the floor). Allocates nothing; never throws.
 */
export function judgePlace(upstream: Upstream, terms: Terms): Place {
  return (
    barred(upstream, terms.sight.now) ??
    notForThisCall(upstream, terms) ??
    lastResort(upstream, terms) ??
    servingPlace(upstream, terms)
  );
}

/** Whoever may be asked nothing at all. */
function barred(upstream: Upstream, now: number): Place | undefined {
  if (upstream.cordoned) return nowheres.cordoned;
  if (upstream.heldOff?.floor === 'closed' && isHeldOff(upstream, now)) return nowheres['budget-spent'];
  if (upstream.standing === 'quarantined') return nowheres.quarantined;
  if (upstream.identity === 'wrong') return nowheres['wrong-identity'];
  if (upstream.identity === 'unknown') return nowheres['identity-unknown'];
  if (upstream.standing === 'unproven') return nowheres.unproven;
  return undefined;
}

/** Whoever this call, or the operator, rules out; and what is full. */
function notForThisCall(upstream: Upstream, terms: Terms): Place | undefined {
  const { endpoint } = upstream;
  const { need, sight } = terms;
  if (sight.asked.includes(endpoint.index)) return nowheres['already-asked'];
  if (need.exclude.has(endpoint.provider)) return nowheres.excluded;
  if (need.groups?.has(endpoint.group) === false) return nowheres['other-group'];
  if (endpoint.allow?.has(need.method) === false || endpoint.deny?.has(need.method)) return nowheres['method-denied'];
  if (terms.addon !== undefined && !endpoint.addons.has(terms.addon)) return nowheres['missing-addon'];
  const isKept = need.kind !== 'read' || terms.keepsPrivate;
  if (isKept && !takesWrite(upstream, terms)) return nowheres['writes-not-taken'];
  if (terms.isRange && isBelow(upstream, terms)) return nowheres['height-not-reached'];
  if (need.atLeast !== undefined && isBelowHeight(upstream, need.atLeast, terms)) return nowheres['height-not-reached'];
  // One that lacks the method answers so, which is an answer; but it is no second opinion.
  if (sight.asked.length > 0 && upstream.unsupported.has(need.method)) return nowheres['method-unsupported'];
  if (sight.among === 'answering' && !sight.load.answersWell(endpoint.index, sight.now)) {
    return nowheres['no-recent-answer'];
  }
  const isFull = sight.load.inFlight(endpoint.index) >= endpoint.maxInFlight;
  if (isFull || sight.load.isAccountFull(endpoint.index)) return nowheres['at-concurrency'];
  return undefined;
}

function takesWrite(upstream: Upstream, terms: Terms): boolean {
  const { writes } = upstream.endpoint;
  if (writes === 'never') return false;
  return writes === 'private' || !terms.keepsPrivate || terms.need.publicFallback === true;
}

/** The two lowest rungs, where calls are paced. */
function lastResort(upstream: Upstream, terms: Terms): Place | undefined {
  const { index } = upstream.endpoint;
  const { load, now } = terms.sight;
  const heldOff = isHeldOff(upstream, now);
  const isSlowed = heldOff || load.pace.rateWaitMs(upstream, now) > 0;
  if (isSlowed && load.pace.lastResortWaitMs(index, now) > 0) {
    const isOurLimit = !heldOff && upstream.standing !== 'blocked' && load.pace.isOverAccount(index, now);
    return isOurLimit ? nowheres['over-rate'] : nowheres.paced;
  }
  if (upstream.standing === 'blocked') {
    return load.inFlight(index) < load.pace.room(index) ? rungs.blocked : nowheres.paced;
  }
  if (!isSlowed) return undefined;
  return heldOff ? rungs.heldOff : rungs.overRate;
}

function servingPlace(upstream: Upstream, terms: Terms): Place {
  const defect = heightDefect(upstream, terms) ?? methodDefect(upstream, terms);
  if (defect !== undefined) return defect;
  if (upstream.standing === 'probation') return rungs.probation;
  return upstream.endpoint.tier === 'primary' ? rungs.primary : rungs.backup;
}

function heightDefect(upstream: Upstream, terms: Terms): Rung | undefined {
  const { tip } = terms;
  if (terms.atTip) {
    if (upstream.outlier) return rungs.outlier;
    if (upstream.lagging) return rungs.lagging;
    if (upstream.head === undefined && tip !== undefined) return rungs.lagging;
  }
  if (isBelow(upstream, terms)) return rungs.belowHeight;
  if (terms.oldest === undefined || tip === undefined || upstream.endpoint.history === undefined) return undefined;
  return terms.oldest < tip - upstream.endpoint.history ? rungs.shortHistory : undefined;
}

function isBelow(upstream: Upstream, terms: Terms): boolean {
  return terms.height !== undefined && isBelowHeight(upstream, terms.height, terms);
}

function isBelowHeight(upstream: Upstream, height: number, { tip }: Terms): boolean {
  return (servedHeight(upstream, tip) ?? -1) < height;
}

function methodDefect(upstream: Upstream, terms: Terms): Rung | undefined {
  const { method } = terms.need;
  if (upstream.unsupported.has(method)) return rungs.unsupported;
  const avoidedUntil = upstream.avoided.get(method);
  return avoidedUntil !== undefined && avoidedUntil > terms.sight.now ? rungs.avoided : undefined;
}
