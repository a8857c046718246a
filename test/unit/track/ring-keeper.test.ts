import { describe, expect, test } from 'vitest';
import type { GatewayEvent } from '../../../src/model/events.ts';
import type { TrackerSight } from '../../../src/track/chain-heads.ts';
import { emptyRing, type RingPolicy } from '../../../src/track/ring.ts';
import { RingKeeper, type RingPlan, ringDepth } from '../../../src/track/ring-keeper.ts';
import { head } from './builders.ts';

const policy: RingPolicy = { depth: 128, needed: 1, readable: 'blocks' };

function sight(height: number, overrides: Partial<TrackerSight> = {}): TrackerSight {
  const block = head(height, { hash: `x${height}`, parent: `x${height - 1}` });
  return {
    tracker: 'url-0',
    witness: 'a',
    kind: 'single',
    standing: 'fresh',
    head: { head: block, movedAt: 0, doubted: 0 },
    pollMs: 1000,
    ...overrides,
  };
}

function keep(plan: Partial<RingPlan> = {}) {
  const events: GatewayEvent[] = [];
  const whole: RingPlan = { chain: 'ethereum', needsRing: 'no', links: 'named', ...plan };
  return { events, keeper: new RingKeeper(whole, emptyRing, (event) => events.push(event)) };
}

const heights = (keeper: RingKeeper) => keeper.ring.blocks.map((block) => block.height);

describe('what the ring is fed', () => {
  test('heads of fresh trackers, up to the tip', () => {
    const { keeper } = keep();
    keeper.feed([sight(105), sight(100, { tracker: 'url-1' })], 100, policy);
    expect(heights(keeper)).toEqual([99, 100]);
    keeper.feed([sight(105)], 105, policy);
    expect(heights(keeper)).toContain(105);
  });

  test('nothing of who is not fresh', () => {
    const { keeper } = keep();
    keeper.feed([sight(100, { standing: 'not-fresh' })], 100, policy);
    expect(heights(keeper)).toEqual([]);
  });

  test('a chain that fell below all it holds makes it begin anew', () => {
    const { keeper } = keep();
    keeper.feed([sight(100)], 100, policy);
    keeper.feed([sight(5)], 5, policy);
    expect(heights(keeper)).toEqual([4, 5]);
  });
});

describe('blocks missed', () => {
  test('are heights the tip jumped over, from the second tip on', () => {
    const { keeper, events } = keep();
    keeper.feed([sight(100)], 100, policy);
    keeper.feed([sight(101)], 101, policy);
    keeper.feed([sight(110)], 110, policy);
    expect(events).toEqual([{ kind: 'blocks-missed', chain: 'ethereum', count: 7 }]);
  });

  test('are none where heights may be skipped', () => {
    const { keeper, events } = keep({ links: 'none' });
    keeper.feed([sight(100)], 100, policy);
    keeper.feed([sight(110)], 110, policy);
    expect(events).toEqual([]);
  });

  test('are, where gaps are filled, only those beyond the ring', () => {
    const { keeper, events } = keep({ needsRing: 'yes' });
    keeper.feed([sight(100)], 100, policy);
    keeper.feed([sight(228)], 228, policy);
    keeper.feed([sight(366)], 366, policy);
    expect(events).toEqual([{ kind: 'blocks-missed', chain: 'ethereum', count: 10 }]);
  });

  test('a tip that comes back to where it was misses nothing twice', () => {
    const { keeper, events } = keep();
    for (const tip of [100, 104, 102, 104]) keeper.feed([sight(tip)], tip, policy);
    expect(events).toHaveLength(1);
  });
});

test.each([
  [1000, 968, 128],
  [1000, 500, 500],
  [100_000, 0, 1024],
  [1000, undefined, 128],
  [undefined, undefined, 128],
])('a tip of %s and a final height of %s make a ring of %i blocks', (tip, finalized, depth) => {
  expect(ringDepth(tip, finalized)).toBe(depth);
});
