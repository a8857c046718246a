import { describe, expect, test } from 'vitest';
import type { Upstream } from '../../../src/model/pairing.ts';
import { drawUpstream, scoreOf } from '../../../src/select/draw.ts';
import { createLoad, type Load } from '../../../src/select/load.ts';
import { pickUpstream } from '../../../src/select/pick-upstream.ts';
import { buildNeed, buildPairing, buildUpstream, type UpstreamTraits } from '../../support/build-pairing.ts';
import { buildSight, observeLatency } from '../../support/build-sight.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const now = 100_000;

/** Shares of `picks` calls, by index. Each call ends before the next begins, unless `keep` says that none ends. */
function sharesOf(
  traits: readonly UpstreamTraits[],
  load: Load,
  keep: 'ended' | 'running' = 'ended',
): readonly number[] {
  const pairing = buildPairing(traits);
  const random = seededRandom(11);
  const counts = traits.map(() => 0);
  const picks = 10_000;
  for (let i = 0; i < picks; i += 1) {
    const pick = pickUpstream(pairing, buildNeed(), buildSight({ load, random, now }));
    if (pick.kind === 'nobody') throw new Error('nobody was picked');
    const { index } = pick.upstream.endpoint;
    counts[index] = (counts[index] ?? 0) + 1;
    const send = load.begin(pick.upstream, 0, now);
    if (keep === 'ended') load.end(send, 'neutral', now);
  }
  return counts.map((count) => count / picks);
}

const weighted: readonly UpstreamTraits[] = [3, 1, 1].map((weight) => ({ endpoint: { weight, maxInFlight: 1e6 } }));

describe('weights', () => {
  test.each(['ended', 'running'] as const)('decide the shares while all answer alike and calls are %s', (keep) => {
    const [first = 0, second = 0, third = 0] = sharesOf(weighted, createLoad(3), keep);
    expect(Math.abs(first - 0.6)).toBeLessThan(0.05);
    expect(Math.abs(second - 0.2)).toBeLessThan(0.05);
    expect(Math.abs(third - 0.2)).toBeLessThan(0.05);
  });

  test('decide also where latencies differ by no more than noise', () => {
    const load = createLoad(3);
    for (const [index, ms] of [20, 22, 21].entries()) observeLatency(load, index, { ms, now });
    const [first = 0] = sharesOf(weighted, load);
    expect(Math.abs(first - 0.6)).toBeLessThan(0.05);
  });

  test('of zero are not drawn while others are there', () => {
    const [first = 1] = sharesOf([{ endpoint: { weight: 0 } }, {}, {}], createLoad(3));
    expect(first).toBeLessThan(0.01);
  });
});

describe('latency', () => {
  test.each([2, 3, 4])(
    'an upstream ten times slower than the rest of %d gets less than a tenth of the calls (F-028)',
    (size) => {
      const load = createLoad(size);
      for (let index = 0; index < size; index += 1) observeLatency(load, index, { ms: index === 0 ? 200 : 20, now });
      const [slow = 1] = sharesOf(Array(size).fill({}), load);
      expect(slow).toBeLessThan(0.1);
    },
  );

  test('a slow upstream is used where the fast one has its hands full', () => {
    const load = createLoad(2);
    observeLatency(load, 0, { ms: 100, now });
    observeLatency(load, 1, { ms: 20, now });
    const [slow = 0, fast = 0] = sharesOf(
      [{ endpoint: { maxInFlight: 1e6 } }, { endpoint: { maxInFlight: 1e6 } }],
      load,
      'running',
    );
    expect(fast / slow).toBeGreaterThan(3);
    expect(fast / slow).toBeLessThan(7);
  });

  test.each([2, 3, 5])('an upstream never observed among %d neither starves nor takes over', (size) => {
    const load = createLoad(size);
    for (let index = 1; index < size; index += 1) observeLatency(load, index, { ms: 20 * index, now });
    const [unknown = 0] = sharesOf(Array(size).fill({}), load);
    expect(unknown).toBeGreaterThan(0.02);
    expect(unknown).toBeLessThan(0.75);
  });

  test('an upstream with a hanging send is passed over while others answer', () => {
    const load = createLoad(2);
    for (const index of [0, 1]) observeLatency(load, index, { ms: 20, now });
    load.begin(buildUpstream(0), 0, now - 2000);
    observeLatency(load, 1, { ms: 20, now });
    expect(load.expectedMs(0, 'light', now)).toBeLessThan(30);
    const later = now + 1100;
    load.begin(buildUpstream(0), 0, now);
    const pick = pickUpstream(buildPairing([{}, {}]), buildNeed(), buildSight({ load, now: later, random: () => 0 }));
    expect(pick).toMatchObject({ upstream: { endpoint: { index: 1 } } });
  });
});

describe('the order of the file', () => {
  test('decides in a listed tier, whatever the latencies', () => {
    const load = createLoad(3);
    observeLatency(load, 0, { ms: 900, now });
    observeLatency(load, 1, { ms: 20, now });
    expect(sharesOf(Array(3).fill({ endpoint: { listed: true } }), load)).toEqual([1, 0, 0]);
  });
});

describe('the score', () => {
  const load = createLoad(2);
  observeLatency(load, 0, { ms: 50, now });
  observeLatency(load, 1, { ms: 50, now });
  const score = (upstream: Upstream) => scoreOf(upstream, 'light', { load, now });

  test('grows with calls in flight, by weight', () => {
    const [light, heavy] = [buildUpstream(0), buildUpstream(1, { endpoint: { weight: 4 } })];
    expect(score(light)).toBeCloseTo(score(heavy));
    for (const upstream of [light, heavy]) for (let i = 0; i < 4; i += 1) load.begin(upstream, 0, now);
    expect(score(light) / score(heavy)).toBeCloseTo(5 / 2);
  });
});

test('a draw from one is that one, on every rung', () => {
  const only = buildUpstream(0);
  for (const resort of ['primary', 'lagging', 'held-off', 'blocked'] as const) {
    expect(drawUpstream([only], { resort, class: 'light', sight: buildSight() })).toBe(only);
  }
});
