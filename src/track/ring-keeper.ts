import type { ChainName, TrackerId } from '../model/names.ts';
import type { Emit } from '../ports/emit.ts';
import type { TrackerSight } from './chain-heads.ts';
import {
  emptyRing,
  giveUpFork,
  placeBlock,
  type Ring,
  type RingPolicy,
  type RingStep,
  type ShownBlock,
} from './ring.ts';
import { addSighting } from './sighting.ts';
import { heightsMissed, type WantedBlock } from './wanted-block.ts';

/** What a ring is kept for. */
export interface RingPlan {
  readonly chain: ChainName;
  readonly needsRing: 'yes' | 'no';
  /** Whether heads name their parents: else heights may be skipped, and nothing is missed. */
  readonly links: 'named' | 'none';
}

const leastDepth = 128;
const mostDepth = 1024;

/** How many blocks the ring holds: at least 128, or as many as are not final yet (at most 1024). */
export function ringDepth(tip: number | undefined, finalized: number | undefined): number {
  const distance = tip === undefined || finalized === undefined ? 0 : tip - finalized;
  return Math.min(mostDepth, Math.max(leastDepth, distance));
}

/** Keeps one chain's ring: feeds it, and tells of reorgs and missed blocks as events. */
export class RingKeeper {
  readonly #plan: RingPlan;
  readonly #emit: Emit;
  /** What each tracker showed last, so that a head is fed once. */
  readonly #fed = new Map<TrackerId, string>();
  #ring: Ring;
  /** Below it no upstream has blocks to show. */
  #served = 0;
  #countedTo: number | undefined;

  constructor(plan: RingPlan, remembered: Ring, emit: Emit) {
    this.#plan = plan;
    this.#ring = remembered;
    this.#emit = emit;
  }

  get ring(): Ring {
    return this.#ring;
  }

  /** Adds the heads of fresh trackers that are no higher than the tip: what lies above is not agreed on yet. */
  feed(sights: readonly TrackerSight[], tip: number, policy: RingPolicy): void {
    if (tip < (this.#ring.blocks[0]?.height ?? 0)) this.clear();
    for (const { tracker, witness, standing, head } of sights) {
      const block = head.head;
      if (standing !== 'fresh' || block?.hash === undefined || block.height > tip) continue;
      const { height, hash, parent } = block;
      const shown = `${height}:${hash}`;
      if (this.#fed.get(tracker) === shown) continue;
      this.#fed.set(tracker, shown);
      this.#step(
        addSighting(this.#ring, { height, hash, witness, ...(parent === undefined ? {} : { parent }) }, policy),
      );
    }
    this.#countMissed(tip, policy);
  }

  /** Puts in a block that was read for a gap or a fork. */
  place(block: ShownBlock, policy: RingPolicy): void {
    this.#step(placeBlock(this.#ring, { ...block, sure: 'yes' }, policy));
  }

  /** Gives up on a block no upstream has. */
  unserved(wanted: WantedBlock): void {
    if (this.#ring.fork !== undefined) this.#step(giveUpFork(this.#ring));
    else this.#served = wanted.kind === 'linked' ? wanted.height : wanted.height + 1;
  }

  /** The lowest height worth filling. */
  floor(tip: number, depth: number): number {
    return Math.max(0, tip - depth + 1, this.#served);
  }

  /** Drops all blocks above a height. */
  rewind(to: number): void {
    this.#ring = { blocks: this.#ring.blocks.filter((block) => block.height <= to), claims: [] };
    this.#fed.clear();
  }

  /** Forgets what trackers showed that are no more. */
  retain(trackers: ReadonlySet<TrackerId>): void {
    for (const tracker of this.#fed.keys()) if (!trackers.has(tracker)) this.#fed.delete(tracker);
  }

  /** Forgets all blocks. */
  clear(): void {
    this.#ring = emptyRing;
    this.#served = 0;
    this.#countedTo = undefined;
    this.#fed.clear();
  }

  #step({ ring, reorg }: RingStep): void {
    this.#ring = ring;
    if (reorg !== undefined) this.#emit({ kind: 'reorg-seen', chain: this.#plan.chain, ...reorg });
  }

  /** Where the ring is filled, only what lies deeper than it reaches is missed. */
  #countMissed(tip: number, policy: RingPolicy): void {
    const from = this.#countedTo;
    if (from !== undefined && tip <= from) return;
    this.#countedTo = tip;
    if (from === undefined || this.#plan.links === 'none') return;
    const count =
      this.#plan.needsRing === 'yes' ? Math.max(0, tip - from - policy.depth) : heightsMissed(this.#ring, from, tip);
    if (count > 0) this.#emit({ kind: 'blocks-missed', chain: this.#plan.chain, count });
  }
}
