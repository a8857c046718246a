import { describe, expect, test } from 'vitest';
import { readAnswer, readCompleteList } from '../../../src/codec/read-answer.ts';

const id = 7;
const log = (index: number): string =>
  `{"address":"0x${'ab'.repeat(20)}","topics":["0x${index.toString(16).padStart(64, '0')}"],"data":"0x","removed":false}`;
const logs = (count: number): string => `[${Array.from({ length: count }, (_, index) => log(index)).join(',')}]`;
const answer = (result: string, tail = ''): string => `{"jsonrpc":"2.0","id":${id},"result":${result}${tail}}`;

function bothEnds(text: string): string | undefined {
  const reading = readCompleteList(Buffer.from(text), id);
  if (reading === undefined) return undefined;
  return reading.kind === 'answer' && reading.answer.kind === 'result'
    ? reading.answer.result.toString()
    : reading.kind;
}

describe('a large list whose transfer is known to be complete', () => {
  const large = logs(1000);

  test('is read at both ends, to the very bytes that reading the whole gives', () => {
    const text = answer(large);
    expect(bothEnds(text)).toBe(large);
    expect(readAnswer(Buffer.from(text), id)).toEqual(readCompleteList(Buffer.from(text), id));
  });

  test('may have its id behind the result, and white space at the end', () => {
    expect(bothEnds(`{"result":${large},"jsonrpc":"2.0","id":${id}}\n`)).toBe(large);
  });

  test.each([
    ['a short one', answer(logs(10))],
    ['one of strings', answer(JSON.stringify(Array.from({ length: 5000 }, () => `0x${'ab'.repeat(20)}`)))],
    ['a single object', answer(`{"items":${large}}`)],
    ['an error', `{"jsonrpc":"2.0","id":${id},"error":{"code":1,"message":"x","data":${large}}}`],
    ['another id', `{"jsonrpc":"2.0","id":${id + 1},"result":${large}}`],
    ['a second result', answer(large, `,"result":${large}`)],
    ['pretty-printed', JSON.stringify(JSON.parse(answer(large)), null, 2)],
    ['another list of the kind behind it', answer(large, `,"more":${large}`)],
    ['something behind the end', `${answer(large)}]`],
    ['a last item larger than what is looked at', answer(`[${log(1)},{"address":"${'a'.repeat(100_000)}"}]`)],
  ])('is left to be read whole: %s', (_, text) => {
    expect(bothEnds(text) === undefined).toBe(true);
  });

  test('beside an error counts as the error, as everywhere', () => {
    const text = Buffer.from(answer(large, ',"error":{"code":1,"message":"x"}'));
    expect(readCompleteList(text, id)).toMatchObject({ answer: { kind: 'error', code: 1 } });
  });

  test('is left to be read whole wherever it was cut, and then found out', () => {
    const text = answer(logs(400));
    expect(bothEnds(text)).toBeDefined();
    for (let end = text.length - 1; end > text.length - 1500; end -= 1) {
      const cut = text.slice(0, end);
      expect(bothEnds(cut)).toBeUndefined();
      expect(readAnswer(Buffer.from(cut), id).kind).toBe('malformed');
    }
  });
});
