import { describe, expect, it } from 'vitest';
import { defaultEpochBlocks, defaultLagLimit, defaultSafeDepth } from '../../../src/spec/chain-pace.ts';

describe('what follows from a block time', () => {
  it.each([
    [12_000, 2, 75],
    [6500, 2, 140],
    [5800, 2, 160],
    [2000, 5, 450],
    [1700, 6, 530],
    [1000, 10, 900],
    [650, 16, 1400],
    [450, 23, 2000],
    [400, 25, 2250],
    [250, 40, 3600],
    [150_000, 2, 6],
    [600_000, 2, 2],
    [86_400_000, 2, 1],
  ])('blocks of %i ms may lag by %i, and %i make an epoch', (blockTimeMs, lag, epoch) => {
    expect(defaultLagLimit(blockTimeMs)).toBe(lag);
    expect(defaultEpochBlocks(blockTimeMs)).toBe(epoch);
  });

  it('takes as safe the depth itself, one block below an instant head, else ten minutes of blocks and no less than 32', () => {
    const read = { kind: 'read', read: { method: 'm', params: '[]', height: [], quantity: 'hex' } } as const;
    expect(defaultSafeDepth({ kind: 'depth', depth: 6 }, 600_000)).toBe(6);
    expect(defaultSafeDepth({ kind: 'instant' }, 2000)).toBe(1);
    expect(defaultSafeDepth(read, 2000)).toBe(300);
    expect(defaultSafeDepth(read, 60_000)).toBe(32);
  });
});
