import { describe, expect, test } from 'vitest';
import { classifyCall } from '../../../src/classify/classify-call.ts';
import { createJudge } from '../../../src/classify/judge.ts';
import type { AttemptOutcome, SendResult } from '../../../src/model/answer.ts';
import type { GatewayEvent } from '../../../src/model/events.ts';
import type { MethodPolicy } from '../../../src/model/method-policy.ts';
import type { AttemptResult } from '../../../src/model/traffic.ts';
import { createSendAttempt, type Journey } from '../../../src/path/attempt.ts';
import { createShownHead } from '../../../src/path/head-doubt.ts';
import type { Lane } from '../../../src/path/lane.ts';
import type { Cancel } from '../../../src/ports/clock.ts';
import type { Send } from '../../../src/ports/transport.ts';
import { createLoad } from '../../../src/select/load.ts';
import { buildSpec } from '../../support/build-health.ts';
import { buildPairing, buildUpstream } from '../../support/build-pairing.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

const plainMethod = buildSpec().unknownMethod;

const methods = new Map<string, MethodPolicy>([
  ['read', { ...plainMethod, name: 'read' }],
  ['head', { ...plainMethod, name: 'head', showsHead: [] }],
  [
    'block',
    { ...plainMethod, name: 'block', nullMayBeLag: true, block: { kind: 'param', path: ['0'], missing: 'latest' } },
  ],
  ['big', { ...plainMethod, name: 'big', class: 'heavy' }],
  ['write', { ...plainMethod, name: 'write', kind: 'write', class: 'write', write: { kind: 'once' } }],
]);
const spec = buildSpec({ methods });

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
  const pairing = buildPairing([{}]);
  const lane = {
    spec,
    settings: {
      limits: { maxResponseBytes: 1000, lightTimeoutMs: 2000, normalTimeoutMs: 5000, heavyTimeoutMs: 20_000 },
    },
    judge: createJudge(spec),
    pairing: () => pairing,
    load,
    shownHead: createShownHead(),
    noteHead: (_: unknown, height: number) => heads.push(height),
    upstreamMeters: [
      { sent: () => undefined, answered: (of: string, result: AttemptResult) => void counted.push([of, result]) },
    ],
    redact: (bytes: Buffer) => Buffer.from(bytes.toString().replaceAll('hunter2', '***')),
  } as unknown as Lane;
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
    expect(sends[0]?.send).toMatchObject({ timeoutMs: 2000, maxBytes: 1000, resend: 'reads', answer: 'small' });
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
    expect(load.drainGood(0)).toEqual({ good: 1, generation: 1 });
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

  test('that failed is not to be asked again where it was a write, a heavy read, or too long to keep', () => {
    const longParams = `["${'x'.repeat(9000)}"]`;
    for (const { sends, events, start } of [attempt('write'), attempt('big'), attempt('read', longParams)]) {
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

  test('F-010: because its upstream fell silent is a timeout of that upstream', () => {
    const { sends, events, outcomes, counted, clock, start } = attempt();
    const cancel = start();
    clock.advance(1000);
    cancel();
    expect(sends[0]?.cancelled).toBe(true);
    expect(failedEvents(events)).toMatchObject([
      { verdict: { meaning: 'timeout', blame: 'upstream' }, failure: 'timeout' },
    ]);
    expect({ outcomes, counted }).toEqual({ outcomes: [], counted: [['light', 'failed']] });
  });

  test('F-010: and several of them count as several, each on a connection of its own', () => {
    const { events, clock, start } = attempt();
    const cancels = [start(), start()];
    clock.advance(1000);
    for (const cancel of cancels) cancel();
    expect(new Set(failedEvents(events).map(({ connection }) => connection)).size).toBe(2);
  });

  test('is no failure where the upstream answered others meanwhile, or where it is a write', () => {
    const [read, write] = [attempt(), attempt('write')];
    const cancelRead = read.start();
    read.clock.advance(900);
    read.start();
    read.sends[1]?.answer(answered('{"jsonrpc":"2.0","id":2,"result":"0x1"}'));
    read.clock.advance(900);
    cancelRead();
    const cancelWrite = write.start();
    write.clock.advance(9000);
    cancelWrite();
    expect([...read.events, ...write.events]).toEqual([]);
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
