import { describe, expect, test } from 'vitest';
import { inStrides } from '../../../src/path/in-strides.ts';

/** Runs whose ends a test decides, and what was seen of them. */
function startRuns(count: number, atOnce: number) {
  const open: (() => void)[] = [];
  const seen = { begun: 0, mostAtOnce: 0, yields: 0 };
  const all = inStrides(
    Array.from({ length: count }, (_, i) => i),
    {
      atOnce,
      yieldTurn: async () => {
        seen.yields += 1;
      },
      run: (item) =>
        new Promise<string>((resolve) => {
          seen.begun += 1;
          open.push(() => resolve(`r${item}`));
          seen.mostAtOnce = Math.max(seen.mostAtOnce, open.length);
        }),
    },
  );
  return { all, open, seen };
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await Promise.resolve();
}

describe('a list gone through in strides', () => {
  test('begins whole where it is short', () => {
    const { seen } = startRuns(50, 1000);
    expect(seen).toEqual({ begun: 50, mostAtOnce: 50, yields: 0 });
  });

  test('lets others have their turn where it is long', async () => {
    const { seen } = startRuns(200, 1000);
    expect(seen.begun).toBe(64);
    await turns(20);
    expect(seen).toMatchObject({ begun: 200, yields: 3 });
  });

  test('never has more under way than it may, and answers in order', async () => {
    const { all, open, seen } = startRuns(10, 3);
    for (let ended = 0; ended < 10; ended += 1) {
      // The last to begin ends first.
      open.pop()?.();
      await turns(5);
    }
    expect(await all).toEqual(Array.from({ length: 10 }, (_, i) => `r${i}`));
    expect(seen).toMatchObject({ begun: 10, mostAtOnce: 3 });
  });

  test('of nothing is nothing', async () => {
    expect(await startRuns(0, 1).all).toEqual([]);
  });
});
