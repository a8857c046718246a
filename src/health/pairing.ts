import type { ChainName } from '../model/names.ts';
import type { ChainState, Pairing, Upstream } from '../model/pairing.ts';
import type { HealthPolicy } from '../model/settings.ts';
import type { HoldOff, Standing } from '../model/standing.ts';
import { admittedRateAt } from './hold-off.ts';
import { heldOff, type UpstreamHealth } from './upstream-health.ts';

/** Everything a Pairing is made of, at one moment. */
export interface PairingInputs {
  readonly chain: ChainName;
  readonly at: number;
  readonly policy: HealthPolicy;
  readonly state: ChainState;
  readonly epoch?: number | undefined;
  readonly tip?: number | undefined;
  readonly finalized?: number | undefined;
  readonly degraded?: string | undefined;
  /** By `endpoint.index`. */
  readonly upstreams: readonly UpstreamFacts[];
}

/** One upstream: what the health room knows of it, and what the track room does. */
export interface UpstreamFacts {
  readonly health: UpstreamHealth;
  readonly head?: number | undefined;
  readonly finalized?: number | undefined;
  readonly lagging: boolean;
  readonly outlier: boolean;
}

/** Changes in when a blocked upstream last failed that are worth a new snapshot. */
const failureGrainMs = 1000;

/**
 * The next snapshot: every upstream is in it, whatever its standing, so that no mechanism can take away a chain's last way to answer.
 *
 * An upstream that shows nothing new keeps its object, and the snapshot itself is returned unchanged, with its revision, where
 * nothing in it is new.
 */
export function nextPairing(previous: Pairing | undefined, inputs: PairingInputs): Pairing {
  const upstreams = inputs.upstreams.map((facts, index) => {
    const shown = showUpstream(facts, inputs.at, inputs.policy);
    const before = previous?.upstreams[index];
    return before !== undefined && isShownAlike(before, shown) ? before : shown;
  });
  if (previous !== undefined && isSamePairing(previous, inputs, upstreams)) return previous;
  return {
    chain: inputs.chain,
    revision: (previous?.revision ?? 0) + 1,
    state: inputs.state,
    ...(inputs.epoch === undefined ? {} : { epoch: inputs.epoch }),
    ...(inputs.tip === undefined ? {} : { tip: inputs.tip }),
    ...(inputs.finalized === undefined ? {} : { finalized: inputs.finalized }),
    ...(inputs.degraded === undefined ? {} : { degraded: inputs.degraded }),
    upstreams,
  };
}

/** One upstream as a Pairing shows it at `at`. */
export function showUpstream(facts: UpstreamFacts, at: number, policy: HealthPolicy): Upstream {
  const { health } = facts;
  const { standing } = health.course;
  const held = heldOff(health, at);
  const admittedRate = admittedRateAt(health.holdOff, at, policy);
  return {
    endpoint: health.endpoint,
    standing: standing.kind,
    share: shareOf(standing, policy),
    identity: health.identity,
    ...(held === undefined ? {} : { heldOff: held }),
    cordoned: health.cordoned,
    ...(facts.head === undefined ? {} : { head: facts.head }),
    ...(facts.finalized === undefined ? {} : { finalized: facts.finalized }),
    lagging: facts.lagging || health.saysBehind,
    outlier: facts.outlier,
    avoided: health.avoidance.avoided,
    unsupported: health.unsupported.names,
    ...(admittedRate === undefined ? {} : { admittedRate }),
    lastFailedAt: health.lastFailedAt,
    generation: health.generation,
  };
}

/** True where a reader of the Pairing could not tell the two apart. When it last failed matters among the blocked only. */
export function isShownAlike(a: Upstream, b: Upstream): boolean {
  return (
    a.endpoint === b.endpoint &&
    a.generation === b.generation &&
    a.standing === b.standing &&
    a.share === b.share &&
    a.identity === b.identity &&
    a.cordoned === b.cordoned &&
    a.head === b.head &&
    a.finalized === b.finalized &&
    a.lagging === b.lagging &&
    a.outlier === b.outlier &&
    a.avoided === b.avoided &&
    a.unsupported === b.unsupported &&
    a.admittedRate === b.admittedRate &&
    isSameHoldOff(a.heldOff, b.heldOff) &&
    (a.standing !== 'blocked' || Math.abs(a.lastFailedAt - b.lastFailedAt) < failureGrainMs)
  );
}

function isSameHoldOff(a: HoldOff | undefined, b: HoldOff | undefined): boolean {
  return a?.until === b?.until && a?.reason === b?.reason && a?.floor === b?.floor;
}

function isSamePairing(previous: Pairing, inputs: PairingInputs, upstreams: readonly Upstream[]): boolean {
  return (
    previous.chain === inputs.chain &&
    previous.state === inputs.state &&
    previous.epoch === inputs.epoch &&
    previous.tip === inputs.tip &&
    previous.finalized === inputs.finalized &&
    previous.degraded === inputs.degraded &&
    previous.upstreams.length === upstreams.length &&
    previous.upstreams.every((upstream, index) => upstream === upstreams[index])
  );
}

function shareOf(standing: Standing, policy: HealthPolicy): number {
  if (standing.kind === 'serving') return 1;
  return standing.kind === 'probation' ? policy.probationShares[standing.step] : 0;
}
