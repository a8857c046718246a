import type { FinalizedReading } from './finality.ts';
import type { Witness } from './witness.ts';

/** What a chain's upstreams agree is final. */
export interface FinalizedState {
  readonly finalized?: number;
  readonly hash?: string;
  /** Polls in a row that showed less than what was agreed before. */
  readonly falls: number;
  /** The greatest reach each witness ever showed: who falls below its own word contradicts itself. */
  readonly reached: ReadonlyMap<string, number>;
}

/** The present readings of the fresh witnesses, highest first. */
export interface FinalizedInputs {
  readonly witnesses: readonly Witness<FinalizedReading>[];
  readonly configured: number;
  readonly tip: number | undefined;
  readonly bound: number;
  /** Heights from here on are disputed without a majority: nothing new is final there. */
  readonly disputed: number | undefined;
  /** `poll`: a new reading came in; `other`: something else changed, which counts for nothing against what was agreed. */
  readonly cause: 'poll' | 'other';
}

/** The next state; `set-aside`: the chain is not the one the height was agreed on. */
export interface FinalizedStep {
  readonly state: FinalizedState;
  readonly result: 'kept' | 'set-aside';
}

/** Nothing was observed yet. */
export const unknownFinalized: FinalizedState = { falls: 0, reached: new Map() };

/** Polls, of each fresh witness on average, that must show a fall. */
const fallPolls = 3;

/**
 * Judges the agreed finalized height by the rule of the tip: one witness, its own; two, the higher within the bound, else
 * the lower; more, the second highest. Never above the tip.
 *
 * It never falls, unless for three polls every fresh witness is below it and it is plain that none of them is merely
 * behind: two say so, or the only one configured, or one that said more before. Never throws.
 */
export function judgeFinalized(prev: FinalizedState, inputs: FinalizedInputs): FinalizedStep {
  const agreed = agreedOf(inputs);
  if (agreed === undefined) return { state: prev, result: 'kept' };
  const reached = reachedBy(prev.reached, inputs.witnesses);
  const known = prev.finalized;
  if (known === undefined || agreed.height >= known) {
    const hash = agreed.height === known ? (agreed.hash ?? prev.hash) : agreed.hash;
    return { state: stateOf(agreed.height, hash, reached), result: 'kept' };
  }
  if (!isContradicted(known, reached, inputs)) return { state: { ...prev, reached, falls: 0 }, result: 'kept' };
  const falls = inputs.cause === 'poll' ? prev.falls + 1 : prev.falls;
  if (falls < fallPolls * inputs.witnesses.length) return { state: { ...prev, reached, falls }, result: 'kept' };
  return { state: stateOf(agreed.height, agreed.hash, reachedBy(new Map(), inputs.witnesses)), result: 'set-aside' };
}

function stateOf(finalized: number, hash: string | undefined, reached: ReadonlyMap<string, number>): FinalizedState {
  return { finalized, ...(hash === undefined ? {} : { hash }), falls: 0, reached };
}

function agreedOf(inputs: FinalizedInputs): FinalizedReading | undefined {
  const [first, second, third] = inputs.witnesses;
  if (first === undefined) return undefined;
  const isFirst =
    second === undefined || (third === undefined && first.head.height - second.head.height <= inputs.bound);
  const chosen = isFirst ? first.head : second.head;
  const limit = Math.min(chosen.height, inputs.tip ?? chosen.height, (inputs.disputed ?? Number.POSITIVE_INFINITY) - 1);
  if (limit < 0) return undefined;
  return limit === chosen.height ? chosen : { height: limit, reach: chosen.reach };
}

function isContradicted(known: number, reached: ReadonlyMap<string, number>, inputs: FinalizedInputs): boolean {
  const { witnesses, configured } = inputs;
  if (witnesses.some((witness) => witness.head.reach >= known)) return false;
  if (witnesses.length >= Math.min(2, configured)) return true;
  return witnesses.some((witness) => witness.head.reach < (reached.get(witness.name) ?? 0));
}

function reachedBy(
  before: ReadonlyMap<string, number>,
  witnesses: readonly Witness<FinalizedReading>[],
): ReadonlyMap<string, number> {
  const reached = new Map(before);
  for (const { name, head } of witnesses) reached.set(name, Math.max(head.reach, reached.get(name) ?? 0));
  return reached.size === before.size && witnesses.every((one) => before.get(one.name) === reached.get(one.name))
    ? before
    : reached;
}

/** Forgets what witnesses reached that are no longer configured. */
export function keepWitnesses(state: FinalizedState, names: ReadonlySet<string>): FinalizedState {
  const reached = new Map([...state.reached].filter(([name]) => names.has(name)));
  return { ...state, reached };
}
