import { describe, expect, test } from 'vitest';
import type { AnswerRest, RestPiece } from '../../../src/model/answer.ts';
import { renderAnswer } from '../../../src/path/render.ts';
import { readStreamed } from '../../../src/path/streamed-answer.ts';
import { type RestEnd, watchRest } from '../../../src/path/watch-rest.ts';

const ended: RestPiece = { kind: 'ended' };
const reset: RestPiece = { kind: 'broken', failure: 'reset' };

interface Scripted extends AnswerRest {
  readonly cancels: number;
}

/** What an upstream says: the beginning that is held, then piece by piece, then the end. */
function script(beginning: readonly string[], rest: readonly string[] = [], end: RestPiece = ended): Scripted {
  const pieces: RestPiece[] = rest.map((text) => ({ kind: 'bytes', bytes: Buffer.from(text) }));
  let cancels = 0;
  return {
    beginning: beginning.map((text) => Buffer.from(text)),
    read: async () => pieces.shift() ?? end,
    cancel: () => {
      cancels += 1;
    },
    get cancels() {
      return cancels;
    },
  };
}

const atOnce = async (): Promise<void> => undefined;

async function resultOf(body: AnswerRest): Promise<AnswerRest> {
  const reading = await readStreamed(body, 7, atOnce);
  if (reading.kind !== 'result') throw new Error(`no result but ${reading.kind}`);
  return reading.rest;
}

async function readAll(rest: AnswerRest): Promise<{ readonly text: string; readonly end: RestPiece }> {
  const pieces = [...rest.beginning];
  for (;;) {
    const piece = await rest.read();
    if (piece.kind !== 'bytes') return { text: Buffer.concat(pieces).toString(), end: piece };
    pieces.push(piece.bytes);
  }
}

describe('an answer too large to be held', () => {
  test('is a result without its envelope, wherever it was cut', async () => {
    const body = script(['{"jsonrpc":"2.0","i', 'd":7,"result" : [1', ',2,'], ['3', ' ,4]', '} \n']);
    expect(await readAll(await resultOf(body))).toEqual({ text: '[1,2,3 ,4]', end: ended });
  });

  test.each([
    ['an error', '{"id":7,"error":{"message":"', 'too-large'],
    ['something else that is large', '{"id":7,"extra":"', 'too-large'],
    ["another's result", '{"id":8,"result":[', 'malformed'],
    ['no JSON', '{"id":7,"result":[,', 'malformed'],
    ['no object', '[1', 'malformed'],
    ['a second id', '{"id":7,"id":7,"result":[', 'malformed'],
  ])('is not streamed where it begins as %s', async (_, beginning, kind) => {
    expect(await readStreamed(script([beginning]), 7, atOnce)).toMatchObject({ kind });
  });

  test.each([
    ['ends early', ['2'], false],
    ['goes on with what is no JSON', ['}'], true],
    ['says in the end that it is of another call', ['],"id":8}'], true],
    ['says in the end that it is an error', ['],"error":1}'], false],
    ['has a second result', ['],"result":1}'], true],
    ['is followed by another', [']}', '{}'], true],
  ])('breaks off where it %s', async (_, rest, isCancelled) => {
    const body = script(
      ['{"jsonrpc":"2.0","result":[1,'],
      rest.map((text) => text.replace(/^]/, '2]')),
    );
    const { end } = await readAll(await resultOf(body));
    expect(end).toEqual({ kind: 'broken', failure: 'malformed' });
    expect(body.cancels).toBe(isCancelled ? 1 : 0);
  });

  test('breaks off as its connection does', async () => {
    const body = script(['{"id":7,"result":[1,'], ['2'], reset);
    expect((await readAll(await resultOf(body))).end).toEqual(reset);
  });

  test('is read in turns: others get theirs after each 256 KiB of what was held', async () => {
    let turns = 0;
    const filler = `"${'x'.repeat(150_000)}",`;
    const body = script(['{"id":7,"result":[', filler, filler, filler, filler]);
    await readStreamed(body, 7, async () => {
      turns += 1;
    });
    expect(turns).toBe(2);
  });

  test.each([
    ['2.0', '{"jsonrpc":"2.0","id":"a","result":[1,2]}'],
    ['legacy', '{"id":"a","error":null,"result":[1,2]}'],
  ] as const)('is rendered under the id of its client, envelope %s closed only in the end', async (envelope, whole) => {
    const rest = await resultOf(script(['{"id":7,"result":[1,'], ['2]}']));
    const call = { id: Buffer.from('"a"'), method: 'm', params: undefined, envelope };
    const facts = { upstream: 'p0/json-rpc', attempts: 1, height: 1, degraded: undefined, cache: 'bypass' } as const;
    const verdict = { meaning: 'ok', blame: 'none', retry: 'no', holdOff: false, cache: true } as const;
    const answer = { kind: 'result', result: Buffer.alloc(0), rest } as const;
    const reply = renderAnswer(call, { kind: 'answered', answer, verdict, facts, upstream: undefined });
    if (reply.rest === undefined) throw new Error('nothing is to come');
    const { text, end } = await readAll({ ...reply.rest, beginning: [] });
    expect(Buffer.concat([...reply.pieces]).toString() + text).toBe(whole);
    expect(end).toEqual(ended);
    expect(await reply.rest.read()).toEqual(ended);
  });
});

describe('who watches what is read', () => {
  function watched(body: AnswerRest): { readonly rest: AnswerRest; readonly ends: RestEnd[] } {
    const ends: RestEnd[] = [];
    return { rest: watchRest(body, (end) => void ends.push(end)), ends };
  }

  test('hears of its end once, and not before', async () => {
    const { rest, ends } = watched(script(['a'], ['b']));
    await rest.read();
    expect(ends).toEqual([]);
    await rest.read();
    await rest.read();
    rest.cancel();
    expect(ends).toEqual([ended]);
  });

  test('hears how it broke off', async () => {
    const { rest, ends } = watched(script(['a'], [], reset));
    await rest.read();
    expect(ends).toEqual([reset]);
  });

  test('hears that nobody wants it any more, and so does whoever brings it', async () => {
    const body = script(['a'], ['b'], { kind: 'broken', failure: 'aborted' });
    const { rest, ends } = watched(body);
    rest.cancel();
    await readAll(rest);
    expect(ends).toEqual([{ kind: 'cancelled' }]);
    expect(body.cancels).toBe(1);
  });
});
