import { nextPace, type Pace } from './pace.ts';
import type { TrackPolicy } from './track-policy.ts';
import { nearestInTime, type Witness } from './witness.ts';

/** Why a tip rests on less than it should. */
export type TipDegraded = 'no-witness' | 'single-witness' | 'heads-disagree' | 'one-witness-ahead';

/** What a chain's upstreams agree is its newest block. */
export interface TipState {
  readonly tip?: number;
  /** Its hash, where all who speak of that height say the same: two of them, or the only one. */
  readonly hash?: string;
  readonly degraded?: TipDegraded;
  readonly pace?: Pace;
}

/** The fresh witnesses, highest first, and how many there could be. */
export interface TipInputs {
  readonly witnesses: readonly Witness[];
  readonly configured: number;
  /** Monotonic and wall clock, milliseconds. */
  readonly now: number;
  readonly wall: number;
}

/** A height chosen, before its hash is looked for. */
interface Choice {
  readonly tip: number;
  readonly degraded?: TipDegraded;
  readonly pace?: Pace;
}

/** Nothing was observed yet. */
export const unknownTip: TipState = {};

/**
 * Judges the tip from the heads of the fresh witnesses.
 *
 * None: the tip stands. One: its head. Two: the higher while both are within the bound; else the one whose newest block is
 * by far nearest to now, else the one that was followed there step by step, else the lower. Three or more: the second highest, so
 * one liar can neither raise the tip nor hold it down; the highest only once it has gone on alone, at the chain's own pace,
 * while the second stood still. While the witnesses stay and no head falls, the tip does not fall, save when the second
 * goes on again after that. Never throws.
 */
export function judgeTip(prev: TipState, inputs: TipInputs, policy: TrackPolicy): TipState {
  const choice = chooseTip(prev, inputs, policy);
  if (choice === undefined) return standingTip(prev);
  const hash = agreedHash(inputs.witnesses, choice.tip);
  return { ...choice, ...(hash === undefined ? {} : { hash }) };
}

function chooseTip(prev: TipState, inputs: TipInputs, policy: TrackPolicy): Choice | undefined {
  const [first, second, third] = inputs.witnesses;
  if (first === undefined) return undefined;
  if (second === undefined) return tipOfOne(first, inputs);
  const pace = nextPace(prev.pace, { first, second, now: inputs.now }, policy);
  if (third === undefined) return tipOfTwo([first, second], { pace, wall: inputs.wall }, policy);
  return tipOfMany([first, second], pace);
}

function tipOfOne(witness: Witness, inputs: TipInputs): Choice {
  const tip = witness.head.height;
  return inputs.configured > 1 ? { tip, degraded: 'single-witness' } : { tip };
}

function tipOfTwo(
  [first, second]: readonly [Witness, Witness],
  seen: { readonly pace: Pace; readonly wall: number },
  policy: TrackPolicy,
): Choice {
  const { pace } = seen;
  if (pace.gap <= policy.bound) return { tip: first.head.height, pace };
  const likelier = nearestInTime([first.head, second.head], { ...policy, wall: seen.wall });
  const followed = pace.followed === 'yes' ? first.head : second.head;
  return { tip: (likelier ?? followed).height, degraded: 'heads-disagree', pace };
}

function tipOfMany([first, second]: readonly [Witness, Witness], pace: Pace): Choice {
  if (pace.followed === 'yes' && pace.gap > 0) return { tip: first.head.height, degraded: 'one-witness-ahead', pace };
  return { tip: second.head.height, pace };
}

function standingTip(prev: TipState): TipState {
  if (prev.tip === undefined) return unknownTip;
  return { tip: prev.tip, ...(prev.hash === undefined ? {} : { hash: prev.hash }), degraded: 'no-witness' };
}

/** A head at the tip speaks for its hash, a head one above it for the hash of its parent. */
function agreedHash(witnesses: readonly Witness[], tip: number): string | undefined {
  const said: string[] = [];
  for (const { head } of witnesses) {
    if (head.height === tip && head.hash !== undefined) said.push(head.hash);
    if (head.height === tip + 1 && head.parent !== undefined) said.push(head.parent);
  }
  const [hash, another] = said;
  if (hash === undefined || (another === undefined && witnesses.length > 1)) return undefined;
  return said.every((one) => one === hash) ? hash : undefined;
}
