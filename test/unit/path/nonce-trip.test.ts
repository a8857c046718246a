import { describe, expect, test } from 'vitest';
import type { Pairing } from '../../../src/model/pairing.ts';
import { createNonceTrip } from '../../../src/path/nonce-trip.ts';
import { unsteered } from '../../../src/path/steering.ts';
import type { Served, Trip } from '../../../src/path/trip.ts';
import { buildLane, buildPolicy, specWith } from '../../support/build-lane.ts';
import { errorAnswer } from '../../support/build-outcome.ts';
import { buildPairing, buildUpstream } from '../../support/build-pairing.ts';
import { buildAnswered, buildTrip } from '../../support/build-trip.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

const byHeight = { kind: 'param', path: ['1'], missing: 'latest' } as const;
const spec = specWith(
  buildPolicy('nonce', { kind: 'read', class: 'light', block: byHeight, readsNonce: true }),
  buildPolicy('balance', { kind: 'read', class: 'light', block: byHeight }),
  buildPolicy('send', { kind: 'write', class: 'write', write: { kind: 'once' } }),
);
const upstream = buildUpstream(1);
const { key } = upstream.endpoint;

/** A chain on which every write is accepted by the second of two upstreams. */
function scene() {
  const clock = createVirtualClock();
  let pairing: Pairing = buildPairing([{}, {}]);
  const lane = buildLane({ spec, pairing: () => pairing });
  const seen: Trip[] = [];
  let written: Served = buildAnswered('"0xhash"', { upstream });
  const serve = createNonceTrip({ clock }, async (trip) => {
    seen.push(trip);
    return trip.classified.policy.kind === 'write' ? written : buildAnswered('"0x7"', { upstream });
  });
  return {
    clock,
    grow: (blocks: number) => {
      pairing = { ...pairing, tip: (pairing.tip ?? 0) + blocks };
    },
    refuse: (served: Served) => {
      written = served;
    },
    send: (traits: Partial<Trip> = {}) => serve(buildTrip(lane, 'send ["0x01"]', traits)),
    favoured: async (call = 'nonce ["0xaa","pending"]', traits: Partial<Trip> = {}) => {
      await serve(buildTrip(lane, call, traits));
      return seen.at(-1)?.wish?.favour;
    },
  };
}

describe('who has just written', () => {
  test('has the nonce read where the write went', async () => {
    const world = scene();
    expect(await world.favoured()).toBeUndefined();
    await world.send();
    expect(await world.favoured()).toBe(key);
    expect(await world.favoured('nonce ["0xaa"]')).toBe(key);
  });

  test('has everything else read anywhere, and nonces of old blocks too', async () => {
    const world = scene();
    await world.send();
    expect(await world.favoured('balance ["0xaa","latest"]')).toBeUndefined();
    expect(await world.favoured('nonce ["0xaa","0x10"]')).toBeUndefined();
  });

  test('is forgotten after 30 s', async () => {
    const world = scene();
    await world.send();
    world.clock.advance(29_999);
    expect(await world.favoured()).toBe(key);
    world.clock.advance(1);
    expect(await world.favoured()).toBeUndefined();
  });

  test('is forgotten after two blocks', async () => {
    const world = scene();
    await world.send();
    world.grow(1);
    expect(await world.favoured()).toBe(key);
    world.grow(1);
    expect(await world.favoured()).toBeUndefined();
  });

  test('is not mixed up with anybody else: by address or key, and by session before either', async () => {
    const world = scene();
    const wallet = { steering: { ...unsteered, session: 'wallet' } };
    await world.send(wallet);
    expect(await world.favoured(undefined, wallet)).toBe(key);
    expect(await world.favoured()).toBeUndefined();
    expect(await world.favoured(undefined, { party: 'testnet 10.0.0.8' })).toBeUndefined();
  });
});

test('a write that was not accepted leaves no trace', async () => {
  const world = scene();
  world.refuse(buildAnswered(errorAnswer(-32000, 'nonce too low'), { upstream }));
  await world.send();
  expect(await world.favoured()).toBeUndefined();
  world.refuse({ kind: 'gone' });
  await world.send();
  expect(await world.favoured()).toBeUndefined();
});
