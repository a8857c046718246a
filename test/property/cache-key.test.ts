import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyOf } from '../../src/cache/call-key.ts';
import { compactParams } from '../../src/codec/compact-params.ts';
import { hash } from '../../src/system/hash.ts';

const word = fc.string({ unit: fc.constantFrom('a', 'b', '_', '1'), maxLength: 4 });
const space = fc.string({ unit: fc.constantFrom(' ', '\n', '\t', '\r'), maxLength: 3 });

/** Values that are much alike: of few words, in few shapes, short and long. */
const params = fc.option(
  fc.oneof(
    fc.jsonValue({ maxDepth: 2 }).map((value) => [value]),
    fc.array(fc.oneof(fc.constantFrom('latest', 'LATEST', '', ' ', '0x1', '0X1', 1, null), word), { maxLength: 3 }),
    fc.dictionary(word, fc.constantFrom(1, '1', null, 'a'), { maxKeys: 2 }),
    fc.tuple(fc.constantFrom(8_180, 20_000), word).map(([length, end]) => ['x'.repeat(length) + end]),
  ),
  { nil: undefined },
);

const call = fc.record({ part: fc.constantFrom('1', '2', '12'), method: word, steering: word, params });

type Call = typeof call extends fc.Arbitrary<infer One> ? One : never;

/** The key, with white space of any kind between the tokens of the params. */
function keyWith({ part, method, steering, params: value }: Call, gap: string): string {
  const text = value === undefined ? undefined : spaced(JSON.stringify(value), gap);
  return keyOf(
    { part, method, steering, params: text === undefined ? undefined : compactParams(Buffer.from(text)) },
    hash,
  );
}

/** The same JSON with a gap around every token outside strings that is no part of a number or a word. */
function spaced(text: string, gap: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|[[\]{},:]/g, (token) => `${gap}${token}${gap}`);
}

test('two calls share a key exactly where they ask the same, however they are spaced (F-185)', () => {
  fc.assert(
    fc.property(call, call, space, (one, other, gap) => {
      expect(keyWith(one, gap) === keyWith(other, '')).toBe(JSON.stringify(one) === JSON.stringify(other));
      expect(keyWith(one, gap)).toBe(keyWith(one, ''));
    }),
    { numRuns: 2000 },
  );
});
