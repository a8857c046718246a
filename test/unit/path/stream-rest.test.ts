import { describe, expect, test } from 'vitest';
import { classifyCall } from '../../../src/classify/classify-call.ts';
import type { AnswerRest, AttemptOutcome, RestPiece, SendResult } from '../../../src/model/answer.ts';
import type { GatewayEvent } from '../../../src/model/events.ts';
import type { AttemptResult } from '../../../src/model/traffic.ts';
import { createSendAttempt, type Journey } from '../../../src/path/attempt.ts';
import type { Send } from '../../../src/ports/transport.ts';
import { createLoad } from '../../../src/select/load.ts';
import { buildLane, buildPolicy, specWith } from '../../support/build-lane.ts';
import { buildUpstream } from '../../support/build-pairing.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

const spec = specWith(buildPolicy('big', { class: 'heavy' }));

/** One attempt whose answer is larger than what is held, as far as it has begun. */
async function streaming(end: RestPiece, beginning = '{"id":1,"result":["a"', hasty?: 'hasty') {
  const clock = createVirtualClock();
  const load = createLoad(1);
  const events: GatewayEvent[] = [];
  const outcomes: AttemptOutcome[] = [];
  const counted: [AttemptResult, number][] = [];
  const sends: { readonly send: Send; answer(result: SendResult): void }[] = [];
  const pieces: RestPiece[] = [{ kind: 'bytes', bytes: Buffer.from(',"b"]}') }];
  let cancels = 0;
  const rest: AnswerRest = {
    beginning: [Buffer.from(beginning)],
    read: async () => pieces.shift() ?? end,
    cancel: () => {
      cancels += 1;
    },
  };
  const lane = buildLane({
    spec,
    load,
    upstreamMeters: [{ sent: () => undefined, answered: (_, result, seconds) => void counted.push([result, seconds]) }],
  });
  const sendAttempt = createSendAttempt({
    clock,
    transport: {
      send(send, answer) {
        sends.push({ send, answer });
        return () => undefined;
      },
    },
    yieldTurn: async () => undefined,
  });
  const classified = classifyCall(spec, { id: Buffer.from('1'), method: 'big', params: Buffer.from('[]') });
  const journey: Journey = {
    lane,
    classified,
    series: load.seriesOf('big', 'heavy'),
    deadline: hasty === undefined ? 'ours' : 'clients',
    large: 'streamed',
    tell: (event) => events.push(event),
    isWanted: () => true,
  };
  const cancel = sendAttempt(journey, {
    upstream: buildUpstream(0),
    order: { timeoutMs: hasty === undefined ? 20_000 : 500, purpose: 'client' },
    done: (outcome) => void outcomes.push(outcome),
  });
  clock.advance(300);
  const answer = async (): Promise<void> => {
    sends[0]?.answer({ kind: 'answered', status: 200, body: Buffer.alloc(0), rest, connection: 7 });
    await clock.advanceAsync(0);
  };
  const streamed = (): AnswerRest => {
    const given = outcomes[0]?.answer;
    if (given?.kind !== 'result' || given.rest === undefined) throw new Error('nothing is streamed');
    return given.rest;
  };
  return { clock, load, events, outcomes, counted, sends, cancel, answer, streamed, cancels: () => cancels };
}

const ended: RestPiece = { kind: 'ended' };

describe('an attempt whose answer is streamed', () => {
  test('may bring the largest answer there is, of which so much is held', async () => {
    const { sends } = await streaming(ended);
    expect(sends[0]?.send).toMatchObject({ maxBytes: 256 * 1024 ** 2, streamAbove: 16 * 1024 ** 2 });
  });

  test('is good from its beginning on, in flight until its end, and was as slow as its upstream only', async () => {
    const { answer, clock, load, events, outcomes, counted, streamed } = await streaming(ended);
    await answer();
    expect(outcomes).toMatchObject([{ verdict: { meaning: 'ok' } }]);
    expect([load.inFlight(0), load.drainGood(0)?.good]).toEqual([1, 1]);
    expect(load.expectedMs(0, 'heavy', clock.now())).toBeCloseTo(300);
    clock.advance(60_000);
    expect(load.expectedMs(0, 'heavy', clock.now())).toBeLessThanOrEqual(300);
    expect(counted).toEqual([]);
    await streamed().read();
    await streamed().read();
    expect(load.inFlight(0)).toBe(0);
    expect(load.drainGood(0)).toBeUndefined();
    expect(counted).toEqual([['ok', 0.3]]);
    expect(events).toEqual([]);
  });

  test.each([
    ['reset', 'connection-lost', 'upstream', 'failed'],
    ['timeout', 'timeout', 'upstream', 'failed'],
    ['malformed', 'bad-response', 'upstream', 'failed'],
    ['too-large', 'result-too-large', 'none', 'error'],
    ['aborted', 'cancelled', 'none', 'cancelled'],
  ] as const)('that breaks off (%s) means %s and is told so', async (failure, meaning, blame, result) => {
    const { answer, clock, load, events, counted, streamed } = await streaming({ kind: 'broken', failure });
    await answer();
    clock.advance(50);
    await streamed().read();
    await streamed().read();
    expect(events).toMatchObject([
      { kind: 'attempt-failed', at: 1350, sentAt: 1000, connection: 7, verdict: { meaning, blame } },
    ]);
    expect(counted).toEqual([[result, 0.3]]);
    expect(load.inFlight(0)).toBe(0);
  });

  test('whose client had less patience than an upstream is given blames nobody for it', async () => {
    const broken = { kind: 'broken', failure: 'timeout' } as const;
    const { answer, events, streamed } = await streaming(broken, undefined, 'hasty');
    await answer();
    await streamed().read();
    await streamed().read();
    expect(events).toMatchObject([{ verdict: { meaning: 'timeout', blame: 'none' } }]);
  });

  test('whose client goes away is cancelled, and tells nothing', async () => {
    const { answer, load, events, counted, streamed, cancels } = await streaming(ended);
    await answer();
    streamed().cancel();
    expect([counted, cancels(), load.inFlight(0), events]).toEqual([[['cancelled', 0.3]], 1, 0, []]);
  });

  test('that was cancelled before its beginning was read lets go of it', async () => {
    const { answer, cancel, outcomes, cancels, load } = await streaming(ended);
    cancel();
    await answer();
    expect([outcomes, cancels(), load.inFlight(0)]).toEqual([[], 1, 0]);
  });

  test.each([
    ['an error', '{"id":1,"error":{"code":1,"message":"', 'result-too-large'],
    ["another's", '{"id":2,"result":[', 'bad-response'],
    ['no JSON', '{"id":1,"result":[}', 'bad-response'],
  ])('is none where it begins as %s: it ends there', async (_, beginning, meaning) => {
    const { answer, outcomes, cancels, load } = await streaming(ended, beginning);
    await answer();
    expect(outcomes).toMatchObject([{ verdict: { meaning } }]);
    expect([cancels(), load.inFlight(0)]).toEqual([1, 0]);
  });
});
