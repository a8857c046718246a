import { describe, expect, test } from 'vitest';
import { carriedOver, nextEpoch } from '../../../src/health/epoch.ts';
import { blockedHealth, buildHealthRules, foldAll, servingHealth } from '../../support/build-health.ts';
import { buildEndpoint } from '../../support/build-pairing.ts';

const reading = (finalized: number) => ({ finalized, epochBlocks: 100 });

describe('the epoch', () => {
  test('is the finalized height by the blocks of an epoch', () => {
    expect(nextEpoch(undefined, reading(0))).toEqual({ epoch: 0, moved: 'first' });
    expect(nextEpoch(undefined, reading(1299))).toEqual({ epoch: 12, moved: 'first' });
    expect(nextEpoch(12, reading(1299))).toEqual({ epoch: 12, moved: 'no' });
    expect(nextEpoch(12, reading(1300))).toEqual({ epoch: 13, moved: 'next' });
  });

  test('F-166: moves once, however many numbers are skipped', () => {
    expect(nextEpoch(12, reading(9900))).toEqual({ epoch: 99, moved: 'next' });
  });

  test('F-167: never falls', () => {
    expect(nextEpoch(12, reading(3))).toEqual({ epoch: 12, moved: 'no' });
  });

  test('is not moved by what is no height', () => {
    for (const finalized of [-1, Number.NaN]) expect(nextEpoch(12, reading(finalized)).moved).toBe('no');
    expect(nextEpoch(undefined, { finalized: 5, epochBlocks: 0 })).toEqual({ epoch: undefined, moved: 'no' });
  });

  test('F-164: carries over who is blocked or quarantined, in either tier', () => {
    const rules = buildHealthRules();
    const all = [
      servingHealth(0, rules, buildEndpoint(0)),
      blockedHealth(0, rules, buildEndpoint(1)),
      blockedHealth(0, rules, buildEndpoint(2, { tier: 'backup' })),
      foldAll(servingHealth(0, rules, buildEndpoint(3)), [{ kind: 'convicted', at: 1, evidence: 'e' }], rules),
    ];
    expect(carriedOver(all)).toEqual([1, 2, 3].map((index) => buildEndpoint(index).key));
  });
});
