import { describe, expect, test } from 'vitest';
import type { BlockReference } from '../../../src/model/call.ts';
import type { MethodPolicy } from '../../../src/model/method-policy.ts';
import { shownHead, shownHeight } from '../../../src/path/shown-height.ts';
import { buildPolicy } from '../../support/build-lane.ts';

const block = buildPolicy('block', { kind: 'read', showsBlock: { height: ['number'] } });
const receipts = buildPolicy('receipts', { kind: 'read', showsBlock: { height: ['0', 'blockNumber'] } });
const newest = buildPolicy('newest', { kind: 'read', showsHead: [] });

const latest: BlockReference = { kind: 'tag', tag: 'latest' };
const shown = (text: string) => ({ result: Buffer.from(text), form: 'hex' as const });

function asked(policy: MethodPolicy, reference: BlockReference = latest) {
  return { policy, block: reference };
}

describe('a head', () => {
  test('is shown by what always reads the newest block, and by a block where the newest was asked for', () => {
    expect(shownHead(asked(newest, { kind: 'none' }), shown('"0x10"'))).toBe(16);
    expect(shownHead(asked(block), shown('{"number":"0x10"}'))).toBe(16);
  });

  test.each([
    { kind: 'tag', tag: 'pending' },
    { kind: 'tag', tag: 'finalized' },
    { kind: 'height', height: 16 },
    { kind: 'hash', hash: '0xaa' },
  ] as const)('is not shown by the block %j', (reference) => {
    expect(shownHead(asked(block, reference), shown('{"number":"0x10"}'))).toBeUndefined();
    expect(shownHeight(asked(block, reference), shown('{"number":"0x10"}'))).toBe(16);
  });
});

describe('a height', () => {
  test('is read in a block of any size, and deeper down in what is small', () => {
    const body = `{"number":"0x10","transactions":["${'00'.repeat(2_000_000)}"]}`;
    expect(shownHeight(asked(block), shown(body))).toBe(16);
    expect(shownHeight(asked(receipts), shown('[{"blockNumber":"0x11"}]'))).toBe(17);
    expect(shownHeight(asked(receipts), shown(`[{"blockNumber":"0x11","x":"${'0'.repeat(70_000)}"}]`))).toBeUndefined();
  });

  test('is none where there is nothing, or nothing that counts', () => {
    for (const text of ['null', '{}', '{"number":null}', '{"number":"soon"}', '[]', '']) {
      expect(shownHeight(asked(block), shown(text))).toBeUndefined();
    }
    expect(shownHeight(asked(buildPolicy('balance')), shown('"0x10"'))).toBeUndefined();
  });
});
