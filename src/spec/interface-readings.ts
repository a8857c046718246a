import { type ChainDocument, type InterfaceDocument, type PointerText, pointerTo } from '../model/chain-document.ts';
import type { FinalityReading, InterfaceReadings } from '../model/chain-spec.ts';
import type { Interface } from '../model/names.ts';
import type { Complain } from './compiled.ts';
import { type ChainMarks, compileBlockByHeight, compileFinality, compileIdentity, compileReading } from './readings.ts';

/** What the readings of one interface take from the chain they are of. */
export interface ChainFacts {
  readonly marks: ChainMarks;
  /** The chain's own way to the finalized height. */
  readonly finality: FinalityReading;
  /** Blocks, for an interface that cannot be asked for finality where the chain's own way is to ask. */
  readonly safeDepth: number;
}

/**
 * The readings of every interface a document lists beyond its first; undefined where it lists no other.
 *
 * An interface without readings is complained of: its heads would be guesses. Readings of an interface that is not listed are
 * left aside, for a parent may speak more than its child.
 */
export function compilePerInterface(
  { interfaces = [], perInterface = {} }: Pick<ChainDocument, 'interfaces' | 'perInterface'>,
  facts: ChainFacts,
  complain: Complain,
): ReadonlyMap<Interface, InterfaceReadings> | undefined {
  const [, ...others] = interfaces;
  if (others.length === 0) return undefined;
  return new Map(
    others.flatMap((name) => {
      const path = pointerTo('/perInterface', name);
      const said = perInterface[name];
      if (said !== undefined) return [[name, compileReadings(said, facts, below(path, complain))] as const];
      complain(path, `is missing; say how identity and head are read over ${name}, or take it out of "interfaces"`);
      return [];
    }),
  );
}

function compileReadings(said: InterfaceDocument, facts: ChainFacts, complain: Complain): InterfaceReadings {
  const { identity, head, finality, blockByHeight } = said;
  return {
    identity: compileIdentity(identity, facts.marks, complain),
    head: compileReading(head, '/head', complain),
    finality: (finality && compileFinality(finality, complain)) ?? withoutReading(facts),
    ...(blockByHeight && { blockByHeight: compileBlockByHeight(blockByHeight, '/blockByHeight', complain) }),
  };
}

/** A reading is of one interface; a depth and an instant are of all. */
function withoutReading({ finality, safeDepth }: ChainFacts): FinalityReading {
  return finality.kind === 'read' ? { kind: 'depth', depth: safeDepth } : finality;
}

/** Problems by where they stand in the document; what a mark stands for is missing at its top. */
function below(path: PointerText, complain: Complain): Complain {
  return (inner, message) =>
    complain(inner === '/chainId' || inner === '/genesis' ? inner : `${path}${inner}`, message);
}
