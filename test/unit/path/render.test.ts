import { describe, expect, test } from 'vitest';
import type { Call } from '../../../src/model/call.ts';
import { answeredOf } from '../../../src/path/relay-trip.ts';
import { renderAnswer, renderFault, replyToBatch, replyToCall } from '../../../src/path/render.ts';
import type { RelayOutcome } from '../../../src/relay/relay-plan.ts';
import { buildVerdict, errorAnswer, result } from '../../support/build-outcome.ts';
import { buildUpstream } from '../../support/build-pairing.ts';
import { buildServerSettings } from '../../support/server-settings.ts';

const settings = buildServerSettings({ cors: 'off', steering: 'off' });

const call: Call = { id: Buffer.from('"a"'), method: 'read', params: undefined };
const notification: Call = { ...call, id: undefined };

type Answered = Extract<RelayOutcome, { kind: 'answered' }>;

function answered(traits: Partial<Answered> = {}): Answered {
  return {
    kind: 'answered',
    answer: result('{"a": 1.0}'),
    verdict: buildVerdict({ meaning: 'ok' }),
    upstream: buildUpstream(0, { endpoint: { provider: 'alpha' } }),
    resort: 'primary',
    purpose: 'client',
    attempts: 1,
    doubt: 'none',
    ...traits,
  };
}

function textOf(pieces: readonly Buffer[] | undefined): string {
  return Buffer.concat(pieces ?? []).toString();
}

describe('an upstream’s answer', () => {
  test('reaches the client byte for byte, under its own id', () => {
    const reply = renderAnswer(call, answeredOf(answered(), 100));
    expect(textOf(reply.pieces)).toBe('{"jsonrpc":"2.0","id":"a","result":{"a": 1.0}}');
    expect(reply).toMatchObject({ outcome: 'ok', status: 200 });
  });

  test('that is an error is passed on as it is, and counted as one', () => {
    const reply = renderAnswer(call, answeredOf(answered({ answer: errorAnswer(3, 'reverted') }), 100));
    expect(textOf(reply.pieces)).toBe('{"jsonrpc":"2.0","id":"a","error":{"code":3,"message":"reverted"}}');
    expect(reply).toMatchObject({ outcome: 'error', status: 200 });
  });

  test('tells in headers where it came from', () => {
    const { headers } = replyToCall(renderAnswer(call, answeredOf(answered({ attempts: 2 }), 100)), settings);
    expect(headers).toEqual({
      'content-type': 'application/json',
      'x-switchyard-upstream': 'alpha/json-rpc',
      'x-switchyard-attempts': '2',
      'x-switchyard-cache': 'bypass',
      'x-switchyard-height': '100',
    });
  });

  test('tells nothing where that is turned off, and no height where none is known', () => {
    const reply = renderAnswer(call, answeredOf(answered(), undefined));
    expect(replyToCall(reply, { ...settings, headers: 'off' }).headers).toEqual({ 'content-type': 'application/json' });
    expect(replyToCall(reply, settings).headers).not.toHaveProperty('x-switchyard-height');
  });

  test.each([
    ['primary', undefined],
    ['backup', undefined],
    ['probation', 'probation'],
    ['lagging', 'lagging'],
    ['held-off', 'held-off'],
    ['blocked', 'blocked'],
  ] as const)('F-169: from the rung %s says it is degraded by %s', (resort, degraded) => {
    const { headers } = replyToCall(renderAnswer(call, answeredOf(answered({ resort }), 100)), settings);
    expect(headers['x-switchyard-degraded']).toBe(degraded);
  });

  test('to a notification is no content', () => {
    const reply = replyToCall(renderAnswer(notification, answeredOf(answered(), 100)), settings);
    expect(reply).toMatchObject({ status: 204, body: undefined });
  });
});

describe('a fault', () => {
  const fault = { fault: 'NO_UPSTREAM', message: 'Nobody.', retryAfterSeconds: 7, data: { attempts: [] } } as const;
  const addressee = { id: call.id, silent: 'answered', lane: undefined } as const;

  test('has the code and status of the table, and says how long to wait', () => {
    const reply = replyToCall(renderFault(fault, addressee), settings);
    expect(reply).toMatchObject({ status: 503, headers: { 'retry-after': '7' } });
    expect(JSON.parse(textOf(reply.body))).toEqual({
      jsonrpc: '2.0',
      id: 'a',
      error: { code: -32603, message: 'Nobody.', data: { fault: 'NO_UPSTREAM', attempts: [], retryAfterSeconds: 7 } },
    });
  });

  test('may come with another status than that of the table, and with 200 where that is wanted', () => {
    const wrongVerb = { fault: 'INVALID_REQUEST', http: 405, message: 'Post.' } as const;
    expect(replyToCall(renderFault(wrongVerb, addressee), settings).status).toBe(405);
    expect(replyToCall(renderFault(wrongVerb, addressee), { ...settings, faultStatus: 'always-200' }).status).toBe(200);
  });

  test('for a body that held no call has the id null', () => {
    const reply = renderFault(fault, { ...addressee, id: undefined });
    expect(textOf(reply.pieces)).toContain('"id":null');
  });

  test('for a notification is not told', () => {
    const reply = renderFault(fault, { ...addressee, silent: 'silent' });
    expect(reply.pieces).toEqual([]);
    expect(replyToCall(reply, settings)).toMatchObject({ status: 204, body: undefined });
  });

  test('of a replica that shuts down closes the connection', () => {
    const reply = renderFault({ fault: 'SHUTTING_DOWN', message: 'Bye.' }, addressee);
    expect(replyToCall(reply, settings).headers.connection).toBe('close');
  });

  test('keeps its Retry-After where our own headers are off', () => {
    const { headers } = replyToCall(renderFault(fault, addressee), { ...settings, headers: 'off' });
    expect(headers['retry-after']).toBe('7');
  });
});

describe('a batch', () => {
  test('is 200 whatever its calls came to, and no content where all were notifications', () => {
    expect(replyToBatch([Buffer.from('[]')])).toMatchObject({ status: 200 });
    expect(replyToBatch([])).toMatchObject({ status: 204, body: undefined });
  });
});
