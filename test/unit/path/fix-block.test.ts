import { describe, expect, test } from 'vitest';
import { classifyCall } from '../../../src/classify/classify-call.ts';
import type { ClassifiedCall } from '../../../src/model/call.ts';
import { type FixedHeights, fixBlock } from '../../../src/path/fix-block.ts';
import { buildPolicy, specWith } from '../../support/build-lane.ts';

const spec = specWith(
  buildPolicy('balance', { kind: 'read', block: { kind: 'param', path: ['1'], missing: 'latest' } }),
  buildPolicy('logs', {
    kind: 'read',
    block: { kind: 'range', from: ['0', 'fromBlock'], to: ['0', 'toBlock'], missing: 'latest' },
  }),
  buildPolicy('price', { kind: 'read', block: { kind: 'tip' } }),
);

function classified(method: string, params?: string): ClassifiedCall {
  return classifyCall(spec, { id: undefined, method, params: params === undefined ? undefined : Buffer.from(params) });
}

function fixed(method: string, params?: string, heights: Partial<FixedHeights> = {}): ClassifiedCall {
  return fixBlock(classified(method, params), { family: 'evm', form: 'hex', latest: 100, finalized: 90, ...heights });
}

describe('a call that names a tag', () => {
  test.each([
    ['["0xaa","latest"]', '["0xaa","0x64"]', 100],
    ['["0xaa","finalized"]', '["0xaa","0x5a"]', 90],
    ['["0xaa"]', '["0xaa","0x64"]', 100],
  ])('%s is asked at the height that stands for it', (params, expected, height) => {
    const { call, block } = fixed('balance', params);
    expect(call.params?.toString()).toBe(expected);
    expect(block).toEqual({ kind: 'height', height });
  });

  test('has both ends of a range fixed, each by itself', () => {
    const { call, block } = fixed('logs', '[{"fromBlock":"0x1"}]');
    expect(JSON.parse(call.params?.toString() ?? '')).toEqual([{ fromBlock: '0x1', toBlock: '0x64' }]);
    expect(block).toEqual({ kind: 'range', from: { kind: 'height', height: 1 }, to: { kind: 'height', height: 100 } });
    expect(JSON.parse(fixed('logs', '[{}]').call.params?.toString() ?? '')).toEqual([
      { fromBlock: '0x64', toBlock: '0x64' },
    ]);
  });
});

describe('the very same call comes back', () => {
  test.each([
    ['with a height of its own', 'balance', '["0xaa","0x7"]', {}],
    ['with a tag no height stands for', 'balance', '["0xaa","pending"]', {}],
    ['where the height is not known', 'balance', '["0xaa","latest"]', { latest: undefined }],
    ['whose method names no block', 'price', '[]', {}],
    ['whose params have no place for one', 'balance', '[]', {}],
    ['of a family where no height can stand', 'balance', '["0xaa","latest"]', { family: 'solana' }],
  ] as const)('%s', (_, method, params, heights) => {
    const before = classified(method, params);
    const sides = { family: 'evm', form: 'hex', latest: 100, finalized: 90, ...heights } as const;
    expect(fixBlock(before, sides)).toBe(before);
  });
});
