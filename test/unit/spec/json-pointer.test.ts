import { describe, expect, it } from 'vitest';
import { valueAt } from '../../../src/model/json-path.ts';
import { parsePointer } from '../../../src/spec/json-pointer.ts';

/** The document and the pointers of RFC 6901, section 5. */
const document = {
  foo: ['bar', 'baz'],
  '': 0,
  'a/b': 1,
  'c%d': 2,
  'e^f': 3,
  'g|h': 4,
  'i\\j': 5,
  'k"l': 6,
  ' ': 7,
  'm~n': 8,
};

describe('parsePointer', () => {
  it.each([
    ['', document],
    ['/foo', ['bar', 'baz']],
    ['/foo/0', 'bar'],
    ['/', 0],
    ['/a~1b', 1],
    ['/c%d', 2],
    ['/e^f', 3],
    ['/g|h', 4],
    ['/i\\j', 5],
    ['/k"l', 6],
    ['/ ', 7],
    ['/m~0n', 8],
  ])('compiles %j as the RFC reads it', (pointer, value) => {
    expect(valueAt(document, parsePointer(pointer) ?? ['not compiled'])).toEqual(value);
  });

  it('unescapes ~01 to ~1, not to a slash', () => {
    expect(parsePointer('/~01')).toEqual(['~1']);
  });

  it.each(['foo', '/a~', '/a~2', '#/foo', '0'])('refuses %j, which is no pointer', (text) => {
    expect(parsePointer(text)).toBeUndefined();
  });
});
