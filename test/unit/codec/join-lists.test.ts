import fc from 'fast-check';
import { expect, test } from 'vitest';
import { joinLists } from '../../../src/codec/join-lists.ts';
import { jsonText } from '../../support/json-arbitraries.ts';

function join(...lists: readonly string[]): string | undefined {
  return joinLists(lists.map((list) => Buffer.from(list)))?.toString();
}

test.each([
  [['[1]', '[2]'], '[1,2]'],
  [['[]', '[ ]', '[]'], '[]'],
  [['[]', '[1.0, 1e3]', '[]', '[ {"b":1,"a":2}\n]'], '[1.0, 1e3,{"b":1,"a":2}]'],
  [['null', '[1]', 'null'], '[1]'],
  [['null'], '[]'],
  [[], '[]'],
])('%j is joined to %s, byte for byte', (lists, joined) => {
  expect(join(...lists)).toBe(joined);
});

test.each(['{"logs":[]}', '"[]"', '1', 'true'])('%s is no list, so nothing is joined', (text) => {
  expect(join('[1]', text)).toBeUndefined();
});

test('the items of all lists are there in their order, whatever they are', () => {
  const list = fc.array(jsonText, { maxLength: 4 }).map((items) => `[${items.join(' , ')}]`);
  fc.assert(
    fc.property(fc.array(list, { maxLength: 5 }), (lists) => {
      expect(JSON.parse(join(...lists) ?? '')).toEqual(lists.flatMap((text) => JSON.parse(text)));
    }),
    { numRuns: 500 },
  );
});
