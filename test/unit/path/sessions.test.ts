import { describe, expect, test } from 'vitest';
import { createRecents } from '../../../src/path/recents.ts';
import { createSessionHeights, sessionOf } from '../../../src/path/sessions.ts';
import { type Steering, unsteered } from '../../../src/path/steering.ts';
import { buildChainSettings, buildLane, buildPolicy, specWith } from '../../support/build-lane.ts';
import { buildTrip } from '../../support/build-trip.ts';

const spec = specWith(buildPolicy('read', { kind: 'read' }));

function session(steering: Partial<Steering>, lines: readonly string[] = [], party?: string) {
  const lane = buildLane({ spec, settings: buildChainSettings(lines) });
  const steered = { ...unsteered, ...steering };
  return sessionOf(buildTrip(lane, 'read', party === undefined ? { steering: steered } : { steering: steered, party }));
}

describe('the session of a call', () => {
  test('is the one it names, whatever the chain is configured to', () => {
    expect(session({ session: 'wallet' })).toEqual({ name: '=wallet', promise: 'lenient' });
    expect(session({ session: 'wallet', consistency: 'strict' })).toEqual({ name: '=wallet', promise: 'strict' });
  });

  test('is none where it names none, or asks for the tip alone', () => {
    expect(session({})).toBeUndefined();
    expect(session({ session: 'wallet', consistency: 'tip' })).toBeUndefined();
    expect(session({ consistency: 'tip' }, ['consistency: session'])).toBeUndefined();
  });

  test('is that of its key or address where the chain keeps everybody’s heights', () => {
    expect(session({}, ['consistency: session'], 'testnet key/shop')).toEqual({
      name: 'testnet key/shop',
      promise: 'lenient',
    });
  });
});

describe('what sessions saw', () => {
  test('never falls, and is dated by whoever showed it last', () => {
    const heights = createSessionHeights();
    heights.note('a', { height: 7, at: 1 });
    heights.note('a', { height: 6, at: 2 });
    expect(heights.seen('a')).toEqual({ height: 7, at: 1 });
    heights.note('a', { height: 7, at: 3 });
    expect(heights.seen('a')).toEqual({ height: 7, at: 3 });
    expect(heights.seen('b')).toBeUndefined();
  });

  test('is bounded: of too many sessions the one not used for longest is forgotten', () => {
    const heights = createSessionHeights();
    for (let number = 0; number < 10_000; number += 1) heights.note(`s${number}`, { height: 1, at: 0 });
    heights.seen('s0');
    heights.note('one more', { height: 1, at: 0 });
    expect(heights.seen('s0')).toBeDefined();
    expect(heights.seen('s1')).toBeUndefined();
    expect(heights.seen('s9999')).toBeDefined();
  });
});

test('a memory of recents renews what it is asked for and what it is told again', () => {
  const recents = createRecents<number>(2);
  recents.set('a', 1);
  recents.set('b', 2);
  recents.set('a', 3);
  recents.set('c', 4);
  expect([recents.get('a'), recents.get('b'), recents.get('c')]).toEqual([3, undefined, 4]);
});
