import { describe, expect, test } from 'vitest';
import {
  type AnswerReading,
  maxAnswerNesting,
  readAnswer,
  readAnswerInSlices,
  sliceBytes,
} from '../../../src/codec/read-answer.ts';
import { notJson, oddJson } from '../../support/json-texts.ts';

function shown(reading: AnswerReading) {
  if (reading.kind === 'malformed') return { malformed: reading.detail };
  const { answer } = reading;
  return answer.kind === 'result'
    ? { result: answer.result.toString() }
    : { code: answer.code, message: answer.message };
}

function read(body: string | Buffer) {
  return shown(readAnswer(Buffer.from(body), 5));
}

const malformed = { malformed: expect.any(String) };

describe('an answer', () => {
  test('gives its result byte for byte', () => {
    expect(read('{"jsonrpc":"2.0","id":5,"result": {"b":1, "a":2} }')).toEqual({ result: '{"b":1, "a":2}' });
  });

  test.each(oddJson)('F-061 F-064 F-070 gives $name byte for byte', ({ bytes }) => {
    const value = bytes.toString().replace('\ufeff[', '[').trim();
    expect(read(`{"jsonrpc":"2.0","id":5,"result":${value}}`)).toEqual({ result: value });
  });

  test('F-070 leaves prototypes alone', () => {
    read('{"__proto__":{"polluted":1},"id":5,"result":{"__proto__":{"polluted":1}},"constructor":{"prototype":{}}}');
    expect('polluted' in {}).toBe(false);
  });

  test('F-059 may be a null result', () => {
    expect(read('{"jsonrpc":"2.0","id":5,"result":null}')).toEqual({ result: 'null' });
  });

  test('F-051 may have white space around it and a byte order mark before it', () => {
    expect(read('\ufeff \n{"id":5,"result":1} \r\n\t ')).toEqual({ result: '1' });
  });

  test.each(notJson)('F-050 F-062 F-063 is malformed with this as its result: $name', ({ bytes }) => {
    const body = Buffer.concat([Buffer.from('{"jsonrpc":"2.0","id":5,"result":'), bytes, Buffer.from(' }')]);
    expect(read(body)).toEqual(malformed);
  });

  test.each(notJson)('F-050 F-051 is malformed where the body is $name', ({ bytes }) => {
    expect(read(bytes)).toEqual(malformed);
  });

  test('F-009 F-050 is malformed wherever it is cut off', () => {
    const body = '{"jsonrpc":"2.0","id":5,"result":{"a":[1,"x\\u0041\u00e9",true,null,-1.5e3]}}';
    const bytes = Buffer.from(body);
    for (let length = 0; length < bytes.length; length += 1) expect(read(bytes.subarray(0, length))).toEqual(malformed);
    expect(read(bytes)).toHaveProperty('result');
  });

  test('F-051 is malformed with anything after it', () => {
    for (const tail of ['{}', 'x', '{"id":5,"result":1}', ',', '\u0000', ']'])
      expect(read(`{"id":5,"result":1}${tail}`)).toEqual(malformed);
  });

  test.each(['[]', '[{"id":5,"result":1}]', '1', '"x"', 'null', 'true'])(
    'F-105 is malformed where it is no object: %s',
    (body) => {
      expect(read(body)).toEqual({ malformed: 'the answer is no JSON object at byte 0' });
    },
  );

  test.each(['6', '-5', '50', '5.1', '"5"', '"x"', 'true', '[5]', '{}', '5e1'])(
    'F-052 F-053 is malformed under the id %s',
    (id) => {
      expect(read(`{"jsonrpc":"2.0","id":${id},"result":1}`)).toEqual(malformed);
      expect(read(`{"jsonrpc":"2.0","id":${id},"error":{"code":1,"message":"m"}}`)).toEqual(malformed);
    },
  );

  test.each(['5', '5.0', '5e0', '0.5e1'])('F-053 may write the id as the number %s', (id) => {
    expect(read(`{"jsonrpc":"2.0","id":${id},"result":1}`)).toEqual({ result: '1' });
  });

  test('F-054 F-055 may have a null id on an error, not on a result', () => {
    expect(read('{"id":null,"result":1}')).toEqual(malformed);
    expect(read('{"id":null,"error":{"code":-32700,"message":"m"}}')).toEqual({ code: -32700, message: 'm' });
  });

  test('F-054 without an id is malformed, but what its error says is kept', () => {
    expect(readAnswer(Buffer.from('{"result":1}'), 5)).toEqual({
      kind: 'malformed',
      detail: 'the answer carries no id',
    });
    expect(readAnswer(Buffer.from('{"error":"slow down"}'), 5)).toMatchObject({
      kind: 'malformed',
      errorWithoutId: { kind: 'error', code: -32000, message: 'slow down' },
    });
  });

  test.each(['', '"jsonrpc":"1.0",', '"jsonrpc":"1.1",', '"jsonrpc":2.0,', '"jsonrpc":null,'])(
    'F-056 may say {%s…}',
    (version) => {
      expect(read(`{${version}"id":5,"result":1}`)).toEqual({ result: '1' });
    },
  );

  test('F-057 with a null error is a result, with both an error', () => {
    expect(read('{"id":5,"result":1,"error":null}')).toEqual({ result: '1' });
    expect(read('{"id":5,"result":null,"error":null}')).toEqual({ result: 'null' });
    expect(read('{"id":5,"result":null,"error":{"code":1,"message":"m"}}')).toEqual({ code: 1, message: 'm' });
    expect(read('{"id":5,"result":1,"error":{"code":1,"message":"m"}}')).toEqual({ code: 1, message: 'm' });
  });

  test('F-058 with neither is malformed', () => {
    expect(read('{"jsonrpc":"2.0","id":5}')).toEqual({ malformed: 'the answer has neither a result nor an error' });
    expect(read('{"jsonrpc":"2.0","id":5,"error":null}')).toEqual(malformed);
    expect(read('{}')).toEqual(malformed);
  });

  test.each([
    '{"id":5,"id":5,"result":1}',
    '{"id":5,"result":1,"result":1}',
    '{"id":5,"result":1,"r\\u0065sult":2}',
    '{"\\u0069d":6,"id":5,"result":1}',
    '{"id":5,"error":null,"error":{"code":1,"message":"m"},"result":1}',
    '{"jsonrpc":"2.0","jsonrpc":"2.0","id":5,"result":1}',
  ])('F-065 F-066 is malformed when it repeats a member of its envelope: %s', (body) => {
    expect(read(body)).toEqual({ malformed: 'the answer repeats a member of its envelope' });
  });

  test('F-065 F-066 may repeat keys inside its result, and spell its own in escapes', () => {
    expect(read('{"\\u0069d":5,"result":{"id":1,"id":2}}')).toEqual({ result: '{"id":1,"id":2}' });
  });

  test('F-067 is malformed where it nests too deep, without an exception', () => {
    const deep = (levels: number) => `{"id":5,"result":${'['.repeat(levels)}${']'.repeat(levels)}}`;
    expect(read(deep(maxAnswerNesting - 1))).toHaveProperty('result');
    expect(read(deep(maxAnswerNesting))).toEqual({ malformed: 'the answer nests deeper than 512 levels at byte 528' });
    expect(read(deep(1_000_000))).toEqual(malformed);
    expect(read(`{"id":5,"result":${'{"a":'.repeat(1_000_000)}`)).toEqual(malformed);
  });

  test('F-017 F-074 says what is wrong without a byte of the body', () => {
    for (const body of ['<html>secret', '{"id":"secret","result":1}', '{"secret":1}', '["secret"]'])
      expect(JSON.stringify(read(body))).not.toContain('secret');
  });
});

describe('an answer read in slices', () => {
  const log = '{"address":"0x00112233","topics":["0xaa","0xbb"],"data":"0x","removed":false},';
  const list = `[${log.repeat(Math.ceil((3.5 * sliceBytes) / log.length))}{}]`;

  async function readInSlices(body: string) {
    let turns = 0;
    const reading = await readAnswerInSlices(Buffer.from(body), 5, async () => {
      turns += 1;
    });
    return { turns, ...shown(reading) };
  }

  test('F-068 gives way after each MiB, and reads the same', async () => {
    expect(await readInSlices(`{"id":5,"result":${list}}`)).toEqual({ turns: 3, result: list });
  });

  test('F-068 does not give way for a small body', async () => {
    expect(await readInSlices('{"id":5,"result":1}')).toEqual({ turns: 0, result: '1' });
  });

  test('F-050 F-068 finds it malformed where the last byte is missing', async () => {
    expect(await readInSlices(`{"id":5,"result":${list}`)).toMatchObject({ turns: 3, ...malformed });
  });

  test('F-062 F-068 stops at the first byte that is wrong', async () => {
    expect(await readInSlices(`{"id":5,"result":[NaN,${list}]}`)).toEqual({
      turns: 0,
      malformed: 'the answer is no JSON at byte 18',
    });
  });

  test('F-068 gives way among many small members of the envelope too', async () => {
    const members = '"a":1,'.repeat(Math.ceil((2.5 * sliceBytes) / 6));
    expect(await readInSlices(`{${members}"id":5,"result":1}`)).toEqual({ turns: 2, result: '1' });
  });
});
