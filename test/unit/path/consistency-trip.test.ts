import { describe, expect, test } from 'vitest';
import type { Pairing } from '../../../src/model/pairing.ts';
import { createConsistencyTrip } from '../../../src/path/consistency-trip.ts';
import { behindVerdict } from '../../../src/path/head-doubt.ts';
import { type Steering, unsteered } from '../../../src/path/steering.ts';
import { refused, type Served, type Trip } from '../../../src/path/trip.ts';
import { createLoad } from '../../../src/select/load.ts';
import { buildLane, buildPolicy, specWith } from '../../support/build-lane.ts';
import { buildPairing, type UpstreamTraits } from '../../support/build-pairing.ts';
import { buildAnswered, buildTrip } from '../../support/build-trip.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

const byHeight = { kind: 'param', path: ['0'], missing: 'latest' } as const;
const spec = specWith(
  buildPolicy('balance', { kind: 'read', class: 'light', block: byHeight }),
  buildPolicy('block', { kind: 'read', class: 'light', block: byHeight, showsBlock: { height: ['number'] } }),
  buildPolicy('receipt', {
    kind: 'read',
    class: 'light',
    block: { kind: 'by-hash', path: ['0'] },
    showsBlock: { height: ['blockNumber'] },
  }),
  buildPolicy('send', { kind: 'write', class: 'write', write: { kind: 'once' } }),
);

type Answering = (trip: Trip) => Served;

/** A session on a chain of upstreams that a test moves; the layer inside answers as the test says. */
function scene(upstreams: readonly UpstreamTraits[], answering: Answering = () => buildAnswered('"0x1"')) {
  const clock = createVirtualClock();
  let pairing: Pairing = buildPairing(upstreams);
  const lane = buildLane({ spec, pairing: () => pairing, load: createLoad(upstreams.length) });
  const asked: Trip[] = [];
  let inside = answering;
  const serve = createConsistencyTrip({ clock, random: seededRandom(1) }, async (trip) => {
    asked.push(trip);
    return inside(trip);
  });
  const ask = (call: string, steering: Partial<Steering> = {}): { served?: Served } => {
    const end: { served?: Served } = {};
    const times = { startedAt: clock.now(), sentAt: 0, settledAt: 0 };
    const trip = buildTrip(lane, call, { times, steering: { ...unsteered, session: 'wallet', ...steering } });
    void serve(trip).then((served) => {
      end.served = served;
    });
    return end;
  };
  return {
    clock,
    lane,
    asked,
    ask,
    floors: () => asked.map(({ wish }) => wish?.atLeast),
    move: (...traits: readonly UpstreamTraits[]) => {
      pairing = { ...buildPairing(traits), tip: pairing.tip ?? 0 };
    },
    answer: (next: Answering) => {
      inside = next;
    },
    /** The session is shown a height. */
    show: async (height: number) => {
      ask(`block ["0x${height.toString(16)}"]`);
      await clock.advanceAsync(0);
      asked.length = 0;
    },
  };
}

const exhausted = refused({ fault: 'UPSTREAMS_EXHAUSTED', message: 'every upstream failed' });
const heightOf = (world: ReturnType<typeof scene>): number | undefined => world.lane.sessions.seen('=wallet')?.height;

describe('a session', () => {
  test('is bound by nothing before it saw anything', async () => {
    const world = scene([{}]);
    world.ask('balance ["latest"]');
    await world.clock.advanceAsync(0);
    expect(world.floors()).toEqual([undefined]);
  });

  test('has what reads the newest block, or anything by its hash, come from no less than it saw', async () => {
    const world = scene([{}]);
    await world.show(100);
    for (const call of ['balance ["latest"]', 'balance []', `receipt ["0x${'a'.repeat(64)}"]`]) world.ask(call);
    for (const call of ['balance ["0x5"]', 'balance ["finalized"]', 'send ["0x00"]']) world.ask(call);
    await world.clock.advanceAsync(0);
    expect(world.floors()).toEqual([100, 100, 100, undefined, undefined, undefined]);
  });

  test('is left alone where its call asks for the tip only', async () => {
    const world = scene([{}]);
    await world.show(100);
    world.ask('balance ["latest"]', { consistency: 'tip' });
    await world.clock.advanceAsync(0);
    expect(world.floors()).toEqual([undefined]);
  });
});

describe('a session sees', () => {
  test('the height in a result, be it a receipt', async () => {
    const world = scene([{}], () => buildAnswered('{"blockNumber":101}'));
    world.ask(`receipt ["0x${'a'.repeat(64)}"]`);
    await world.clock.advanceAsync(0);
    expect(heightOf(world)).toBe(101);
  });

  test('the height it asked for, but not where nothing was there', async () => {
    const world = scene([{}], () => buildAnswered('null'));
    world.ask('balance ["0x63"]');
    await world.clock.advanceAsync(0);
    expect(heightOf(world)).toBeUndefined();
    world.answer(() => buildAnswered('"0x1"'));
    world.ask('balance ["0x63"]');
    await world.clock.advanceAsync(0);
    expect(heightOf(world)).toBe(99);
  });

  test('what its upstream had, where it read the newest block', async () => {
    const world = scene([{ head: 102 }]);
    world.answer(({ lane }) => {
      const [upstream] = lane.pairing().upstreams;
      return buildAnswered('"0x1"', upstream === undefined ? {} : { upstream });
    });
    world.ask('balance ["latest"]');
    await world.clock.advanceAsync(0);
    expect(heightOf(world)).toBe(102);
  });

  test('B8: no more than the lag limit above what the chain agrees on, whatever an upstream invents', async () => {
    const world = scene([{}], () => buildAnswered('{"number":1000000000}'));
    world.ask('block ["latest"]');
    await world.clock.advanceAsync(0);
    expect(heightOf(world)).toBe(100 + spec.lagLimit);
  });
});

describe('where nobody has reached what a session saw', () => {
  test('it waits, and is served as soon as somebody has', async () => {
    const world = scene([{ head: 100 }]);
    await world.show(101);
    const call = world.ask('balance ["latest"]');
    await world.clock.advanceAsync(500);
    expect(world.asked).toEqual([]);
    world.move({ head: 101 });
    await world.clock.advanceAsync(50);
    expect(world.floors()).toEqual([101]);
    expect(call.served).toMatchObject({ kind: 'answered', facts: { degraded: undefined } });
  });

  test('it is answered after a block time all the same, and told so', async () => {
    const world = scene([{ head: 100 }]);
    await world.show(101);
    const call = world.ask('balance ["latest"]');
    await world.clock.advanceAsync(spec.blockTimeMs + 50);
    expect(world.floors()).toEqual([undefined]);
    expect(call.served).toMatchObject({ kind: 'answered', facts: { degraded: 'height' } });
  });

  test('it is refused where it asked for strictness, and nothing is sent', async () => {
    const world = scene([{ head: 100 }]);
    await world.show(101);
    const call = world.ask('balance ["latest"]', { consistency: 'strict' });
    await world.clock.advanceAsync(spec.blockTimeMs + 50);
    expect(world.asked).toEqual([]);
    expect(call.served).toMatchObject({ answer: { fault: 'HEIGHT_NOT_REACHED', data: { height: 101 } } });
  });

  test('it waits no longer than half of what the call has left', async () => {
    const world = scene([{ head: 100 }]);
    await world.show(101);
    const call = world.ask('balance ["latest"]', { timeoutMs: 400 });
    await world.clock.advanceAsync(260);
    expect(call.served).toMatchObject({ kind: 'answered' });
  });

  test('what is named by its hash waits for nothing', async () => {
    const world = scene([{ head: 100 }]);
    await world.show(101);
    world.ask(`receipt ["0x${'a'.repeat(64)}"]`);
    await world.clock.advanceAsync(0);
    expect(world.floors()).toEqual([undefined]);
  });

  test('it is forgotten after ten minutes in which nobody showed it: the chain may have been set back', async () => {
    const world = scene([{ head: 100 }]);
    await world.show(101);
    await world.clock.advanceAsync(600_001);
    world.ask('balance ["latest"]');
    world.ask('balance ["latest"]', { consistency: 'strict' });
    await world.clock.advanceAsync(0);
    expect(world.floors()).toEqual([undefined]);
  });
});

describe('where those fail that have reached it', () => {
  test('others are waited for, and the failure is the end where there are none', async () => {
    const world = scene([{ head: 101 }, { head: 100 }]);
    await world.show(101);
    world.answer(() => exhausted);
    const call = world.ask('balance ["latest"]');
    await world.clock.advanceAsync(100);
    world.answer(() => buildAnswered('"0x1"'));
    world.move({ head: 101, standing: 'blocked' }, { head: 101 });
    await world.clock.advanceAsync(50);
    expect(world.floors()).toEqual([101, 101]);
    expect(call.served).toMatchObject({ kind: 'answered', facts: { degraded: undefined } });

    const alone = scene([{ head: 101 }]);
    await alone.show(101);
    alone.answer(() => exhausted);
    const end = alone.ask('balance ["latest"]');
    await alone.clock.advanceAsync(0);
    expect(end.served).toBe(exhausted);
  });

  test('an answer that shows less than was seen is asked for again, and is none to the strict', async () => {
    const low = buildAnswered('{"number":100}', { verdict: behindVerdict });
    for (const consistency of ['session', 'strict'] as const) {
      const world = scene([{ head: 101 }]);
      await world.show(101);
      world.answer(() => low);
      const call = world.ask('block ["latest"]', { consistency });
      await world.clock.advanceAsync(spec.blockTimeMs + 50);
      expect(world.floors()).toEqual([101, 101]);
      if (consistency === 'session') expect(call.served).toBe(low);
      else expect(call.served).toMatchObject({ answer: { fault: 'HEIGHT_NOT_REACHED' } });
    }
  });

  test('what waiting does not change is the end at once', async () => {
    const world = scene([{ head: 101 }, { head: 100 }]);
    await world.show(101);
    const passed = refused({ fault: 'DEADLINE_PASSED', message: 'over' });
    world.answer(() => passed);
    const call = world.ask('balance ["latest"]');
    await world.clock.advanceAsync(0);
    expect(call.served).toBe(passed);
  });

  test('where only last resorts are left they are asked without waiting', async () => {
    const world = scene([{ head: 101, standing: 'blocked' }]);
    await world.show(101);
    const call = world.ask('balance ["latest"]');
    await world.clock.advanceAsync(0);
    expect(world.floors()).toEqual([101]);
    expect(call.served).toMatchObject({ kind: 'answered' });
  });
});
