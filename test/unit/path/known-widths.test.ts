import { describe, expect, test } from 'vitest';
import { createKnownWidths } from '../../../src/path/known-widths.ts';
import { buildPairing, type UpstreamTraits } from '../../support/build-pairing.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

/** What two upstreams are known to take, the second being as a test says. */
function widestOf(words: Readonly<Record<number, number>>, second: UpstreamTraits = {}): number | undefined {
  const pairing = buildPairing([{}, second]);
  const widths = createKnownWidths(createVirtualClock());
  for (const [index, blocks] of Object.entries(words)) {
    const upstream = pairing.upstreams[Number(index)];
    if (upstream !== undefined) widths.learn(upstream.endpoint.key, blocks);
  }
  return widths.widest(pairing);
}

describe('the widest range that somebody takes', () => {
  test('is that of whoever takes most', () => {
    expect(widestOf({ 0: 100, 1: 500 })).toBe(500);
  });

  test('is not known as long as one of those who serve has set no limit', () => {
    expect(widestOf({ 0: 100 })).toBeUndefined();
    expect(widestOf({})).toBeUndefined();
  });

  test.each<UpstreamTraits>([
    { standing: 'blocked' },
    { standing: 'quarantined' },
    { standing: 'unproven' },
    { identity: 'wrong' },
    { cordoned: true },
  ])('hangs on nobody who does not serve (%j)', (second) => {
    expect(widestOf({ 0: 100 }, second)).toBe(100);
  });
});

test('the last word of an upstream counts, for ten minutes', () => {
  const clock = createVirtualClock();
  const pairing = buildPairing([{}]);
  const widths = createKnownWidths(clock);
  const key = pairing.upstreams[0]?.endpoint.key ?? '';
  widths.learn(key, 100);
  widths.learn(key, 50);
  clock.advance(599_999);
  expect(widths.widest(pairing)).toBe(50);
  clock.advance(1);
  expect(widths.widest(pairing)).toBeUndefined();
});

test('who was heard longest ago is forgotten before there are too many', () => {
  const pairing = buildPairing([{}]);
  const widths = createKnownWidths(createVirtualClock());
  widths.learn(pairing.upstreams[0]?.endpoint.key ?? '', 100);
  for (let other = 0; other < 4095; other += 1) widths.learn(`gone/${other}`, 1);
  expect(widths.widest(pairing)).toBe(100);
  widths.learn('one too many', 1);
  expect(widths.widest(pairing)).toBeUndefined();
});
