import { describe, expect, test } from 'vitest';
import { createCells } from '../../../src/observe/cells.ts';

describe('the series of a counter', () => {
  test('count each set of label values by itself, under the names of the table', () => {
    const cells = createCells(['chain', 'reason']);
    cells.cell(['a', 'timeout']).value += 2;
    cells.cell(['a', 'reset']).value += 1;
    cells.cell(['a', 'timeout']).value += 1;
    expect(cells.lines()).toEqual([
      { labels: { chain: 'a', reason: 'timeout' }, value: 3 },
      { labels: { chain: 'a', reason: 'reset' }, value: 1 },
    ]);
  });

  test('are one cell for one set of values, to be kept by whoever counts', () => {
    const cells = createCells(['chain']);
    expect(cells.cell(['a'])).toBe(cells.cell(['a']));
  });

  test('forget those whose leading values are these, and no others', () => {
    const cells = createCells(['chain', 'provider', 'kind']);
    for (const values of [
      ['a', 'x', '1'],
      ['a', 'x', '2'],
      ['a', 'xy', '1'],
      ['ab', 'x', '1'],
    ])
      cells.cell(values).value = 1;
    cells.forget(['a', 'x']);
    expect(cells.lines().map(({ labels }) => Object.values(labels).join(' '))).toEqual(['a xy 1', 'ab x 1']);
  });

  test('start again at 0 after being forgotten', () => {
    const cells = createCells(['chain']);
    cells.cell(['a']).value = 7;
    cells.forget(['a']);
    expect(cells.cell(['a']).value).toBe(0);
  });
});
