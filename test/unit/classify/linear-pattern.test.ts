import { describe, expect, it } from 'vitest';
import { patternProblem } from '../../../src/model/linear-pattern.ts';

describe('a pattern is refused', () => {
  it.each([
    ['(', 'is no valid regular expression'],
    ['a*b', 'repeats without a bound; write {m,n} with n at most 256'],
    ['[0-9]+', 'repeats without a bound; write {m,n} with n at most 256'],
    ['a{3,}', 'repeats without a bound; write {m,n} with n at most 256'],
    ['.{0,300}', 'repeats without a bound; write {m,n} with n at most 256'],
    ['(?:a|b){2,3}', 'repeats a group'],
    ['(a)\\1', 'refers back to a group'],
    ['(?<x>a)\\k<x>', 'refers back to a group'],
    ['.{0,80}a.{0,80}a.{0,80}', 'may take more than 20000 steps at one character'],
    [
      '(a|a)?(a|a)?(a|a)?(a|a)?(a|a)?(a|a)?(a|a)?(a|a)?(a|a)?(a|a)?(a|a)?(a|a)?(a|a)?(a|a)?(a|a)?',
      'may take more than 20000 steps at one character',
    ],
  ])('%s', (source, problem) => {
    expect(patternProblem(source)).toBe(problem);
  });
});

describe('a pattern is taken', () => {
  it.each([
    'execution reverted',
    '^(?:unexpected )?eof$',
    '\\bmethod\\b.{0,80}\\b(?:does not exist|is unknown)\\b',
    '(?<!gas )\\blimit exceeded\\b',
    '[+*]{1,3}\\+\\*[\\]+]',
    'a{3}',
    'a|.{0,200}|.{0,200}',
    '{',
  ])('%s', (source) => {
    expect(patternProblem(source)).toBeUndefined();
  });
});
