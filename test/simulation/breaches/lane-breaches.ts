import type { ChainView } from '../../../src/model/chain-view.ts';
import type { GatewayEvent } from '../../../src/model/events.ts';
import type { Upstream } from '../../../src/model/pairing.ts';
import type { Verdict } from '../../../src/model/verdict.ts';
import type { Lane } from '../../../src/path/lane.ts';
import type { Breach } from '../world/breach.ts';

/** The path sees every upstream as something it is not. */
export function seenAs(change: (upstream: Upstream) => Upstream): Breach {
  return { lane: (lane) => ({ ...lane, pairing: () => changed(lane, change) }) };
}

function changed(lane: Lane, change: (upstream: Upstream) => Upstream): ReturnType<Lane['pairing']> {
  const pairing = lane.pairing();
  return { ...pairing, upstreams: pairing.upstreams.map(change) };
}

/** Calls wait for no proof, and every upstream is taken for one of its chain that serves. */
export function askedUnproven(): Breach {
  const believe = (upstream: Upstream): Upstream => ({ ...upstream, identity: 'confirmed', standing: 'serving' });
  return {
    lane: (lane) => ({
      ...lane,
      isProven: () => true,
      unready: () => undefined,
      pairing: () => changed(lane, believe),
    }),
  };
}

/** Nobody remembers what was shown of the newest block. */
export function forgetfulOfHeads(): Breach {
  return {
    lane: (lane) => ({
      ...lane,
      shownHead: { newest: 0, isBehind: () => false, tell: () => undefined, toldAbove: () => undefined },
    }),
  };
}

/** Verdicts of some kind are told to the control plane as if the upstream were to blame. */
export function blamed(isMeant: (verdict: Verdict) => boolean): Breach {
  return {
    fold: (event: GatewayEvent) => {
      if (event.kind !== 'attempt-failed' || !isMeant(event.verdict)) return event;
      return { ...event, verdict: { ...event.verdict, meaning: 'server-error', blame: 'upstream', holdOff: false } };
    },
  };
}

/** Operators are shown something else than what is so. */
export function shownAs(change: (view: ChainView) => ChainView): Breach {
  return { view: change };
}
