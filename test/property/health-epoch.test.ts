import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextEpoch } from '../../src/health/epoch.ts';

const anyHeights = fc.array(fc.nat({ max: 5000 }), { minLength: 1, maxLength: 60 });

test('I12: an epoch never falls, and replicas that saw the same highest height agree on it, whatever else they saw', () => {
  fc.assert(
    fc.property(anyHeights, fc.integer({ min: 1, max: 900 }), (heights, epochBlocks) => {
      let epoch: number | undefined;
      let transitions = 0;
      for (const finalized of heights) {
        const step = nextEpoch(epoch, { finalized, epochBlocks });
        if (epoch !== undefined) expect(step.epoch).toBeGreaterThanOrEqual(epoch);
        expect(step.moved === 'no').toBe(step.epoch === epoch);
        if (step.moved === 'next') transitions += 1;
        epoch = step.epoch;
      }
      const highest = Math.floor(Math.max(...heights) / epochBlocks);
      expect(epoch).toBe(highest);
      expect(transitions).toBeLessThanOrEqual(highest);
    }),
    { numRuns: 1000 },
  );
});
