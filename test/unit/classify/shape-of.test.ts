import { expect, it } from 'vitest';
import { shapeOf } from '../../../src/classify/shape-of.ts';

it.each([
  ['nonce 5 is too low for 0xAbC123', 'nonce <n> is too low for <hex>'],
  ['Post "https://user:secret@node.example:8545/v2/key": refused', 'Post <text>: refused'],
  ['dial https://node.example/v2/0123456789abcdef failed', 'dial <url> failed'],
  ['lookup geth.internal.example:8545 failed', 'lookup <host> failed'],
  ['key 3f9e020290502d1d41f4b5519e7d456f is inactive', 'key <key> is inactive'],
  ['unknown field `gasPrize` at line 1.5', 'unknown field <text> at line <n>'],
  ["can't find 'block 12' and won't try", "can't find <text> and won't try"],
  ['  many\n\n spaces\there ', 'many spaces here'],
])('what is particular in "%s" is taken out', (message, shape) => {
  expect(shapeOf(message)).toBe(shape);
});

it('two errors of one kind have one shape', () => {
  expect(shapeOf('block #19000000 not found')).toBe(shapeOf('block #7 not found'));
});

it('a shape is short, however long the message', () => {
  expect(shapeOf('abc '.repeat(10_000)).length).toBeLessThanOrEqual(160);
});
