import { expect, it } from 'vitest';
import { createPhraseIndex } from '../../../src/classify/phrase-index.ts';

function ranksIn(phrases: readonly string[], text: string): readonly number[] {
  const found = new Set<number>();
  createPhraseIndex(phrases.map((phrase, rank) => ({ text: phrase, rank })))(text, (rank) => found.add(rank));
  return [...found].sort((one, other) => one - other);
}

it('finds every phrase that stands in the text, at its edges too', () => {
  expect(ranksIn(['rate limit', 'limit exceeded', 'quota'], 'rate limit exceeded')).toEqual([0, 1]);
});

it('finds phrases that begin alike', () => {
  expect(ranksIn(['block not found', 'block range', 'blocked'], 'the block range is blocked')).toEqual([1, 2]);
});

it('finds phrases shorter than three characters', () => {
  expect(ranksIn(['id', 'x', 'key'], 'an id')).toEqual([0]);
});

it('finds nothing in a text shorter than its phrases, and in none', () => {
  expect(ranksIn(['eof!', 'eof'], 'eo')).toEqual([]);
  expect(ranksIn(['eof'], '')).toEqual([]);
});

it('does not take letters for others whose codes end alike', () => {
  expect(ranksIn(['abc'], '\u0161bc')).toEqual([]);
  expect(ranksIn(['\u0161bc'], 'a\u0161bc')).toEqual([0]);
});
