import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nextReconcile, startReconcile } from '../../src/track/reconcile.ts';
import {
  emptyRing,
  placeBlock,
  type Reorg,
  type Ring,
  type RingPolicy,
  type RingStep,
  topOf,
} from '../../src/track/ring.ts';
import { addSighting } from '../../src/track/sighting.ts';
import { wantedBlock } from '../../src/track/wanted-block.ts';

const policy: RingPolicy = { depth: 64, needed: 1, readable: 'blocks' };

/** The true chain: hashes by height, replaced from a height on by every reorg. */
class Truth {
  readonly #hashes: string[] = ['0-0'];
  #branch = 0;

  get height(): number {
    return this.#hashes.length - 1;
  }

  mine(count: number): void {
    for (let block = 0; block < count; block += 1) this.#hashes.push(`${this.#branch}-${this.#hashes.length}`);
  }

  /** Replaces the newest `depth` blocks, and adds one; answers the lowest height that was replaced. */
  reorg(depth: number): number {
    const from = Math.max(1, this.#hashes.length - depth);
    const replaced = this.#hashes.splice(from).length;
    this.#branch += 1;
    this.mine(replaced + 1);
    return from;
  }

  block(height: number): { readonly height: number; readonly hash: string; readonly parent?: string } {
    const hash = this.#hashes[height] ?? 'none';
    const parent = this.#hashes[height - 1];
    return { height, hash, ...(parent === undefined ? {} : { parent }) };
  }
}

const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: 1, max: 4 }).map((count) => ({ kind: 'mine' as const, count })) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 40 }).map((depth) => ({ kind: 'reorg' as const, depth })) },
  ),
  { minLength: 1, maxLength: 60 },
);

/** Shows the newest block, then reads whatever the ring wants. */
function follow(
  ring: Ring,
  truth: Truth,
): { readonly ring: Ring; readonly reorgs: readonly Reorg[]; readonly reads: number } {
  const reorgs: Reorg[] = [];
  const take = (step: RingStep): Ring => {
    if (step.reorg !== undefined) reorgs.push(step.reorg);
    return step.ring;
  };
  let here = take(addSighting(ring, { ...truth.block(truth.height), witness: 'a' }, policy));
  let reads = 0;
  for (;;) {
    const wanted = wantedBlock(here, { floor: 0, top: truth.height, fill: 'links' });
    if (wanted === undefined) return { ring: here, reorgs, reads };
    reads += 1;
    expect(reads).toBeLessThanOrEqual(policy.depth + 1);
    here = take(placeBlock(here, { ...truth.block(wanted.height), sure: 'yes' }, policy));
  }
}

describe('a ring that follows one witness', () => {
  test('holds the chain’s own blocks after every step, and tells each reorg once, with the lowest block it lost', () => {
    fc.assert(
      fc.property(steps, (walk) => {
        const truth = new Truth();
        let ring = emptyRing;
        for (const step of walk) {
          const before = ring;
          const lowest = step.kind === 'mine' ? undefined : truth.reorg(step.depth);
          if (step.kind === 'mine') truth.mine(step.count);
          const followed = follow(ring, truth);
          ring = followed.ring;
          const lost = before.blocks.filter((block) => lowest !== undefined && block.height >= lowest);
          const [first] = lost;
          const oldTop = topOf(before)?.height ?? 0;
          const expected = first === undefined ? [] : [{ height: first.height, depth: oldTop - first.height + 1 }];
          expect(followed.reorgs).toEqual(expected);
          for (const block of ring.blocks) expect(block.hash).toBe(truth.block(block.height).hash);
          expect(ring.blocks.length).toBeLessThanOrEqual(policy.depth);
        }
      }),
      { numRuns: 400 },
    );
  });

  test('heights rise, one block each, whatever is shown', () => {
    const sighting = fc.record({
      height: fc.nat(100),
      hash: fc.constantFrom('a', 'b', 'c'),
      parent: fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined }),
      witness: fc.constantFrom('x', 'y', 'z'),
    });
    fc.assert(
      fc.property(
        fc.array(sighting, { maxLength: 120 }),
        fc.constantFrom(1, 2) as fc.Arbitrary<1 | 2>,
        (seen, needed) => {
          let ring = emptyRing;
          for (const { parent, ...rest } of seen) {
            const shown = parent === undefined ? rest : { ...rest, parent };
            ring = addSighting(ring, shown, { ...policy, needed }).ring;
            const rising = ring.blocks.every((block, index) => block.height > (ring.blocks[index - 1]?.height ?? -1));
            expect(rising).toBe(true);
            expect(ring.blocks.length).toBeLessThanOrEqual(policy.depth);
            expect(ring.claims.length).toBeLessThanOrEqual(3 * 17);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('one liar beside two honest witnesses of a chain without reorgs', () => {
  test('makes no reorg, and no sure block that is not the chain’s', () => {
    const turns = fc.array(
      fc.record({
        who: fc.constantFrom('a', 'b', 'liar'),
        lie: fc.record({
          ahead: fc.integer({ min: -20, max: 3 }),
          hash: fc.constantFrom('u', 'v'),
          parent: fc.constantFrom('u', 'v'),
        }),
        mine: fc.nat(2),
      }),
      { maxLength: 120 },
    );
    fc.assert(
      fc.property(turns, (walk) => {
        const truth = new Truth();
        truth.mine(30);
        let ring = emptyRing;
        for (const { who, lie, mine } of walk) {
          truth.mine(mine);
          const lied = { height: Math.max(0, truth.height + lie.ahead), hash: lie.hash, parent: lie.parent };
          const shown = who === 'liar' ? lied : truth.block(truth.height);
          const step = addSighting(ring, { ...shown, witness: who }, { ...policy, needed: 2 });
          ring = step.ring;
          expect(step.reorg).toBeUndefined();
          for (const block of ring.blocks) {
            if (block.sure === 'yes') expect(block.hash).toBe(truth.block(block.height).hash);
          }
        }
      }),
      { numRuns: 400 },
    );
  });
});

describe('the comparison after a restart', () => {
  test('finds what a search of all blocks finds, with few questions', () => {
    const stored = fc.uniqueArray(fc.integer({ min: 0, max: 300 }), { maxLength: 130 });
    fc.assert(
      fc.property(stored, fc.integer({ min: -1, max: 301 }), fc.nat(400), (heights, fork, head) => {
        const blocks = [...heights].sort((a, b) => a - b).map((height) => ({ height, hash: `x${height}` }));
        const canonical = (height: number) => (height <= fork ? `x${height}` : `y${height}`);
        let state = startReconcile(blocks, head);
        let asked = 0;
        while (state.kind === 'asking') {
          expect(state.height).toBeLessThanOrEqual(head);
          asked += 1;
          state = nextReconcile(state, canonical(state.height));
        }
        const matching = blocks.filter((block) => block.height <= head && block.height <= fork);
        const last = matching.at(-1);
        if (last === undefined) expect(state.kind).toBe('clear');
        else if (last === blocks.at(-1)) expect(state).toEqual({ kind: 'keep' });
        else expect(state).toEqual({ kind: 'rewind', to: last.height });
        expect(asked).toBeLessThanOrEqual(Math.ceil(Math.log2(blocks.length + 1)) + 1);
      }),
      { numRuns: 1000 },
    );
  });
});
