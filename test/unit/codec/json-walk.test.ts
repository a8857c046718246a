import { describe, expect, test } from 'vitest';
import { isAtEnd, type JsonWalk, startWalk, troubleOf, WHOLE, walkValue } from '../../../src/codec/json-walk.ts';
import { notJson, oddJson } from '../../support/json-texts.ts';

function walked(text: string | Buffer, maxNesting = 512): JsonWalk {
  const walk = startWalk(Buffer.from(text), maxNesting);
  if (walkValue(walk, WHOLE) === 'done') isAtEnd(walk);
  return walk;
}

function nested(depth: number, [open, close]: readonly [string, string] = ['[', ']']): string {
  return open.repeat(depth) + close.repeat(depth);
}

describe('a walk over one JSON text', () => {
  test.each(notJson)('F-062 F-063 refuses $name', ({ bytes }) => {
    expect(walked(bytes).trouble).toBe('syntax');
  });

  test.each(oddJson)('F-061 F-064 accepts $name', ({ bytes }) => {
    expect(walked(bytes).trouble).toBe('none');
  });

  test.each(oddJson)('refuses $name, cut off anywhere', ({ bytes }) => {
    const isNumber = /^-?\d/.test(bytes.toString());
    for (let length = 0; !isNumber && length < bytes.toString().trimEnd().length; length += 1)
      expect(walked(bytes.subarray(0, length)).trouble).toBe('syntax');
  });

  test.each([
    ['[1,2', 4],
    ['{"a":tru}', 8],
    ['"a\\x"', 3],
    ['[1] [2]', 4],
    ['"caf\u00e9', 6],
    ['{"a":1,}', 7],
  ])('says where %s goes wrong', (text, at) => {
    expect(walked(text)).toMatchObject({ trouble: 'syntax', at });
  });

  test.each([
    ['', 'is empty'],
    ['  ', 'ends at byte 2, before its JSON is complete'],
    ['[1,', 'ends at byte 3, before its JSON is complete'],
    ['[1,]', 'is no JSON at byte 3'],
    ['[[[[]]]]', 'nests deeper than 3 levels at byte 3'],
  ])('puts the trouble with %j in words', (text, words) => {
    expect(troubleOf(walked(text, 3))).toBe(words);
  });

  test('F-067 F-089 opens as many containers as are allowed, and not one more', () => {
    const pair = ['{"a":', '}'] as const;
    expect(walked(nested(512)).trouble).toBe('none');
    expect(walked(nested(513))).toMatchObject({ trouble: 'nesting', at: 512 });
    expect(walked(nested(511, pair).replace(':}', ':0}')).trouble).toBe('none');
    expect(walked(nested(513, pair)).trouble).toBe('nesting');
  });

  test('F-067 stops at a million brackets without walking them', () => {
    const walk = walked('['.repeat(1_000_000));
    expect(walk).toMatchObject({ trouble: 'nesting', at: 512 });
    expect(walk.closers).toHaveLength(512);
  });

  test('containers that close make room for others', () => {
    expect(walked(`[${'[[]],'.repeat(1000)}1]`, 3).trouble).toBe('none');
  });

  test('a text that lies inside a larger block of memory ends where it ends', () => {
    const block = Buffer.from('xx"abcd"efgh');
    expect(walked(block.subarray(2, 8)).trouble).toBe('none');
    expect(walked(block.subarray(2, 7))).toMatchObject({ trouble: 'syntax', at: 5 });
  });

  test.each([3, 4, 5, 6, 7, 8, 9])('finds what ends a string of %i bytes, wherever it stands', (length) => {
    for (let at = 0; at < length; at += 1) {
      const plain = 'a'.repeat(at);
      const rest = 'b'.repeat(length - at);
      expect(walked(`"${plain}\\"${rest}"`).trouble).toBe('none');
      expect(walked(`"${plain}\u00e9${rest}"`).trouble).toBe('none');
      expect(walked(`"${plain}"${rest}"`)).toMatchObject({ trouble: 'syntax', at: at + 2 });
      expect(walked(`"${plain}\u0001${rest}"`)).toMatchObject({ trouble: 'syntax', at: at + 1 });
    }
  });
});
