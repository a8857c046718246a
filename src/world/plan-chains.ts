import type { ChainDocuments } from '../model/chain-document.ts';
import type { ChainSettings, Settings } from '../model/settings.ts';
import type { ChainPlan } from './build-chain.ts';
import { endpointsOf, type TrackerNames, type Wire } from './endpoints.ts';
import { isSame } from './plan-reload.ts';
import { StartError, specOf } from './specs.ts';

/** A chain's plan, and where its upstreams' bytes go. */
export interface WiredPlan extends ChainPlan {
  readonly wires: readonly Wire[];
}

/** What plans are made with. */
export interface PlanParts {
  readonly documents: ChainDocuments;
  readonly trackers: TrackerNames;
}

/**
 * What each chain is built from, in the order of the file.
 * @throws StartError where a chain has no spec.
 */
export function planChains(chains: readonly ChainSettings[], { documents, trackers }: PlanParts): readonly WiredPlan[] {
  return chains.map((settings) => ({
    settings,
    spec: specOf(documents, settings),
    ...endpointsOf(settings, trackers),
  }));
}

/**
 * Settings whose chains all have names: chains that came as bare URLs are the ones that were told apart at the start.
 * @throws StartError where the URLs are others now.
 */
export function withKnownNames(next: Settings, now: Settings): Settings {
  const chains = next.chains.map((chain) => {
    if (chain.detect !== true) return chain;
    const known = now.chains.find(({ endpoints }) => isSame(endpoints, chain.endpoints));
    if (known === undefined) throw new StartError('which chain bare URLs are of is found out at the start only');
    return known;
  });
  return chains.every((chain, at) => chain === next.chains[at]) ? next : { ...next, chains };
}

/** The present URLs, and before them those that are needed besides: each URL once, so that the present ones decide. */
export function joinWires(present: readonly Wire[], besides: readonly Wire[]): readonly Wire[] {
  const known = new Set(present.map(({ tracker }) => tracker));
  const others = new Map(besides.filter(({ tracker }) => !known.has(tracker)).map((wire) => [wire.tracker, wire]));
  return [...others.values(), ...present];
}
