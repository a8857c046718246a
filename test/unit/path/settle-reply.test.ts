import { expect, test } from 'vitest';
import { classifyCall } from '../../../src/classify/classify-call.ts';
import type { AnswerRest, RestPiece } from '../../../src/model/answer.ts';
import type { CallReply } from '../../../src/path/render.ts';
import { settleReply } from '../../../src/path/settle-reply.ts';
import { unsteered } from '../../../src/path/steering.ts';
import type { Trip } from '../../../src/path/trip.ts';
import { buildLane, buildPolicy, specWith } from '../../support/build-lane.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

const spec = specWith(buildPolicy('read'));

/** A call that came at 1000 ms, went out 10 ms later and had its answer begin after 90 ms more; it is 105 ms later now. */
function settle(rest?: AnswerRest) {
  const clock = createVirtualClock();
  const counted: string[] = [];
  const lane = buildLane({
    spec,
    meter: {
      settled: (method, outcome, seconds) => void counted.push(`${method} ${outcome} ${seconds.toFixed(3)}`),
      settledFor: (client, outcome) => void counted.push(`${client} ${outcome}`),
      cached: () => undefined,
      overhead: (seconds) => void counted.push(`ours ${seconds.toFixed(3)}`),
    },
  });
  const trip: Trip = {
    lane,
    classified: classifyCall(spec, { id: Buffer.from('1'), method: 'read', params: undefined }),
    steering: unsteered,
    times: { startedAt: 1000, sentAt: 1010, settledAt: 1100 },
    purpose: 'client',
    onCancel: () => undefined,
  };
  clock.advance(105);
  const key = { name: 'dapp', sha256: '', steer: false };
  const client = { bucket: 'dapp', key, rates: undefined };
  const reply: CallReply = {
    pieces: [Buffer.from('{}')],
    outcome: 'ok',
    status: 200,
    facts: undefined,
    retryAfterSeconds: undefined,
    ...(rest !== undefined && { rest }),
  };
  const settled = settleReply(clock, { trip, client }, reply);
  return { clock, counted, settled, reply, visits: lane.visits };
}

function restOf(end: RestPiece): AnswerRest {
  return { beginning: [], read: async () => end, cancel: () => undefined };
}

test('a call is counted at once, with its time and our own share of it', () => {
  const { counted, settled, reply, visits } = settle();
  expect(counted).toEqual(['ours 0.015', 'read ok 0.105', 'dapp ok']);
  expect(settled).toBe(reply);
  expect(visits.open).toBe(0);
});

test.each<[RestPiece, string]>([
  [{ kind: 'ended' }, 'ok'],
  [{ kind: 'broken', failure: 'reset' }, 'broken-off'],
])(
  'a call whose answer is streamed is counted when that has come to its end (%j), and keeps its lane until then',
  async (end, outcome) => {
    const { clock, counted, settled, visits } = settle(restOf(end));
    expect(counted).toEqual(['ours 0.015']);
    expect(visits.open).toBe(1);
    clock.advance(1000);
    await settled.rest?.read();
    await settled.rest?.read();
    expect(counted.slice(1)).toEqual([`read ${outcome} 1.105`, `dapp ${outcome}`]);
    expect(visits.open).toBe(0);
  },
);

test('a call whose client stops reading is counted as gone', () => {
  const { counted, settled, visits } = settle(restOf({ kind: 'ended' }));
  settled.rest?.cancel();
  expect(counted.slice(1)).toEqual(['read client-gone 0.105', 'dapp client-gone']);
  expect(visits.open).toBe(0);
});
