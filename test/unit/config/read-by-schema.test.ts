import { Type } from 'typebox';
import { describe, expect, test } from 'vitest';
import { readBySchema } from '../../../src/config/read-by-schema.ts';
import {
  chainId,
  choice,
  count,
  duration,
  flag,
  share,
  size,
  text,
  upstreamUrl,
} from '../../../src/config/schema-leaf.ts';
import { overridesOf, section } from '../../../src/config/section-schema.ts';

const word = { pattern: '^[a-z]{1,8}$', expects: 'a small word' };

const inner = {
  time: duration('5s', 'A time.'),
  bytes: size('1KiB', 'A size.'),
  times: count(3, 'A count.', { max: 10 }),
  part: share(0.5, 'A share.'),
  on: flag('true', 'A flag.'),
  colour: choice(['red', 'green'], 'red', 'A colour.'),
};

const schema = section(
  {
    inner: section(inner, 'A section.'),
    again: overridesOf(inner, { description: 'The same.', sameAs: 'inner', elsewhere: ['whole'] }),
    mark: Type.Optional(text(undefined, 'A word.', word)),
    id: Type.Optional(chainId('An id.')),
    list: Type.Array(
      Type.Union([upstreamUrl('A URL.'), Type.Object({ url: upstreamUrl('A URL.') })], { expects: 'a URL' }),
      {
        default: [],
        minItems: 1,
        maxItems: 2,
        expects: 'a list of one or two URLs',
      },
    ),
    map: Type.Record(Type.String({ pattern: '^[a-z]+$' }), count(undefined, 'A count.'), {
      default: {},
      maxProperties: 2,
      expects: 'a map of counts',
      keyExpects: 'keys are small letters',
      reserved: ['root'],
    }),
  },
  'All of it.',
);

const list = ['https://h.example'];

function problems(data: unknown): readonly string[] {
  return readBySchema(schema, data).problems.map(({ path, text: said }) => `${path.join('.')}: ${said}`);
}

describe('reading by a schema', () => {
  test('defaults are filled in and decoded like written values', () => {
    const { value } = readBySchema(schema, { list });
    expect(value.inner).toEqual({ time: 5_000, bytes: 1_024, times: 3, part: 0.5, on: true, colour: 'red' });
    expect(value.again).toEqual({});
    expect(value).not.toHaveProperty('mark');
  });

  test('an empty section is an absent one', () => {
    expect(problems({ list, inner: null, map: null })).toEqual([]);
  });

  test('numbers and flags may be texts, as the environment has them', () => {
    const { value, problems: none } = readBySchema(schema, { list, inner: { times: '7', part: '0.25', on: 'false' } });
    expect(none).toEqual([]);
    expect(value.inner).toMatchObject({ times: 7, part: 0.25, on: false });
  });

  test('chain ids are numbers or texts', () => {
    expect([1, '0x2105', 'cosmoshub-4'].map((id) => readBySchema(schema, { list, id }).value.id)).toEqual([
      '1',
      '0x2105',
      'cosmoshub-4',
    ]);
  });

  test.each([
    ['a number without unit', { inner: { time: 5 } }, 'inner.time: must be a duration with its unit'],
    ['a wrong unit', { inner: { bytes: '10MB' } }, 'inner.bytes: must be a size in bytes or with its unit'],
    ['a negative number', { inner: { times: -1 } }, 'inner.times: must be a whole number from 1 to 10'],
    ['a fraction', { inner: { times: 1.5 } }, 'inner.times: must be a whole number'],
    ['a number out of range', { inner: { times: 11 } }, 'inner.times: must be a whole number from 1 to 10'],
    ['a share above one', { inner: { part: 1.1 } }, 'inner.part: must be a number from 0 to 1'],
    ['not a number', { inner: { part: Number.NaN } }, 'inner.part: must be a number from 0 to 1'],
    ['yes for true', { inner: { on: 'yes' } }, 'inner.on: must be true or false'],
    [
      'a mistyped choice',
      { inner: { colour: 'gren' } },
      'inner.colour: must be one of red, green (did you mean green?)',
    ],
    [
      'an empty value',
      { inner: { colour: null } },
      'inner.colour: is empty (it must be one of red, green; or remove the key)',
    ],
    ['a number for a word', { mark: 12 }, 'mark: must be a small word (put it into quotes)'],
    ['a word of another form', { mark: 'UPPER' }, 'mark: must be a small word'],
    ['a map for a value', { mark: {} }, 'mark: must be a small word'],
    ['a list for a section', { inner: [] }, 'inner: must be a map of keys'],
    ['a value for a section', { inner: 3 }, 'inner: must be a map of keys'],
    ['a mistyped key', { inner: { tine: '5s' } }, 'inner.tine: is no key of this configuration (did you mean time?)'],
    [
      'a strange key',
      { inner: { qqqqqq: 1 } },
      'inner.qqqqqq: is no key of this configuration (known here: time, bytes,',
    ],
    [
      'a key of another level',
      { again: { whole: 1 } },
      'again.whole: holds for the whole gateway only (move it to the top',
    ],
    ['an empty list', { list: [] }, 'list: must be a list of one or two URLs'],
    ['a long list', { list: [...list, ...list, ...list] }, 'list: must be a list of one or two URLs'],
    ['a map for a list', { list: {} }, 'list: must be a list of one or two URLs'],
    ['a bad item', { list: [...list, 5] }, 'list.1: must be a URL such as'],
    ['a list for an item', { list: [[]] }, 'list.0: must be a URL'],
    ['an item without its key', { list: [{}] }, 'list.0: has no url (it must be a URL such as'],
    ['a bad key of a map', { map: { A1: 1 } }, 'map.A1: is no name to use here (keys are small letters)'],
    ['a reserved key of a map', { map: { root: 1 } }, 'map.root: is a reserved word (keys are small letters)'],
    ['too long a map', { map: { a: 1, b: 1, c: 1 } }, 'map: must be a map of counts'],
  ])('%s is told, and only that', (_, data, said) => {
    const found = problems({ list, ...data });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(said);
  });

  test('F-236: all problems are listed, not only the first', () => {
    const data = { inner: { time: 1, bytes: -1, times: 'x', extra: 1 }, mark: '', list: [5, 6], map: { a: 'b' } };
    expect(problems(data).map((problem) => problem.split(':')[0])).toEqual([
      'inner.extra',
      'inner.time',
      'inner.bytes',
      'inner.times',
      'mark',
      'list.0',
      'list.1',
      'map.a',
    ]);
  });

  test('what cannot be read becomes its default or is left out, so that reading can go on', () => {
    const { value } = readBySchema(schema, {
      inner: { time: 'x' },
      mark: 5,
      list: [5, ...list],
      map: { a: 'x', b: 2 },
    });
    expect(value).toMatchObject({ inner: { time: 5_000 }, list: [{ href: 'https://h.example/' }], map: { b: 2 } });
    expect(value).not.toHaveProperty('mark');
  });

  test('a part of the result knows where it came from, also behind items that were left out', () => {
    const { value, pathOf } = readBySchema(schema, { list: [5, { url: list[0] }] });
    const [item = {}] = value.list;
    expect(pathOf(item)).toEqual(['list', 1]);
    expect(pathOf({})).toEqual([]);
  });

  test('overrides of a level have no defaults, and the checks of the level', () => {
    expect(readBySchema(schema, { list, again: { times: 4 } }).value.again).toEqual({ times: 4 });
    expect(problems({ list, again: { times: 40 } })).toHaveLength(1);
  });

  test('keys every object has are unknown keys here', () => {
    const data: unknown = JSON.parse('{"__proto__": {"a": 1}, "constructor": 1, "list": ["https://h.example"]}');
    expect(problems(data)).toHaveLength(2);
  });

  test('data that contains itself is read to the depth of the schema', () => {
    const data: Record<string, unknown> = { list };
    data.inner = data;
    expect(problems(data).length).toBeGreaterThan(0);
  });
});
