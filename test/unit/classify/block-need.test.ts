import { expect, it } from 'vitest';
import { needOf } from '../../../src/classify/block-need.ts';
import type { BlockReference } from '../../../src/model/call.ts';
import type { BlockNeed } from '../../../src/model/pick.ts';

const tag = (name: string): BlockReference => ({ kind: 'tag', tag: name });
const height = (value: number): BlockReference => ({ kind: 'height', height: value });
const range = (from: BlockReference, to: BlockReference): BlockReference => ({ kind: 'range', from, to });
const any: BlockNeed = { kind: 'any' };
const tip: BlockNeed = { kind: 'tip' };

it.each<[string, BlockReference, BlockNeed]>([
  ['no block: any upstream', { kind: 'none' }, any],
  ['a hash: any, since its height is unknown', { kind: 'hash', hash: '0xab' }, any],
  ['the newest: one at the tip', tag('latest'), tip],
  ['the pending one: one at the tip (F-192)', tag('pending'), tip],
  ['the finalized one: any, since finality trails the head far (F-192)', tag('finalized'), any],
  ['the safe one: any (F-192)', tag('safe'), any],
  ['the first one: any', tag('earliest'), any],
  ['something unreadable: any, the upstream says what is wrong', tag('unreadable'), any],
  ['a height: one that has reached it', height(7), { kind: 'at-least', height: 7 }],
  [
    'a range up to the newest: one at the tip, and first one that reached its start',
    range(height(7), tag('latest')),
    { kind: 'tip', height: 7 },
  ],
  [
    'a range of heights: one that reached both ends',
    range(height(7), height(9)),
    { kind: 'at-least', height: 9, oldest: 7 },
  ],
  ['a range turned round: the same', range(height(9), height(7)), { kind: 'at-least', height: 9, oldest: 7 }],
  [
    'a range up to the finalized: one that reached its start',
    range(height(7), tag('finalized')),
    { kind: 'at-least', height: 7, oldest: 7 },
  ],
  ['a range of tags that trail: any', range(tag('earliest'), tag('finalized')), any],
])('%s', (_, block, need) => {
  expect(needOf(block, 'evm')).toEqual(need);
});

it('on solana every commitment wants the tip: finalized is the everyday one there', () => {
  for (const commitment of ['processed', 'confirmed', 'finalized'])
    expect(needOf(tag(commitment), 'solana')).toEqual(tip);
});
