import { describe, expect, test } from 'vitest';
import { emptyRing, type RingBlock } from '../../../src/track/ring.ts';
import { readRow, rememberedHeads, ringOf, rowOf, storedBlocks, writeRow } from '../../../src/track/row.ts';

const blocks: readonly RingBlock[] = [
  { height: 98, hash: 'x98', sure: 'yes' },
  { height: 99, hash: 'x99', parent: 'x98', sure: 'yes' },
];
const row = { tip: 99, finalized: 64, finalizedHash: 'x64', blocks };

describe('what a chain remembers', () => {
  test('survives being written as JSON and read again', () => {
    expect(readRow(JSON.parse(JSON.stringify(writeRow(row))))).toEqual(row);
  });

  test('is at most 128 blocks, the newest', () => {
    const many = Array.from(
      { length: 500 },
      (_, index): RingBlock => ({ height: index, hash: `x${index}`, sure: 'yes' }),
    );
    const read = readRow(writeRow({ tip: 499, blocks: many }));
    expect(read?.blocks).toHaveLength(128);
    expect(read?.blocks.at(-1)?.height).toBe(499);
  });

  test.each([
    [undefined],
    [null],
    ['row'],
    [[]],
    [{}],
    [{ version: 2, tip: 5, blocks: [] }],
    [{ version: 1, blocks: [] }],
    [{ version: 1, tip: -5, blocks: [] }],
    [{ version: 1, tip: '5', blocks: [] }],
  ])('junk is ignored: %j', (value) => {
    expect(readRow(value)).toBeUndefined();
  });

  test('blocks that are none, or do not rise, are dropped', () => {
    const junk = [[1, 'x1', null], 'no', [2], [1, 'again', null], [3, '', null], [4, 'x4', 'x3'], [-1, 'y', null]];
    expect(readRow({ version: 1, tip: 9, blocks: junk })?.blocks.map((block) => block.height)).toEqual([1, 4]);
    expect(readRow({ version: 1, tip: 9, blocks: 'junk' })?.blocks).toEqual([]);
  });

  test('is compared by the ring’s tail and by the finalized block below it', () => {
    expect(storedBlocks(row).map((block) => block.height)).toEqual([64, 98, 99]);
    expect(storedBlocks({ ...row, finalized: 98, finalizedHash: 'x98' })).toHaveLength(2);
    expect(storedBlocks({ tip: 99, finalized: 64, blocks })).toHaveLength(2);
  });

  test('comes back as heads and as a ring', () => {
    const heads = rememberedHeads(row);
    expect(heads.tip).toEqual({ tip: 99 });
    expect(heads.finalized).toMatchObject({ finalized: 64, hash: 'x64' });
    expect(rowOf(heads, ringOf(row))).toEqual(row);
  });

  test('has the hash of a reckoned final block from the ring', () => {
    const heads = rememberedHeads({ tip: 99, finalized: 98, blocks });
    expect(rowOf(heads, ringOf({ blocks })).finalizedHash).toBe('x98');
    expect(rowOf(heads, emptyRing).finalizedHash).toBeUndefined();
  });
});
