import { expect, test } from 'vitest';
import type { BlockReference } from '../../../src/model/call.ts';
import { refuseWideRange } from '../../../src/path/range-limit.ts';
import { policyOf } from '../../support/build-policy.ts';

const policy = policyOf({
  block: { kind: 'range', from: ['0', 'fromBlock'], to: ['0', 'toBlock'], missing: 'latest' },
});
const at = (height: number): BlockReference => ({ kind: 'height', height });
const tagged = (tag: string): BlockReference => ({ kind: 'tag', tag });

function refused(from: BlockReference, to: BlockReference, tip?: number): string | undefined {
  const known = tip === undefined ? {} : { tip, finalized: tip - 64 };
  return refuseWideRange({ policy, block: { kind: 'range', from, to } }, known, 100)?.fault;
}

test('a range of just the limit passes, one block more is refused', () => {
  expect(refused(at(1), at(100))).toBeUndefined();
  expect(refused(at(1), at(101))).toBe('RANGE_TOO_WIDE');
});

test('the message and the data name what is allowed', () => {
  const answer = refuseWideRange(
    { policy, block: { kind: 'range', from: at(0), to: at(999) } },
    { tip: 5, finalized: 0 },
    100,
  );
  expect(answer?.message).toContain('1000 blocks; at most 100');
  expect(answer?.data).toEqual({ maxRange: 100 });
});

test('the newest block stands for the tip, the earliest for 0', () => {
  expect(refused(at(10), tagged('latest'), 500)).toBe('RANGE_TOO_WIDE');
  expect(refused(tagged('earliest'), at(99))).toBeUndefined();
  expect(refused(tagged('earliest'), tagged('pending'), 100)).toBe('RANGE_TOO_WIDE');
});

test('the finalized block stands for its height, a safe one for no more than the range is wide for sure', () => {
  expect(refused(tagged('earliest'), tagged('finalized'), 500)).toBe('RANGE_TOO_WIDE');
  expect(refused(tagged('earliest'), tagged('safe'), 500)).toBe('RANGE_TOO_WIDE');
  expect(refused(tagged('earliest'), tagged('safe'), 150)).toBeUndefined();
  expect(refused(tagged('safe'), tagged('latest'), 500)).toBeUndefined();
});

test('ends that cannot be told are left to the upstream', () => {
  expect(refused(at(10), tagged('latest'))).toBeUndefined();
  expect(refused(tagged('finalized'), at(9_999))).toBeUndefined();
});

test('a range that runs backwards is the upstream’s to refuse', () => {
  expect(refused(at(500), at(1))).toBeUndefined();
});

test('a method that reads no range has no limit', () => {
  const single = {
    policy: policyOf({ block: { kind: 'none' } }),
    block: { kind: 'range', from: at(0), to: at(999) },
  } as const;
  expect(refuseWideRange(single, { tip: 5, finalized: 0 }, 100)).toBeUndefined();
});
