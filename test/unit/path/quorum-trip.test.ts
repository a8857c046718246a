import { describe, expect, test } from 'vitest';
import type { GatewayEvent } from '../../../src/model/events.ts';
import type { Pairing } from '../../../src/model/pairing.ts';
import { createQuorumTrip } from '../../../src/path/quorum-trip.ts';
import { type Steering, unsteered } from '../../../src/path/steering.ts';
import { gone, refused, type Served, type Trip } from '../../../src/path/trip.ts';
import type { Cancel } from '../../../src/ports/clock.ts';
import { createLoad } from '../../../src/select/load.ts';
import { hash } from '../../../src/system/hash.ts';
import { buildChainSettings, buildLane, buildPolicy, specWith } from '../../support/build-lane.ts';
import { buildVerdict, errorAnswer } from '../../support/build-outcome.ts';
import { buildPairing, type UpstreamTraits } from '../../support/build-pairing.ts';
import { buildAnswered, buildTrip } from '../../support/build-trip.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

const spec = specWith(
  buildPolicy('balance', { kind: 'read', class: 'light', block: { kind: 'param', path: ['1'], missing: 'latest' } }),
  buildPolicy('value', { kind: 'read', class: 'light', volatile: new Set(['context']) }),
  buildPolicy('send', { kind: 'write', class: 'write', write: { kind: 'once' } }),
);

/** One group's question, as a test answers it. */
interface Question {
  readonly trip: Trip;
  isCancelled: boolean;
  answer(served: Served): Promise<void>;
  breakDown(bug: Error): Promise<void>;
}

interface SceneOptions {
  readonly upstreams?: readonly UpstreamTraits[];
  readonly lines?: readonly string[];
  /** Bytes there is room for. */
  readonly room?: number;
}

/** Four providers of their own, and a hand that answers for each. */
function scene({ upstreams = [{}, {}, {}, {}], lines = [], room = 1_000_000 }: SceneOptions = {}) {
  const clock = createVirtualClock();
  const pairing: Pairing = buildPairing(upstreams, { finalized: 90 });
  const settings = buildChainSettings(lines);
  const lane = buildLane({ spec, settings, pairing: () => pairing, load: createLoad(upstreams.length) });
  const questions: Question[] = [];
  const events: GatewayEvent[] = [];
  const memory = { held: 0, most: 0 };
  const held = {
    take(bytes: number) {
      if (memory.held + bytes > room) return false;
      memory.held += bytes;
      memory.most = Math.max(memory.most, memory.held);
      return true;
    },
    give(bytes: number) {
      memory.held -= bytes;
    },
  };
  const deps = { clock, hash, held, random: seededRandom(3), emit: (event: GatewayEvent) => void events.push(event) };
  const serve = createQuorumTrip(
    deps,
    (trip) =>
      new Promise((resolve, reject) => {
        const question: Question = {
          trip,
          isCancelled: false,
          async breakDown(bug) {
            reject(bug);
            await clock.advanceAsync(0);
          },
          async answer(served) {
            resolve(served);
            await clock.advanceAsync(0);
          },
        };
        trip.onCancel(() => {
          question.isCancelled = true;
          resolve(gone);
        });
        questions.push(question);
      }),
  );
  const ask = (call: string, quorum?: Steering['quorum'], traits: Partial<Trip> = {}) => {
    const cancels: Cancel[] = [];
    const end: { served?: Served; bug?: unknown } = {};
    const steering = quorum === undefined ? unsteered : { ...unsteered, quorum };
    const onCancel = (cancel: Cancel): void => void cancels.push(cancel);
    void serve(buildTrip(lane, call, { steering, onCancel, ...traits })).then(
      (served) => {
        end.served = served;
      },
      (bug) => {
        end.bug = bug;
      },
    );
    const leave = (): void => {
      for (const cancel of cancels) cancel();
    };
    return { end, leave };
  };
  const question = (at: number): Question => {
    const found = questions[at];
    if (found === undefined) throw new Error(`nobody was asked question ${at}`);
    return found;
  };
  return { clock, ask, questions, question, events, memory, lane };
}

const twoOfThree = { agree: 2, of: 3 };
const noneTried = {
  fault: 'UPSTREAMS_EXHAUSTED',
  message: 'failed',
  data: { attempts: [{ upstream: 'p9/x' }] },
} as const;

describe('a call that asks for no quorum', () => {
  test('passes as it is, the very same', () => {
    const world = scene();
    const before = world.ask('value');
    expect(world.questions).toHaveLength(1);
    expect(world.question(0).trip.wish).toBeUndefined();
    expect(before.end.served).toBeUndefined();
  });
});

describe('a quorum', () => {
  test('asks each group by itself and answers with the bytes of the first that was agreed with', async () => {
    const world = scene();
    const { end } = world.ask('value', twoOfThree);
    const groups = world.questions.map(({ trip }) => [...(trip.wish?.groups ?? [])]);
    expect(groups.map(({ length }) => length)).toEqual([1, 1, 1]);
    expect(new Set(groups.flat()).size).toBe(3);
    await world.question(1).answer(buildAnswered('{"a": 1, "b": 2}', { attempts: 2 }));
    await world.question(0).answer(buildAnswered('{"a":9}'));
    await world.question(2).answer(buildAnswered('{"b":2.0,"a":1}'));
    expect(end.served).toMatchObject({ kind: 'answered', facts: { attempts: 4 } });
    const answer = end.served?.kind === 'answered' ? end.served.answer : undefined;
    expect(answer?.kind === 'result' && answer.result.toString()).toBe('{"a": 1, "b": 2}');
  });

  test('lets the others go as soon as enough agree, and does not compare what the spec calls volatile', async () => {
    const world = scene();
    const { end } = world.ask('value', twoOfThree);
    await world.question(0).answer(buildAnswered('{"context":{"slot":1},"value":7}'));
    await world.question(1).answer(buildAnswered('{"value":7,"context":{"slot":2}}'));
    expect(end.served).toMatchObject({ kind: 'answered' });
    expect(world.question(2).isCancelled).toBe(true);
  });

  test('is asked for method by method in the configuration, which a client may overrule', () => {
    const world = scene({ lines: ['quorum: { value: 3/4 }'] });
    world.ask('value');
    expect(world.questions).toHaveLength(4);
    world.ask('value', { agree: 1, of: 1 });
    expect(world.questions).toHaveLength(5);
    world.ask('balance ["0xaa","0x1"]');
    expect(world.question(5).trip.wish).toBeUndefined();
  });

  test('takes the same error for agreement, whatever its words', async () => {
    const world = scene();
    const { end } = world.ask('value', twoOfThree);
    const reverted = { verdict: buildVerdict({ meaning: 'reverted', blame: 'none', retry: 'no' }) };
    await world.question(0).answer(buildAnswered(errorAnswer(3, 'execution reverted'), reverted));
    await world.question(1).answer(buildAnswered(errorAnswer(3, 'VM: reverted'), reverted));
    expect(end.served).toMatchObject({ kind: 'answered', verdict: { meaning: 'reverted' } });
  });

  test('asks all at one height, that of as many groups as are asked, and says which', async () => {
    const world = scene({ upstreams: [{ head: 100 }, { head: 99 }, { head: 98 }, { head: 60, lagging: true }] });
    const { end } = world.ask('balance ["0xaa","latest"]', twoOfThree);
    for (const { trip } of world.questions) expect(trip.classified.call.params?.toString()).toBe('["0xaa",98]');
    await world.question(0).answer(buildAnswered('1', { height: 100 }));
    await world.question(1).answer(buildAnswered('1', { height: 100 }));
    expect(end.served).toMatchObject({ facts: { height: 98 } });
  });

  test('does not go back when a slower group joins in, as long as enough have what was told', async () => {
    const world = scene({ upstreams: [{ head: 100 }, { head: 100 }, { head: 60, lagging: true }] });
    const call = 'balance ["0xaa","latest"]';
    world.ask(call, twoOfThree);
    await world.question(0).answer(buildAnswered('1'));
    await world.question(1).answer(buildAnswered('1'));
    const askedAt = (heads: readonly number[]): (string | undefined)[] => {
      const pairing = buildPairing(heads.map((head) => ({ head })));
      const before = world.questions.length;
      world.ask(call, twoOfThree, { lane: { ...world.lane, pairing: () => pairing } });
      return world.questions.slice(before).map(({ trip }) => trip.classified.call.params?.toString());
    };
    expect(new Set(askedAt([100, 100, 99]))).toEqual(new Set(['["0xaa",100]']));
    expect(new Set(askedAt([100, 99, 99]))).toEqual(new Set(['["0xaa",99]']));
  });

  test('asks no lower than a session has seen', () => {
    const world = scene({ upstreams: [{ head: 100 }, { head: 100 }, { head: 98 }] });
    world.ask('balance ["0xaa","latest"]', { agree: 2, of: 3 }, { wish: { atLeast: 100 } });
    expect(world.questions.map(({ trip }) => trip.classified.call.params?.toString())).toEqual([
      '["0xaa",100]',
      '["0xaa",100]',
    ]);
    expect(world.question(0).trip.wish?.atLeast).toBe(100);
  });
});

describe('no quorum', () => {
  test('where answers differ: a digest for each, equal for those that agree', async () => {
    const world = scene();
    const { end } = world.ask('value', { agree: 3, of: 3 });
    await world.question(0).answer(buildAnswered('{"a":1}'));
    await world.question(1).answer(buildAnswered('{ "a": 1.0 }'));
    await world.question(2).answer(buildAnswered('{"a":2}'));
    expect(end.served).toMatchObject({ answer: { fault: 'QUORUM_DISAGREES', data: { quorum: '3/3' } } });
    const fault = end.served?.kind === 'refused' ? end.served.answer : undefined;
    const answers = fault?.data?.answers as readonly { readonly digest: string }[];
    const digestOf = (text: string): string => Buffer.from(hash.sha256(Buffer.from(text))).toString('hex');
    expect(answers.map(({ digest }) => digest)).toEqual([
      digestOf('{"a":1}'),
      digestOf('{"a":1}'),
      digestOf('{"a":2}'),
    ]);
  });

  test('where too few answer: called what stopped them, with all attempts', async () => {
    const world = scene({ upstreams: [{}, {}] });
    const { end } = world.ask('value', { agree: 2, of: 2 });
    await world.question(0).answer(buildAnswered('1'));
    await world.question(1).answer(refused(noneTried));
    expect(end.served).toMatchObject({
      answer: { fault: 'UPSTREAMS_EXHAUSTED', data: { quorum: '2/2', attempts: noneTried.data.attempts } },
    });
  });

  test('where there are too few groups, or too few of them can be asked: nobody is', () => {
    const few = scene({ upstreams: [{ endpoint: { group: 'one' } }, { endpoint: { group: 'one' } }, {}] });
    const { end } = few.ask('value', { agree: 3, of: 3 });
    const quarantined = scene({ upstreams: [{}, { standing: 'quarantined' }] });
    const unasked = quarantined.ask('value', { agree: 2, of: 2 });
    return Promise.resolve().then(() => {
      expect(end.served).toMatchObject({ answer: { fault: 'NO_UPSTREAM', data: { groups: 2 } } });
      expect(unasked.end.served).toMatchObject({ answer: { fault: 'NO_UPSTREAM', data: { groups: 1 } } });
      expect([...few.questions, ...quarantined.questions]).toEqual([]);
    });
  });

  test('for a write, however it is asked for', async () => {
    const world = scene();
    const { end } = world.ask('send ["0x00"]', twoOfThree);
    await world.clock.advanceAsync(0);
    expect(end.served).toMatchObject({ answer: { fault: 'INVALID_REQUEST' } });
    expect(world.questions).toEqual([]);
  });
});

describe('what a quorum holds', () => {
  const large = (byte: string): string => `"${byte.repeat(8000)}"`;

  test('is one answer of each kind, counted, and given back at the end', async () => {
    const world = scene();
    world.ask('value', { agree: 3, of: 3 });
    await world.question(0).answer(buildAnswered(large('a')));
    await world.question(1).answer(buildAnswered(large('a')));
    expect(world.memory.held).toBe(8002);
    await world.question(2).answer(buildAnswered(large('b')));
    await world.clock.advanceAsync(100);
    expect(world.memory).toEqual({ held: 0, most: 16_004 });
  });

  test('is no more than there is room for: what has none does not count', async () => {
    const world = scene({ room: 10_000 });
    const { end } = world.ask('value', twoOfThree);
    await world.question(0).answer(buildAnswered(large('a')));
    await world.question(1).answer(buildAnswered(large('b')));
    await world.question(2).answer(buildAnswered(large('a')));
    expect(end.served).toMatchObject({ kind: 'answered' });
    expect(world.memory.held).toBe(0);
  });

  test('is let go when one of the questions meets a bug, and the others are cancelled', async () => {
    const world = scene();
    const { end } = world.ask('value', twoOfThree);
    await world.question(0).answer(buildAnswered(large('a')));
    const bug = new Error('a bug');
    await world.question(1).breakDown(bug);
    expect(end.bug).toBe(bug);
    expect(world.memory.held).toBe(0);
    expect(world.question(2).isCancelled).toBe(true);
  });

  test('is let go when the client has gone, and all are cancelled', async () => {
    const world = scene();
    const { end, leave } = world.ask('value', twoOfThree);
    await world.question(0).answer(buildAnswered(large('a')));
    leave();
    await world.clock.advanceAsync(0);
    expect(end.served).toBe(gone);
    expect(world.memory.held).toBe(0);
    expect(world.questions.slice(1).map(({ isCancelled }) => isCancelled)).toEqual([true, true]);
  });
});
