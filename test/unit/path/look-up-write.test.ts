import { describe, expect, test } from 'vitest';
import { classifyCall } from '../../../src/classify/classify-call.ts';
import type { AttemptOutcome } from '../../../src/model/answer.ts';
import type { ChainSpec } from '../../../src/model/chain-spec.ts';
import type { SendAttempt } from '../../../src/path/attempt.ts';
import { lookUpWrite } from '../../../src/path/look-up-write.ts';
import { unsteered } from '../../../src/path/steering.ts';
import { hash } from '../../../src/system/hash.ts';
import { buildLane, buildPolicy, specWith } from '../../support/build-lane.ts';
import { errorOutcome, goodOutcome, lostOutcome } from '../../support/build-outcome.ts';
import { buildPairing, type UpstreamTraits } from '../../support/build-pairing.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

const send = buildPolicy('send', {
  kind: 'write',
  class: 'write',
  write: { kind: 'raw', path: ['0'], encoding: 'hex' },
});
const unasked: ChainSpec = { ...specWith(send, buildPolicy('find')), transactionHash: 'keccak256-hex' };
const lookedUp: ChainSpec = {
  ...unasked,
  transactionLookUp: { method: 'find', params: '[["$hash"],true]', found: ['hash'] },
};

const name = `0x${Buffer.from(hash.keccak256(Buffer.from('02f8', 'hex'))).toString('hex')}`;

interface Asked {
  readonly index: number;
  readonly params: string;
  readonly timeoutMs: number;
  answer(outcome: AttemptOutcome): void;
}

/** Looks for a write that was sent to the first so many upstreams. */
function startLookUp(sentTo: number, upstreams: readonly UpstreamTraits[], spec = lookedUp) {
  const pairing = buildPairing(upstreams);
  const lane = buildLane({ spec, pairing: () => pairing });
  const asked: Asked[] = [];
  const results: string[] = [];
  const sendAttempt: SendAttempt = ({ classified }, { upstream, order, done }) => {
    const params = classified.call.params?.toString() ?? '';
    asked.push({ index: upstream.endpoint.index, params, timeoutMs: order.timeoutMs, answer: done });
    return () => undefined;
  };
  const deps = { clock: createVirtualClock(), random: () => 0.5, hash, emit: () => undefined, send: sendAttempt };
  const classified = classifyCall(spec, { id: undefined, method: 'send', params: Buffer.from('["0x02f8"]') });
  const trip = {
    lane,
    classified,
    steering: unsteered,
    times: { startedAt: 0, sentAt: 0, settledAt: 0 },
    purpose: 'client',
    onCancel: () => undefined,
  } as const;
  const write = { trip, pairing, sentTo: pairing.upstreams.slice(0, sentTo) };
  lookUpWrite(deps, write, (result) => results.push(result));
  return { asked, results };
}

const known = goodOutcome(`{"hash":"${name}"}`);
const unknown = goodOutcome('null');
const noSuch = errorOutcome({ meaning: 'tx-unknown', blame: 'none', retry: 'other' });

describe('a look-up of a write (F-143)', () => {
  test('asks for the name of its bytes, two seconds at the longest', () => {
    const { asked } = startLookUp(1, [{}]);
    expect(asked).toMatchObject([{ index: 0, params: `[["${name}"],true]`, timeoutMs: 2000 }]);
  });

  test.each([
    ['whoever answered the write and one that was not sent it', 1, [{}, {}, {}], 2],
    ['those it was sent to where there is nobody else', 2, [{}, {}], 2],
    ['one where there is only one', 1, [{}, { cordoned: true }], 1],
  ] as const)('asks %s', (_, sentTo, upstreams, count) => {
    const { asked } = startLookUp(sentTo, upstreams);
    expect(asked).toHaveLength(count);
    expect(asked[0]?.index).toBe(0);
    expect(new Set(asked.map(({ index }) => index)).size).toBe(count);
  });

  test('tells nobody of a private transaction who was not sent it', () => {
    const { asked } = startLookUp(1, [{ endpoint: { writes: 'private' } }, {}, {}]);
    expect(asked.map(({ index }) => index)).toEqual([0]);
  });

  test.each([
    ['found', 'as soon as one knows it', [known]],
    ['found', 'though the first does not', [unknown, known]],
    ['absent', 'where both say so, each in its way', [unknown, noSuch]],
    ['unclear', 'where one does not answer', [unknown, lostOutcome()]],
    ['unclear', 'where one answers something else', [errorOutcome({ meaning: 'internal-error' }), unknown]],
  ] as const)('comes to %s %s', (result, _, outcomes) => {
    const { asked, results } = startLookUp(1, [{}, {}]);
    for (const [at, outcome] of outcomes.entries()) asked[at]?.answer(outcome);
    expect(results).toEqual([result]);
  });

  test('says so once, whatever comes after', () => {
    const { asked, results } = startLookUp(1, [{}, {}]);
    asked[0]?.answer(known);
    asked[1]?.answer(lostOutcome());
    expect(results).toEqual(['found']);
  });

  test('is unclear at once where the chain has no such question', () => {
    expect(startLookUp(1, [{}], unasked)).toMatchObject({ asked: [], results: ['unclear'] });
  });
});
