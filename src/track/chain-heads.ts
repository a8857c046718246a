import type { TrackerId } from '../model/names.ts';
import type { FinalizedReading } from './finality.ts';
import { type FinalizedState, judgeFinalized, unknownFinalized } from './finalized.ts';
import { type FinalTestimony, type ForkState, nextForks, noForks } from './forks.ts';
import type { HeadState } from './head.ts';
import { judgeStandpoint, type Standpoint, unknownStandpoint } from './standpoint.ts';
import { judgeTip, type TipState, unknownTip } from './tip.ts';
import type { TrackPolicy } from './track-policy.ts';
import { gatherWitnesses, type Testimony, type Witness } from './witness.ts';

/** What one tracker knows at one moment. */
export interface TrackerSight {
  readonly tracker: TrackerId;
  readonly witness: string;
  readonly kind: 'single' | 'pool';
  /** `fresh`: identity confirmed, not quarantined, not held off, last poll answered. */
  readonly standing: 'fresh' | 'not-fresh';
  readonly head: HeadState;
  readonly finalized?: FinalizedReading;
  readonly pollMs: number;
}

/** What a chain's trackers amount to. */
export interface HeadsState {
  readonly tip: TipState;
  readonly finalized: FinalizedState;
  readonly forks: ForkState;
  readonly standpoints: ReadonlyMap<TrackerId, Standpoint>;
  /** The fresh witnesses' finalized blocks, highest first. */
  readonly finalWitnesses: readonly Witness<FinalizedReading>[];
}

/** All trackers' sights, and what made us look. Monotonic and wall clock in milliseconds. */
export interface HeadsInputs {
  readonly sights: readonly TrackerSight[];
  readonly configured: number;
  readonly now: number;
  readonly wall: number;
  readonly cause: 'poll' | 'other';
}

/** The next state; `set-aside`: the agreed finalized height fell for good. */
export interface HeadsStep {
  readonly state: HeadsState;
  readonly result: 'kept' | 'set-aside';
}

/** Nothing was observed yet. */
export const unknownHeads: HeadsState = {
  tip: unknownTip,
  finalized: unknownFinalized,
  forks: noForks,
  standpoints: new Map(),
  finalWitnesses: [],
};

/**
 * Judges tip, finalized height and every tracker's standpoint from what the trackers know now.
 *
 * Whoever is on another branch below finality (F-195) is no witness, and counts as an outlier. Never throws.
 */
export function judgeHeads(prev: HeadsState, inputs: HeadsInputs, policy: TrackPolicy): HeadsStep {
  const fresh = inputs.sights.filter((sight) => sight.standing === 'fresh');
  const forks = nextForks(prev.forks, finalTestimonies(fresh));
  const honest = fresh.filter((sight) => !forks.forked.has(sight.tracker));
  const around = { ...policy, wall: inputs.wall };
  const tipBy = (heard: readonly TrackerSight[]): TipState =>
    judgeTip(prev.tip, { ...inputs, witnesses: gatherWitnesses(headsOf(heard), around) }, policy);
  const tip = tipBy(honest);
  const finalWitnesses = gatherWitnesses(finalizedOf(honest), around);
  const { state: finalized, result } = judgeFinalized(prev.finalized, {
    witnesses: finalWitnesses,
    configured: inputs.configured,
    tip: tip.tip,
    bound: policy.bound,
    disputed: forks.disputed,
    cause: inputs.cause,
  });
  const tipWith = (sight: TrackerSight): number | undefined => tipBy([...honest, sight]).tip;
  const standpoints = standpointsOf(prev, { tip: tip.tip, tipWith, forks, inputs }, policy);
  return { state: { tip, finalized, forks, finalWitnesses, standpoints }, result };
}

function headsOf(sights: readonly TrackerSight[]): readonly Testimony[] {
  return sights.flatMap(({ witness, head }) => (head.head === undefined ? [] : [{ witness, head: head.head }]));
}

function finalizedOf(sights: readonly TrackerSight[]): readonly Testimony<FinalizedReading>[] {
  return sights.flatMap(({ witness, finalized }) => (finalized === undefined ? [] : [{ witness, head: finalized }]));
}

function finalTestimonies(sights: readonly TrackerSight[]): readonly FinalTestimony[] {
  return sights.flatMap(({ tracker, witness, finalized }) =>
    finalized?.hash === undefined ? [] : [{ tracker, witness, height: finalized.height, hash: finalized.hash }],
  );
}

interface Judged {
  readonly tip: number | undefined;
  readonly forks: ForkState;
  readonly inputs: HeadsInputs;
  /** The tip there would be if one more were heard. */
  tipWith(sight: TrackerSight): number | undefined;
}

function standpointsOf(prev: HeadsState, judged: Judged, policy: TrackPolicy): ReadonlyMap<TrackerId, Standpoint> {
  const standpoints = new Map<TrackerId, Standpoint>();
  for (const sight of judged.inputs.sights) {
    const before = prev.standpoints.get(sight.tracker) ?? unknownStandpoint;
    const standpoint = standpointOf(before, { sight, judged }, policy);
    const isForked = judged.forks.forked.has(sight.tracker);
    standpoints.set(sight.tracker, isForked ? { ...standpoint, outlier: true } : standpoint);
  }
  return standpoints;
}

/**
 * Only its probes show the head of who is away, and they fail on a head that is implausible or stands still. Both are
 * measured against the tip there would be if it were heard: a tip that nobody fresh stands for, or that one alone holds
 * down, must keep nobody away who has gone on with the chain.
 */
function standpointOf(
  before: Standpoint,
  { sight, judged }: { readonly sight: TrackerSight; readonly judged: Judged },
  policy: TrackPolicy,
): Standpoint {
  const { head, kind, pollMs, standing } = sight;
  const seen = { head, kind, pollMs, now: judged.inputs.now };
  const { behindSince, ...rest } = judgeStandpoint(before, { ...seen, tip: judged.tip }, policy);
  const isSuspect = rest.outlier || behindSince !== undefined;
  if (standing === 'fresh' || !isSuspect) return behindSince === undefined ? rest : { ...rest, behindSince };
  const heard = judgeStandpoint(before, { ...seen, tip: judged.tipWith(sight) }, policy);
  const { outlier } = heard;
  return { ...rest, outlier, ...(heard.behindSince === undefined ? {} : { behindSince: heard.behindSince }) };
}
