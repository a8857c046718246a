import type { Endpoint } from '../model/endpoint.ts';
import type { Head } from '../model/head.ts';
import type { TrackerId } from '../model/names.ts';
import { clockSkewMs, type TrackPolicy } from './track-policy.ts';

/** What can be testified to: a newest block, or a finalized one. */
export interface Shown {
  readonly height: number;
  readonly timeMs?: number;
}

/** One independent voice about the chain: all trackers of one operator, with the block they stand for. */
export interface Witness<Block extends Shown = Head> {
  readonly name: string;
  readonly head: Block;
}

/** One fresh tracker's block, under the name of the witness it belongs to. */
export interface Testimony<Block extends Shown = Head> {
  readonly witness: string;
  readonly head: Block;
}

/** How far apart two heads may be, in blocks and in time, and our wall clock, against which the times of blocks are held. */
export interface Surroundings extends Pick<TrackPolicy, 'bound' | 'standStillMs'> {
  readonly wall: number;
}

/**
 * Names the witness each tracker belongs to. Providers of one group are one witness, and so are providers that share a
 * URL; where all endpoints are of one group, each tracker is one.
 */
export function nameWitnesses(endpoints: readonly Endpoint[]): ReadonlyMap<TrackerId, string> {
  const groups = new Set(endpoints.map((endpoint) => endpoint.group));
  const names = new Map<TrackerId, string>();
  for (const { tracker, group } of endpoints) {
    const joined = names.get(tracker);
    const name = groups.size === 1 ? tracker : nameOfGroup(names, endpoints, group);
    if (joined === undefined || joined === name) names.set(tracker, name);
    else renameAll(names, name, joined);
  }
  return names;
}

function nameOfGroup(names: ReadonlyMap<TrackerId, string>, endpoints: readonly Endpoint[], group: string): string {
  const sibling = endpoints.find((endpoint) => endpoint.group === group && names.has(endpoint.tracker));
  return (sibling === undefined ? undefined : names.get(sibling.tracker)) ?? group;
}

function renameAll(names: Map<TrackerId, string>, from: string, to: string): void {
  for (const [tracker, name] of names) if (name === from) names.set(tracker, to);
}

/** Gathers the heads of fresh trackers into witnesses, highest head first; equal heads in the order of their names. */
export function gatherWitnesses<Block extends Shown>(
  testimonies: readonly Testimony<Block>[],
  around: Surroundings,
): readonly Witness<Block>[] {
  const heads = new Map<string, Block[]>();
  for (const { witness, head } of testimonies) {
    const others = heads.get(witness);
    if (others === undefined) heads.set(witness, [head]);
    else others.push(head);
  }
  const witnesses: Witness<Block>[] = [];
  for (const [name, own] of heads) {
    const head = spokenFor(own, around);
    if (head !== undefined) witnesses.push({ name, head });
  }
  return witnesses.sort((a, b) => b.head.height - a.head.height || (a.name < b.name ? -1 : 1));
}

/** The head an operator stands for: the highest of its own, unless that one is alone and far from the others. */
function spokenFor<Block extends Shown>(heads: readonly Block[], around: Surroundings): Block | undefined {
  const [first, second] = [...heads].sort((a, b) => b.height - a.height);
  if (first === undefined || second === undefined || first.height - second.height <= around.bound) return first;
  return heads.length === 2 ? (nearestInTime([first, second], around) ?? second) : second;
}

/**
 * Of two heads far apart, the one whose newest block is nearest to now and not in the future; undefined where the times
 * do not decide. A block without a time, or one more than 15 s ahead of us, proves nothing. Nor does a lead shorter than
 * heads must stand still for: polls show the times of blocks at different moments, and who is honestly ahead by more than
 * the bound is ahead by far longer.
 */
export function nearestInTime<Block extends Shown>(
  [first, second]: readonly [Block, Block],
  { wall, standStillMs }: Pick<Surroundings, 'wall' | 'standStillMs'>,
): Block | undefined {
  const ageOfFirst = ageOf(first, wall);
  const ageOfSecond = ageOf(second, wall);
  if (ageOfFirst + standStillMs <= ageOfSecond && Number.isFinite(ageOfFirst)) return first;
  if (ageOfSecond + standStillMs <= ageOfFirst && Number.isFinite(ageOfSecond)) return second;
  return undefined;
}

function ageOf({ timeMs }: Shown, wall: number): number {
  return timeMs === undefined || timeMs > wall + clockSkewMs ? Number.POSITIVE_INFINITY : Math.abs(wall - timeMs);
}
