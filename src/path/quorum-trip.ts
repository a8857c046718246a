import { needOf } from '../classify/block-need.ts';
import type { ClassifiedCall } from '../model/call.ts';
import type { Need } from '../model/pick.ts';
import type { Quorum } from '../model/quorum.ts';
import type { Emit } from '../ports/emit.ts';
import type { Random } from '../ports/random.ts';
import { groupsInOrder, type OrderedGroups } from '../select/groups-in-order.ts';
import { needFor } from './call-plan.ts';
import { fixBlock } from './fix-block.ts';
import type { Lane } from './lane.ts';
import type { BallotDeps } from './quorum-ballots.ts';
import { noReadFault, tooFewAskable, tooFewGroups } from './quorum-fault.ts';
import { commonHeight } from './quorum-height.ts';
import { seekQuorum } from './seek-quorum.ts';
import { refused, type Serve, type Served, type Trip } from './trip.ts';

/** What quorums need of the world. */
export interface QuorumDeps extends BallotDeps {
  readonly random: Random;
  readonly emit: Emit;
}

/**
 * Answers a read by what several independent providers agree on, where the configuration or the client asks for it. What asks for none
 * passes as it is.
 *
 * Each answer is of a group of its own, and all are asked at the same block.
 */
export function createQuorumTrip(deps: QuorumDeps, inner: Serve): Serve {
  const layer: Layer = { ...deps, told: new WeakMap() };
  return (trip) => {
    const quorum = quorumOf(trip);
    return quorum === undefined ? inner(trip) : serveQuorum(layer, inner, { trip, quorum });
  };
}

/** The layer, as its parts see it. */
interface Layer extends QuorumDeps {
  /** The newest height at which quorums of a chain were answered: what they show does not go back when a slower group joins in. */
  readonly told: WeakMap<Lane['shownHead'], number>;
}

/** The quorum a call needs: its client's, else the configured one of its method; undefined where any one answer will do. */
export function quorumOf({ steering, lane, classified }: Trip): Quorum | undefined {
  if (steering.quorum !== undefined) return steering.quorum;
  const { quorum } = lane.settings;
  if (quorum === undefined || !Object.hasOwn(quorum, classified.call.method)) return undefined;
  return quorum[classified.call.method];
}

interface Wanted {
  readonly trip: Trip;
  readonly quorum: Quorum;
}

async function serveQuorum(deps: Layer, inner: Serve, { trip, quorum }: Wanted): Promise<Served> {
  const { lane, classified } = trip;
  if (classified.policy.kind !== 'read') return refused(noReadFault);
  const configured = configuredGroups(trip);
  if (configured < quorum.agree) return refused(tooFewGroups(quorum, configured));
  const fixed = fixedFor(deps, { trip, quorum });
  const ordered = groupsFor(deps, { ...trip, classified: fixed });
  if (ordered.groups.length < quorum.agree) return refused(tooFewAskable(quorum, ordered.groups.length));
  const height = fixed === classified ? undefined : heightOf(fixed, lane);
  const served = await seekQuorum(deps, inner, { trip: { ...trip, classified: fixed }, quorum, ordered, height });
  if (served.kind === 'answered' && height !== undefined) noteTold(deps, lane, height);
  return served;
}

function noteTold({ told }: Layer, { shownHead }: Lane, height: number): void {
  told.set(shownHead, Math.max(height, told.get(shownHead) ?? 0));
}

/** Groups the call may be sent to, be they well or not. */
function configuredGroups({ lane, steering }: Trip): number {
  const groups = new Set<string>();
  for (const { endpoint } of lane.pairing().upstreams) {
    if (!steering.exclude.has(endpoint.provider)) groups.add(endpoint.group);
  }
  return groups.size;
}

function groupsFor({ clock, random }: QuorumDeps, { lane, classified, steering, wish }: Trip): OrderedGroups {
  const need: Need = { ...needFor(lane, classified, steering), ...wish };
  return groupsInOrder(lane.pairing(), need, { asked: [], load: lane.load, now: clock.now(), random });
}

function fixedFor({ told }: Layer, { trip, quorum }: Wanted): ClassifiedCall {
  const { lane, classified, wish } = trip;
  const { spec } = lane;
  const pairing = lane.pairing();
  return fixBlock(classified, {
    family: spec.family,
    form: spec.head.quantity,
    latest: commonHeight(pairing, quorum, { atLeast: wish?.atLeast, told: told.get(lane.shownHead) ?? 0 }),
    finalized: pairing.finalized,
  });
}

/** The height a fixed call is read at, for the header that says so. */
function heightOf({ block }: ClassifiedCall, { spec }: Lane): number | undefined {
  const need = needOf(block, spec.family);
  return need.kind === 'at-least' ? need.height : undefined;
}
