import { describe, expect, test } from 'vitest';
import {
  blockAt,
  emptyRing,
  giveUpFork,
  placeBlock,
  type Reorg,
  type Ring,
  type RingPolicy,
} from '../../../src/track/ring.ts';
import { addSighting, type Sighting } from '../../../src/track/sighting.ts';
import { heightsMissed, wantedBlock } from '../../../src/track/wanted-block.ts';

const one: RingPolicy = { depth: 128, needed: 1, readable: 'blocks' };
const two: RingPolicy = { ...one, needed: 2 };
const unreadable: RingPolicy = { ...one, readable: 'nothing' };

/** Block `height` of a branch that left `main` above `fork`. */
function block(height: number, branch = 'main', fork = 0): { height: number; hash: string; parent: string } {
  const name = (at: number) => (at > fork ? `${branch}-${at}` : `main-${at}`);
  return { height, hash: name(height), parent: name(height - 1) };
}

const seen = (height: number, witness = 'a', branch = 'main', fork = 0): Sighting => ({
  ...block(height, branch, fork),
  witness,
});

function feed(
  sightings: readonly Sighting[],
  policy: RingPolicy,
  from: Ring = emptyRing,
): { ring: Ring; reorgs: Reorg[] } {
  let ring = from;
  const reorgs: Reorg[] = [];
  for (const sighting of sightings) {
    const step = addSighting(ring, sighting, policy);
    ring = step.ring;
    if (step.reorg !== undefined) reorgs.push(step.reorg);
  }
  return { ring, reorgs };
}

const range = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);
const heightsOf = (ring: Ring) => ring.blocks.map((one) => one.height);

/** Reads what the ring wants from a branch until it wants nothing. */
function trace(ring: Ring, branch: string, fork: number): { ring: Ring; reorgs: Reorg[]; reads: number } {
  const reorgs: Reorg[] = [];
  let here = ring;
  let reads = 0;
  for (;;) {
    const wanted = wantedBlock(here, { floor: 0, top: 0, fill: 'links' });
    if (wanted === undefined) return { ring: here, reorgs, reads };
    const step = placeBlock(here, { ...block(wanted.height, branch, fork), sure: 'yes' }, one);
    here = step.ring;
    reads += 1;
    if (step.reorg !== undefined) reorgs.push(step.reorg);
  }
}

describe('adding heads', () => {
  test('a head brings the hash of its parent with it', () => {
    const { ring } = feed([seen(100)], one);
    expect(heightsOf(ring)).toEqual([99, 100]);
    expect(blockAt(ring, 99)?.hash).toBe('main-99');
  });

  test('heads link up, and a head told twice changes nothing', () => {
    const { ring, reorgs } = feed([seen(100), seen(101), seen(102), seen(101)], one);
    expect(heightsOf(ring)).toEqual([99, 100, 101, 102]);
    expect(reorgs).toEqual([]);
  });

  test('it holds so many blocks below the top and no more', () => {
    const { ring } = feed(
      range(1, 500).map((height) => seen(height)),
      one,
    );
    expect(ring.blocks).toHaveLength(128);
    expect(ring.blocks[0]?.height).toBe(373);
  });

  test('what lies below the ring is not added', () => {
    const { ring } = feed([seen(500), seen(372)], one);
    expect(blockAt(ring, 372)).toBeUndefined();
  });

  test('families without parents keep the pairs they saw, skipped slots are normal (F-194)', () => {
    const slots = [10, 13, 14, 20].map((height) => ({ height, hash: `slot-${height}`, witness: 'a' }));
    expect(heightsOf(feed(slots, unreadable).ring)).toEqual([10, 13, 14, 20]);
  });
});

describe('a reorg (F-183)', () => {
  const main = feed(
    range(1, 100).map((height) => seen(height)),
    one,
  ).ring;

  test('of one block is told at once: another hash whose parent is in the ring', () => {
    const { ring, reorgs } = feed([seen(100, 'a', 'fork', 99)], one, main);
    expect(reorgs).toEqual([{ height: 100, depth: 1 }]);
    expect(blockAt(ring, 100)?.hash).toBe('fork-100');
  });

  test.each([1, 2, 5, 32, 64])(
    'of %i blocks is told once, with its depth, after the blocks below were read',
    (depth) => {
      const fork = 100 - depth;
      const { ring, reorgs } = feed([seen(101, 'a', 'fork', fork)], one, main);
      const traced = trace(ring, 'fork', fork);
      expect([...reorgs, ...traced.reorgs]).toEqual([{ height: fork + 1, depth }]);
      expect(traced.reads).toBe(depth);
      for (const height of range(1, 100)) {
        expect(blockAt(traced.ring, height)?.hash).toBe(block(height, 'fork', fork).hash);
      }
    },
  );

  test('of everything the ring holds ends at its lowest block', () => {
    const { ring } = feed([seen(101, 'a', 'fork', -1)], one, main);
    const traced = trace(ring, 'fork', -1);
    expect(traced.reorgs).toHaveLength(1);
    expect(traced.ring.blocks.every((one) => one.hash.startsWith('fork'))).toBe(true);
  });

  test('where no block can be read it is as deep as it is known to be', () => {
    const { reorgs } = feed([seen(101, 'a', 'fork', 90)], unreadable, main);
    expect(reorgs).toEqual([{ height: 100, depth: 1 }]);
  });

  test('that nobody can trace is told with what is known, and the doubtful blocks leave', () => {
    const { ring } = feed([seen(101, 'a', 'fork', 90)], one, main);
    const given = giveUpFork(ring);
    expect(given.reorg).toEqual({ height: 100, depth: 1 });
    expect(heightsOf(given.ring)).toEqual([100, 101]);
  });

  test('followed by another before its first block was read is told as one', () => {
    const { ring } = feed([seen(101, 'a', 'fork', 90)], one, main);
    const again = feed([seen(101, 'a', 'third', 90)], one, ring);
    expect(again.reorgs).toEqual([]);
    expect(trace(again.ring, 'third', 90).reorgs).toEqual([{ height: 91, depth: 11 }]);
  });

  test('on top of one that is half traced: what is known is told, nothing below is trusted', () => {
    const opened = feed([seen(101, 'a', 'fork', 90)], one, main).ring;
    const half = placeBlock(opened, { ...block(100, 'fork', 90), sure: 'yes' }, one).ring;
    const { ring, reorgs } = feed([seen(101, 'a', 'third', 90)], one, half);
    expect(reorgs).toEqual([{ height: 99, depth: 3 }]);
    expect(ring.fork).toBeUndefined();
    expect(ring.blocks.map((one) => one.hash)).toEqual(['third-100', 'third-101']);
  });

  test('across heights nobody saw is traced through the gap', () => {
    const sparse = feed([seen(90), seen(95), seen(100)], one).ring;
    const { ring } = feed([seen(101, 'a', 'fork', 88)], one, sparse);
    const traced = trace(ring, 'fork', 88);
    expect(traced.reorgs).toEqual([{ height: 89, depth: 12 }]);
  });
});

describe('one liar among several', () => {
  const main = feed(
    range(1, 100).flatMap((height) => [seen(height, 'a'), seen(height, 'b')]),
    two,
  ).ring;

  test('cannot make a reorg, however often it says so', () => {
    const lies = range(90, 110).map((height) => seen(height, 'liar', 'lie', 85));
    const { ring, reorgs } = feed([...lies, ...lies], two, main);
    expect(reorgs).toEqual([]);
    for (const height of range(1, 100)) expect(blockAt(ring, height)?.hash).toBe(`main-${height}`);
  });

  test('two make one', () => {
    const { ring } = feed([seen(101, 'a', 'fork', 98), seen(101, 'b', 'fork', 98)], two, main);
    expect(trace(ring, 'fork', 98).reorgs).toEqual([{ height: 99, depth: 2 }]);
  });

  test('who comes first with a new block is believed until two say otherwise, and that is no reorg', () => {
    const lied = feed([seen(101, 'liar', 'lie', 100)], two, main);
    expect(blockAt(lied.ring, 101)?.hash).toBe('lie-101');
    const { ring, reorgs } = feed([seen(101, 'a'), seen(101, 'b')], two, lied.ring);
    expect(blockAt(ring, 101)?.hash).toBe('main-101');
    expect(reorgs).toEqual([]);
  });

  test('a child speaks for its parent', () => {
    const { ring } = feed([seen(101, 'a'), seen(102, 'b')], two, main);
    expect(blockAt(ring, 101)?.sure).toBe('yes');
    expect(blockAt(ring, 102)?.sure).toBe('no');
  });

  test('its claims crowd out nobody else’s', () => {
    const start = feed([seen(100, 'a', 'fork', 99)], two, main).ring;
    const lies = range(1, 400).map((turn) => seen(90, 'liar', `lie${turn}`, 80));
    const flooded = feed(lies, two, start).ring;
    expect(flooded.claims.length).toBeLessThanOrEqual(40);
    expect(feed([seen(100, 'b', 'fork', 99)], two, flooded).reorgs).toEqual([{ height: 100, depth: 1 }]);
  });
});

describe('what the ring wants to read', () => {
  const filled = feed(
    range(50, 100).map((height) => seen(height)),
    one,
  ).ring;

  test('nothing where only links matter and none is missing', () => {
    expect(wantedBlock(filled, { floor: 0, top: 100, fill: 'links' })).toBeUndefined();
  });

  test('the highest gap first, vouched for by its child', () => {
    expect(wantedBlock(filled, { floor: 0, top: 100, fill: 'ring' })).toEqual({
      kind: 'linked',
      height: 49,
      hash: 'main-49',
    });
  });

  test('a tip it does not know needs witnesses', () => {
    expect(wantedBlock(filled, { floor: 0, top: 103, fill: 'ring' })).toEqual({ kind: 'unlinked', height: 103 });
  });

  test('nothing below the floor', () => {
    expect(wantedBlock(filled, { floor: 49, top: 100, fill: 'ring' })).toBeUndefined();
    expect(wantedBlock(filled, { floor: 50, top: 100, fill: 'ring' })).toBeUndefined();
  });

  describe('of short gaps', () => {
    const gaps = { floor: 0, top: 200, fill: 'gaps' } as const;

    test('the lowest block above one, down to where the two meet', () => {
      let ring = feed([seen(100), seen(104)], one).ring;
      for (const height of [103, 102, 101]) {
        expect(wantedBlock(ring, gaps)).toEqual({ kind: 'linked', height, hash: `main-${height}` });
        ring = placeBlock(
          ring,
          { height, hash: `main-${height}`, parent: `main-${height - 1}`, sure: 'yes' },
          one,
        ).ring;
      }
      expect(wantedBlock(ring, gaps)).toBeUndefined();
    });

    test('none of a block that one witness alone speaks of', () => {
      const ring = feed([seen(100, 'a'), seen(100, 'b'), seen(104, 'a')], two).ring;
      expect(wantedBlock(ring, gaps)).toBeUndefined();
      const agreed = feed([seen(104, 'b')], two, ring).ring;
      expect(wantedBlock(agreed, gaps)).toMatchObject({ kind: 'linked', height: 103 });
    });

    test('none that is long, none below the floor, and none where nothing is known below', () => {
      expect(wantedBlock(feed([seen(100), seen(200)], one).ring, gaps)).toBeUndefined();
      expect(wantedBlock(feed([seen(100), seen(104)], one).ring, { ...gaps, floor: 103 })).toBeUndefined();
      expect(wantedBlock(filled, gaps)).toBeUndefined();
    });
  });

  test('heights missed are those between two tips that nobody saw', () => {
    const gap = feed([seen(100), seen(105)], one).ring;
    expect(heightsMissed(gap, 100, 105)).toBe(3);
    expect(heightsMissed(filled, 60, 61)).toBe(0);
    expect(heightsMissed(emptyRing, 60, 61)).toBe(0);
  });
});
