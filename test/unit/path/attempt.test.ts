import { describe, expect, test } from 'vitest';
import { classifyCall } from '../../../src/classify/classify-call.ts';
import type { AttemptOutcome, SendResult } from '../../../src/model/answer.ts';
import type { GatewayEvent } from '../../../src/model/events.ts';
import type { AttemptResult } from '../../../src/model/traffic.ts';
import { createSendAttempt, type Journey } from '../../../src/path/attempt.ts';
import type { Cancel } from '../../../src/ports/clock.ts';
import type { Send } from '../../../src/ports/transport.ts';
import { createLoad } from '../../../src/select/load.ts';
import { buildLane, buildPolicy, specWith } from '../../support/build-lane.ts';
import { buildUpstream } from '../../support/build-pairing.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

const spec = specWith(
  buildPolicy('read'),
  buildPolicy('head', { showsHead: [] }),
  buildPolicy('block', { nullMayBeLag: true, block: { kind: 'param', path: ['0'], missing: 'latest' } }),
  buildPolicy('big', { class: 'heavy' }),
  buildPolicy('try', { carriesSigned: true }),
  buildPolicy('send', { kind: 'write', class: 'write', write: { kind: 'raw', path: ['0'], encoding: 'hex' } }),
  buildPolicy('write', { kind: 'write', class: 'write', write: { kind: 'once' } }),
);

interface Sent {
  readonly send: Send;
  cancelled: boolean;
  answer(result: SendResult): void;
}

/** One attempt in a world of fakes, with all that came of it. */
function attempt(method = 'read', params = '[]') {
  const clock = createVirtualClock();
  const load = createLoad(1);
  const events: GatewayEvent[] = [];
  const outcomes: AttemptOutcome[] = [];
  const counted: [string, AttemptResult][] = [];
  const heads: number[] = [];
  const sends: Sent[] = [];
  const lane = buildLane({
    spec,
    load,
    noteHead: (_, height) => void heads.push(height),
    upstreamMeters: [{ sent: () => undefined, answered: (of, result) => void counted.push([of, result]) }],
    redact: (bytes) => Buffer.from(bytes.toString().replaceAll('hunter2', '***')),
  });
  const transport = {
    send(send: Send, answer: (result: SendResult) => void): Cancel {
      const sent: Sent = { send, cancelled: false, answer };
      sends.push(sent);
      return () => {
        sent.cancelled = true;
      };
    },
  };
  const sendAttempt = createSendAttempt({ clock, transport, yieldTurn: () => Promise.resolve() });
  const classified = classifyCall(spec, { id: Buffer.from('"mine"'), method, params: Buffer.from(params) });
  const journey: Journey = {
    lane,
    classified,
    series: load.seriesOf(method, classified.policy.class),
    deadline: 'ours',
    tell: (event) => events.push(event),
    isWanted: () => true,
  };
  const start = (own: Partial<Journey> = {}): Cancel =>
    sendAttempt(
      { ...journey, ...own },
      {
        upstream: buildUpstream(0),
        order: { timeoutMs: 2000, purpose: 'client' },
        done: (outcome) => void outcomes.push(outcome),
      },
    );
  return { clock, load, events, outcomes, counted, heads, sends, start };
}

/** An answer of HTTP with this body. */
function answered(body: string, status = 200): SendResult {
  return { kind: 'answered', status, body: Buffer.from(body), connection: 7 };
}

function failedEvents(events: readonly GatewayEvent[]) {
  return events.flatMap((event) => (event.kind === 'attempt-failed' ? [event] : []));
}

describe('an attempt', () => {
  test('sends the params as they are, under an id of ours that is never used twice', () => {
    const { sends, start } = attempt('read', '[ 1.0 ]');
    start();
    start();
    const bodies = sends.map(({ send }) => send.body.toString());
    expect(bodies.map((body) => JSON.parse(body).id)).toEqual([1, 2]);
    expect(bodies[0]).toContain('"params":[ 1.0 ]');
    expect(sends[0]?.send).toMatchObject({
      timeoutMs: 2000,
      maxBytes: 16 * 1024 ** 2,
      resend: 'reads',
      answer: 'small',
    });
  });

  test('of a write is not sent again by the transport where it may have arrived, and a heavy read may be compressed', () => {
    const [write, heavy] = [attempt('write'), attempt('big')];
    write.start();
    heavy.start();
    expect(write.sends[0]?.send).toMatchObject({ resend: 'if-unsent' });
    expect(heavy.sends[0]?.send).toMatchObject({ answer: 'large' });
  });

  test('that is answered well makes no event, and is counted in place', () => {
    const { sends, events, outcomes, counted, load, start } = attempt();
    start();
    sends[0]?.answer(answered('{"jsonrpc":"2.0","id":1,"result":"0x1"}'));
    expect(outcomes).toMatchObject([{ verdict: { meaning: 'ok' }, answer: { kind: 'result' } }]);
    expect(events).toEqual([]);
    expect(counted).toEqual([['light', 'ok']]);
    expect(load.drainGood(0)).toMatchObject({ good: 1, generation: 1 });
    expect(load.inFlight(0)).toBe(0);
  });

  test('that failed is told with all that folding needs, and with the read to be asked again', () => {
    const { sends, events, clock, counted, start } = attempt('read', '[5]');
    start();
    clock.advance(30);
    sends[0]?.answer({ kind: 'failed', failure: 'reset', sent: 'maybe', connection: 9 });
    expect(failedEvents(events)).toEqual([
      expect.objectContaining({
        upstream: 'testnet/p0/json-rpc-0',
        at: 1030,
        sentAt: 1000,
        generation: 1,
        connection: 9,
        failure: 'reset',
        verdict: expect.objectContaining({ meaning: 'connection-lost', blame: 'upstream' }),
        replay: { method: 'read', params: '[5]' },
      }),
    ]);
    expect(counted).toEqual([['light', 'failed']]);
  });

  test('that failed is not to be asked again where it was a write, a heavy read, signed or too long to keep', () => {
    const longParams = `["${'x'.repeat(9000)}"]`;
    for (const { sends, events, start } of [
      attempt('write'),
      attempt('big'),
      attempt('try'),
      attempt('read', longParams),
    ]) {
      start();
      sends[0]?.answer({ kind: 'failed', failure: 'reset', sent: 'maybe', connection: 9 });
      expect(failedEvents(events)[0]).not.toHaveProperty('replay');
    }
  });

  test('F-133: whose upstream’s error tells a secret passes it on without', () => {
    const { sends, outcomes, start } = attempt();
    start();
    sends[0]?.answer(answered('{"jsonrpc":"2.0","id":1,"error":{"code":3,"message":"key hunter2"}}'));
    const [outcome] = outcomes;
    expect(outcome?.answer?.kind === 'error' ? outcome.answer.error.toString() : '').toContain('key ***');
  });

  test('F-052: answered under another id is no answer', () => {
    const { sends, outcomes, start } = attempt();
    start();
    sends[0]?.answer(answered('{"jsonrpc":"2.0","id":2,"result":"0x1"}'));
    expect(outcomes[0]).toMatchObject({ verdict: { meaning: 'bad-response', blame: 'upstream' } });
    expect(outcomes[0]).not.toHaveProperty('answer');
  });

  test('whose client had less patience than the method is owed blames nobody', () => {
    const { sends, outcomes, start } = attempt('big');
    start({ deadline: 'clients' });
    sends[0]?.answer({ kind: 'failed', failure: 'timeout', sent: 'maybe', connection: 9 });
    expect(outcomes[0]).toMatchObject({ verdict: { meaning: 'timeout', blame: 'none' } });
  });
});

describe('an attempt that is given up', () => {
  test('is a loser without blame: nothing is told, and what comes later changes nothing', () => {
    const { sends, events, outcomes, counted, load, clock, start } = attempt();
    const cancel = start();
    clock.advance(500);
    cancel();
    cancel();
    sends[0]?.answer(answered('{"jsonrpc":"2.0","id":1,"result":"0x1"}'));
    expect(sends[0]?.cancelled).toBe(true);
    expect({ events, outcomes, counted }).toEqual({ events: [], outcomes: [], counted: [['light', 'cancelled']] });
    expect(load.inFlight(0)).toBe(0);
  });

  test('F-010: because its upstream fell silent goes on to its own deadline, and nobody waits for it', () => {
    const { sends, events, outcomes, counted, clock, load, start } = attempt();
    const cancel = start();
    clock.advance(1000);
    cancel();
    expect({ cancelled: sends[0]?.cancelled, events, inFlight: load.inFlight(0) }).toEqual({
      cancelled: false,
      events: [],
      inFlight: 1,
    });
    clock.advance(1000);
    sends[0]?.answer({ kind: 'failed', failure: 'timeout', sent: 'maybe', connection: 9 });
    expect(failedEvents(events)).toMatchObject([{ verdict: { meaning: 'timeout', blame: 'upstream' } }]);
    expect({ outcomes, counted }).toEqual({ outcomes: [], counted: [['light', 'failed']] });
  });

  test('F-010: and counts as an answer where one comes after all', () => {
    const { sends, events, outcomes, counted, clock, load, start } = attempt();
    const cancel = start();
    clock.advance(1500);
    cancel();
    sends[0]?.answer(answered('{"jsonrpc":"2.0","id":1,"result":"0x1"}'));
    expect({ outcomes, events, counted }).toEqual({ outcomes: [], events: [], counted: [['light', 'ok']] });
    expect(load.drainGood(0)).toMatchObject({ good: 1 });
  });

  test('F-249: because its client has gone is cancelled, whatever its upstream does', () => {
    const { sends, clock, counted, start } = attempt();
    const cancel = start({ isWanted: () => false });
    clock.advance(1500);
    cancel();
    expect({ cancelled: sends[0]?.cancelled, counted }).toEqual({ cancelled: true, counted: [['light', 'cancelled']] });
  });

  test('of a signed transaction goes on where another accepted it, unheard but counted', () => {
    const { sends, outcomes, load, counted, start } = attempt('send', '["0x02f8"]');
    const cancel = start();
    cancel();
    expect(sends[0]?.cancelled).toBe(false);
    sends[0]?.answer(answered('{"jsonrpc":"2.0","id":1,"result":"0x1"}'));
    expect({ outcomes, counted, inFlight: load.inFlight(0) }).toEqual({
      outcomes: [],
      counted: [['write', 'ok']],
      inFlight: 0,
    });
  });

  test('is cancelled where the upstream answered others meanwhile', () => {
    const { sends, events, clock, start } = attempt();
    const cancel = start();
    clock.advance(900);
    start();
    sends[1]?.answer(answered('{"jsonrpc":"2.0","id":2,"result":"0x1"}'));
    clock.advance(900);
    cancel();
    expect({ cancelled: sends[0]?.cancelled, events }).toEqual({ cancelled: true, events: [] });
  });
});

describe('what a result shows of its upstream’s head', () => {
  test('is noted', () => {
    const { sends, heads, outcomes, start } = attempt('head');
    start();
    sends[0]?.answer(answered('{"jsonrpc":"2.0","id":1,"result":101}'));
    expect(heads).toEqual([101]);
    expect(outcomes[0]).toMatchObject({ verdict: { meaning: 'ok' } });
  });

  test('F-180: is kept for want of a better one where it is less than was shown before', () => {
    const { sends, outcomes, events, start } = attempt('head');
    start();
    sends[0]?.answer(answered('{"jsonrpc":"2.0","id":1,"result":100}'));
    start();
    sends[1]?.answer(answered('{"jsonrpc":"2.0","id":2,"result":3}'));
    expect(outcomes[1]).toMatchObject({
      verdict: { meaning: 'lagging', blame: 'none', retry: 'other' },
      answer: { kind: 'result' },
      shown: 3,
    });
    expect(failedEvents(events)).toHaveLength(1);
  });

  test('F-181: a block that the chain has is asked of another where this one has not seen it', () => {
    const { sends, outcomes, start } = attempt('block', '[100]');
    start();
    sends[0]?.answer(answered('{"jsonrpc":"2.0","id":1,"result":null}'));
    expect(outcomes[0]).toMatchObject({ verdict: { meaning: 'lagging', retry: 'other' } });
  });
});
