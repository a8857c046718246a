import { describe, expect, test } from 'vitest';
import type { ChainView } from '../../../src/model/chain-view.ts';
import { chainReadiness, judgeReadiness } from '../../../src/world/readiness.ts';
import { buildChainView } from '../../support/build-view.ts';

const ready = buildChainView([{}], { chain: 'ready' });
const dead = buildChainView([{ standing: 'blocked' }], {
  chain: 'dead',
  ready: false,
  reason: 'no upstream is serving',
});
const starting: ChainView = { ...dead, chain: 'starting', probed: false };

function isReady(views: readonly ChainView[], policy: 'any' | 'all' | readonly string[], upMs = 1000): boolean {
  return judgeReadiness(views, { policy, upMs }).ready;
}

describe('a replica is ready', () => {
  test('by the policy any once one chain is, and all others have had their first probes', () => {
    expect(isReady([ready, dead], 'any')).toBe(true);
    expect(isReady([ready, starting], 'any')).toBe(false);
    expect(isReady([dead], 'any')).toBe(false);
  });

  test('by the policy any after ten seconds, whatever is still starting', () => {
    expect(isReady([ready, starting], 'any', 9999)).toBe(false);
    expect(isReady([ready, starting], 'any', 10_000)).toBe(true);
    expect(isReady([dead, starting], 'any', 10_000)).toBe(false);
  });

  test('by the policy all when every chain is', () => {
    expect(isReady([ready], 'all')).toBe(true);
    expect(isReady([ready, dead], 'all', 60_000)).toBe(false);
  });

  test('by names when those chains are, whatever the others do', () => {
    expect(isReady([ready, dead], ['ready'])).toBe(true);
    expect(isReady([ready, dead], ['ready', 'dead'])).toBe(false);
  });
});

describe('what is told of a chain', () => {
  test('is its state, how many serve, its tip and epoch, and why it is not ready', () => {
    expect(chainReadiness(dead)).toEqual({
      state: 'running',
      ready: false,
      serving: 0,
      tip: 100,
      epoch: 3,
      reason: 'no upstream is serving',
    });
  });

  test('counts probation as serving, and a hold-off does not matter', () => {
    const heldOff = { until: 9000, reason: 'retry-after', forMs: 8000 } as const;
    const view = buildChainView([{ standing: 'probation' }, { heldOff }, { standing: 'blocked' }]);
    expect(chainReadiness(view).serving).toBe(2);
  });

  test('is null where nothing was observed yet', () => {
    const { tip: _tip, epoch: _epoch, ...unobserved } = starting;
    expect(chainReadiness(unobserved)).toMatchObject({ tip: null, epoch: null });
  });

  test('is told for every chain, whatever the policy', () => {
    expect(Object.keys(judgeReadiness([ready, dead], { policy: ['ready'], upMs: 0 }).chains)).toEqual([
      'ready',
      'dead',
    ]);
  });
});
