import { describe, expect, test } from 'vitest';
import {
  batchPieces,
  errorPieces,
  faultError,
  faultPieces,
  joinBelowBytes,
  type Pieces,
  resultPieces,
} from '../../../src/codec/reply-pieces.ts';

const id = Buffer.from('"my id"');

function textOf(pieces: Pieces): string {
  return Buffer.concat(pieces).toString();
}

function large(bytes = joinBelowBytes): Buffer {
  return Buffer.from(`"${'x'.repeat(bytes - 2)}"`);
}

describe('a reply', () => {
  test('has the result under the id as the client wrote it', () => {
    expect(textOf(resultPieces(id, Buffer.from('1.0')))).toBe('{"jsonrpc":"2.0","id":"my id","result":1.0}');
  });

  test('has the error as the upstream wrote it', () => {
    const error = Buffer.from('{"code":3, "message":"m"}');
    expect(textOf(errorPieces(id, error))).toBe('{"jsonrpc":"2.0","id":"my id","error":{"code":3, "message":"m"}}');
  });

  test('F-056 speaks the legacy dialect to a client that does', () => {
    const result = textOf(resultPieces(id, Buffer.from('1'), 'legacy'));
    const error = textOf(errorPieces(id, Buffer.from('{"code":1,"message":"m"}'), 'legacy'));
    expect(JSON.parse(result)).toEqual({ id: 'my id', result: 1, error: null });
    expect(JSON.parse(error)).toEqual({ id: 'my id', result: null, error: { code: 1, message: 'm' } });
  });

  test('is one piece while it is small', () => {
    expect(resultPieces(id, large(joinBelowBytes - 1))).toHaveLength(1);
  });

  test('F-068 does not copy a large result', () => {
    const result = large();
    const pieces = resultPieces(id, result);
    expect(pieces).toHaveLength(3);
    expect(pieces[1]).toBe(result);
    expect(textOf(pieces)).toBe(`{"jsonrpc":"2.0","id":"my id","result":${result}}`);
  });

  test('F-079 carries an id of any length', () => {
    const long = large(200_000);
    expect(textOf(resultPieces(long, Buffer.from('1')))).toBe(`{"jsonrpc":"2.0","id":${long},"result":1}`);
  });
});

describe('a fault', () => {
  test('says which it is, in words and as data', () => {
    const pieces = faultPieces(id, { fault: 'NO_UPSTREAM', message: 'Nobody "can" be asked.' }, -32603);
    expect(textOf(pieces)).toBe(
      '{"jsonrpc":"2.0","id":"my id","error":{"code":-32603,"message":"Nobody \\"can\\" be asked.","data":{"fault":"NO_UPSTREAM"}}}',
    );
  });

  test('is answered under the id null where the client had none that could be read', () => {
    expect(textOf(faultPieces(undefined, { fault: 'PARSE_ERROR', message: 'm' }, -32700))).toContain('"id":null,');
  });

  test('carries its own data, and when to come back', () => {
    const answer = {
      fault: 'OVERLOADED',
      message: 'm',
      retryAfterSeconds: 2,
      data: { attempts: [{ upstream: 'a/b' }] },
    } as const;
    expect(JSON.parse(faultError(answer, -32603).toString())).toEqual({
      code: -32603,
      message: 'm',
      data: { fault: 'OVERLOADED', retryAfterSeconds: 2, attempts: [{ upstream: 'a/b' }] },
    });
  });
});

describe('the replies of a batch', () => {
  test('F-097 F-101 stand in one array, in order', () => {
    const replies = ['1', '2', '3'].map((value) => resultPieces(Buffer.from(value), Buffer.from(value)));
    expect(JSON.parse(textOf(batchPieces(replies)))).toMatchObject([{ id: 1 }, { id: 2 }, { id: 3 }]);
  });

  test('F-098 are nothing at all where nothing is to be answered', () => {
    expect(batchPieces([])).toEqual([]);
  });

  test('are one piece while they are small', () => {
    const replies = Array.from({ length: 1000 }, () => resultPieces(id, Buffer.from('1')));
    expect(batchPieces(replies)).toHaveLength(1);
  });

  test('leave large results uncopied between joined small ones', () => {
    const result = large();
    const small = resultPieces(id, Buffer.from('1'));
    const pieces = batchPieces([small, resultPieces(id, result), small]);
    expect(pieces).toHaveLength(3);
    expect(pieces[1]).toBe(result);
    expect(JSON.parse(textOf(pieces))).toHaveLength(3);
  });

  test('F-110 are joined to no huge block of memory', () => {
    const replies = Array.from({ length: 100 }, () => resultPieces(id, large(joinBelowBytes - 100)));
    const pieces = batchPieces(replies);
    expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThanOrEqual(256 * 1024);
    expect(JSON.parse(textOf(pieces))).toHaveLength(100);
  });
});
