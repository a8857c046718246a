import { describe, expect, test } from 'vitest';
import { classifyCall } from '../../../src/classify/classify-call.ts';
import type { FaultName } from '../../../src/model/faults.ts';
import { faultOfFailure } from '../../../src/path/fault-of-failure.ts';
import type { RelayOutcome } from '../../../src/relay/relay-plan.ts';
import { hash } from '../../../src/system/hash.ts';
import { buildLane, buildPolicy, specWith } from '../../support/build-lane.ts';
import { buildUpstream } from '../../support/build-pairing.ts';

const send = buildPolicy('send', {
  kind: 'write',
  class: 'write',
  write: { kind: 'raw', path: ['0'], encoding: 'hex' },
});
const spec = { ...specWith(send), transactionHash: 'keccak256-hex' as const };

type Failed = Extract<RelayOutcome, { kind: 'failed' }>;

function fault(failed: Partial<Failed>, large: 'streamed' | 'refused' = 'streamed') {
  const classified = classifyCall(spec, { id: undefined, method: 'send', params: Buffer.from('["0x02f8"]') });
  const outcome: Failed = { kind: 'failed', fault: 'UPSTREAMS_EXHAUSTED', attempts: [], refusals: [], ...failed };
  return faultOfFailure(buildLane({ spec }), classified, { failed: outcome, hash, large });
}

describe('the fault of a call that failed', () => {
  test.each<FaultName>([
    'NO_UPSTREAM',
    'UPSTREAMS_EXHAUSTED',
    'DEADLINE_PASSED',
    'WRITE_OUTCOME_UNKNOWN',
    'OVERLOADED',
  ])('%s says in a sentence of its own what happened and what to do', (name) => {
    expect(fault({ fault: name }).message).toMatch(/^[A-Z].{40,}\.$/);
  });

  test('of an answer that is too large says what to do: outside a batch there is more room', () => {
    const alone = fault({ fault: 'RESPONSE_TOO_LARGE' }).message;
    const inBatch = fault({ fault: 'RESPONSE_TOO_LARGE' }, 'refused').message;
    expect(alone).toContain('at most 268435456 bytes. Ask for less');
    expect(inBatch).toContain('larger than 16777216 bytes');
    expect(inBatch).toContain('Ask this call alone, outside a batch');
  });

  test('tells of every attempt, and of who was not asked and why', () => {
    const attempts = [{ upstream: 'p0/json-rpc', meaning: 'timeout', ms: 2000, detail: 'no answer in time' }] as const;
    const refusals = [{ upstream: buildUpstream(1), reason: 'cordoned' }] as const;
    expect(fault({ attempts, refusals }).data).toEqual({
      attempts,
      refused: [{ upstream: 'p1/json-rpc', reason: 'cordoned' }],
    });
  });

  test('lists sixteen refusals at most', () => {
    const refusals = Array.from({ length: 40 }, (_, at) => ({
      upstream: buildUpstream(at),
      reason: 'cordoned' as const,
    }));
    expect(fault({ refusals }).data?.refused).toHaveLength(16);
  });

  test.each([
    [1, 1],
    [1000, 1],
    [1001, 2],
    [59_500, 60],
  ])('after %i ms somebody may be askable again: Retry-After is %i', (retryAfterMs, seconds) => {
    expect(fault({ fault: 'NO_UPSTREAM', retryAfterMs }).retryAfterSeconds).toBe(seconds);
  });

  test('F-147: carries the hash of a transaction nobody knows the fate of, and of no other', () => {
    const expected = `0x${Buffer.from(hash.keccak256(Buffer.from('02f8', 'hex'))).toString('hex')}`;
    expect(fault({ fault: 'WRITE_OUTCOME_UNKNOWN' }).data?.transactionHash).toBe(expected);
    expect(fault({ fault: 'NO_UPSTREAM' }).data).not.toHaveProperty('transactionHash');
  });
});
