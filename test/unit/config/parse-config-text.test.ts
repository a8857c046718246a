// biome-ignore-all lint/suspicious/noTemplateCurlyInString: such texts are what is tested.
import { describe, expect, test } from 'vitest';
import { parseConfigText, unreadable } from '../../../src/config/parse-config-text.ts';

function texts(text: string): readonly string[] {
  return parseConfigText(text, {}).problems.map((problem) => `${problem.line}: ${problem.text}`);
}

describe('texts of configurations', () => {
  test('YAML becomes plain data', () => {
    const text = 'a: 1\nb: [x, "2", true, null]\nc: { d: 0x10 }\n7: off\n';
    expect(parseConfigText(text, {}).value).toEqual({ a: 1, b: ['x', '2', true, null], c: { d: 16 }, '7': 'off' });
  });

  test('JSON is read too, tabs and escapes included', () => {
    const value = { a: [1, 'x/y', { 'b c': null }], d: 'é\n' };
    const text = JSON.stringify(value, undefined, '\t').replace('x/y', 'x\\/y');
    expect(parseConfigText(text, {}).value).toEqual(value);
  });

  test('anchors and merges are resolved', () => {
    const text = 'a: &x { p: 1, q: 2 }\nb:\n  <<: *x\n  q: 3\nc: *x\n';
    expect(parseConfigText(text, {}).value).toEqual({ a: { p: 1, q: 2 }, b: { p: 1, q: 3 }, c: { p: 1, q: 2 } });
  });

  test('every value has its line, and what is absent that of what is around it', () => {
    const parsed = parseConfigText('a:\n  b:\n    - x\n    - c: 1\n      d: 2\n', {});
    const lines = [['a'], ['a', 'b', 0], ['a', 'b', 1, 'd'], ['a', 'b', 1, 'e'], ['a', 'b', 7], ['z'], []];
    expect(lines.map((path) => parsed.lineOf(path))).toEqual([1, 3, 5, 4, 2, undefined, undefined]);
  });

  test('lines are found through references', () => {
    const parsed = parseConfigText('a: &x\n  p: 1\nb: *x\n', {});
    expect(parsed.lineOf(['b', 'p'])).toBe(2);
  });

  test('variables are filled in per text, so that a value can add neither keys nor list items', () => {
    const env = { EVIL: 'x\nadmin:\n  token: stolen', QUOTE: '"]}' };
    const parsed = parseConfigText('a: ${EVIL}\nb: ["${QUOTE}"]\n', env);
    expect(parsed.value).toEqual({ a: env.EVIL, b: [env.QUOTE] });
  });

  test('a filled-in value stays text, whatever it looks like', () => {
    expect(parseConfigText('a: ${N}\nb: "${N}"', { N: '12' }).value).toEqual({ a: '12', b: '12' });
  });

  test('keys and comments are not looked through for variables', () => {
    expect(parseConfigText('# ${NOPE}\n"${NOPE}": 1\n', {})).toMatchObject({ value: { '${NOPE}': 1 }, problems: [] });
  });

  test('F-241: a missing variable is told with path and line, and its place marked', () => {
    const parsed = parseConfigText('a:\n  - b: 1\n  - c: ${NOPE}\n', {});
    expect(parsed.problems).toMatchObject([{ path: ['a', 1, 'c'], line: 3 }]);
    expect(parsed.value).toEqual({ a: [{ b: 1 }, { c: unreadable }] });
  });

  test.each([
    ['a repeated key', 'a: 1\nb: 2\na: 3', '3: the key a is there twice (remove one)'],
    ['a tab', 'a:\n\tb: 1', '2: a tab indents this line (use spaces)'],
    ['wrong indentation', 'a:\n    b: 1\n  c: 2', '3: '],
    ['an open bracket', 'a: [1, 2', '1: '],
    ['an open quote', 'a: "x', '1: a quote, bracket or brace is not closed'],
    ['an unquoted star', 'server:\n  cors: *', '2: a * begins a reference (put text that begins with * into quotes)'],
    ['two keys on a line', 'a: b: c', '1: two keys stand on one line (put text that holds ": " into quotes)'],
    [
      'a tag',
      'a: !secret x',
      '1: a ! begins a tag, and tags are not used here (put text that begins with ! into quotes)',
    ],
    ['two documents', 'a: 1\n---\nb: 2', '2: a second document begins here (one document per file)'],
    ['an unquoted variable in braces', 'a: { b: ${KEY} }', '1: cannot be read (within { } and [ ], put text'],
    ['a list as a key', '? [a]\n: b', '1: a key is no text'],
  ])('F-236: %s is told by its line', (_, text, said) => {
    const [first = ''] = texts(text);
    expect(first).toContain(said);
    expect(parseConfigText(text, {}).value).toBeUndefined();
  });

  test('a parser that lost its way is quoted once only', () => {
    expect(texts('a: {\nb: }\nc: ]\nd: [\n')).toHaveLength(1);
  });

  test.each(['a: *nowhere', 'a: &x [*x, *x]\nb: &y [*y]'])(
    'references that lead nowhere or in circles do no harm: %s',
    (text) => {
      expect(() => parseConfigText(text, {})).not.toThrow();
    },
  );

  test.each([
    ['lists in lists', '['.repeat(500_000)],
    ['maps in maps', '{a: '.repeat(100_000)],
    ['dashes in dashes', `${'- '.repeat(100_000)}x`],
    ['level under level', Array.from({ length: 3_000 }, (_, level) => `${' '.repeat(level)}a:`).join('\n')],
  ])('nesting without end is refused before it is parsed: %s', (_, text) => {
    expect(parseConfigText(text, {}).problems).toEqual([
      { path: [], text: 'is nested too deeply to be a configuration' },
    ]);
  });

  test('nesting to the limit is parsed', () => {
    const blocks = Array.from({ length: 390 }, (_, level) => `${' '.repeat(level)}a:`).join('\n');
    expect(parseConfigText(`${blocks} ${'['.repeat(199)}${']'.repeat(199)}`, {}).problems).toEqual([]);
  });

  test('references that multiply without end are refused', () => {
    const levels = Array.from(
      { length: 12 },
      (_, level) => `l${level + 1}: &l${level + 1} [${`*l${level}, `.repeat(9)}]`,
    );
    expect(texts(['l0: &l0 [x]', ...levels].join('\n'))).toHaveLength(1);
  });

  test('F-131: no message repeats what the text holds', () => {
    const broken = [
      'a: "SECRET-131',
      'a: SECRET-131: b',
      'a: [SECRET-131',
      'a: ]SECRET-131',
      'SECRET-131aaaaaaaaaaaaaaaaaaaaaaaa: 1\nSECRET-131aaaaaaaaaaaaaaaaaaaaaaaa: 2',
      'https://h.example/SECRET-131: 1\nhttps://h.example/SECRET-131: 2',
      'a: *SECRET-131',
      'a: !SECRET-131 b',
      'a: "\\SECRET-131"',
      'a: {SECRET-131: ${KEY}',
      '\tSECRET-131: 1',
      'a: @SECRET-131',
    ];
    expect(broken.map((text) => texts(text).length > 0)).toEqual(broken.map(() => true));
    expect(broken.flatMap(texts).join('\n')).not.toContain('SECRET-131');
  });
});
