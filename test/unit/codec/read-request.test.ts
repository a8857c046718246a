import { describe, expect, test } from 'vitest';
import { readRequest } from '../../../src/codec/read-request.ts';
import type { Envelope } from '../../../src/model/call.ts';
import { notJson } from '../../support/json-texts.ts';

function read(
  body: string | Buffer,
  limits: { maxBatchCalls?: number; maxNesting?: number; envelope?: Envelope } = {},
) {
  const reading = readRequest(Buffer.from(body), { maxBatchCalls: 10, maxNesting: 128, envelope: '2.0', ...limits });
  switch (reading.kind) {
    case 'refused':
      return { refused: reading.answer.fault, message: reading.answer.message };
    case 'single':
      return shown(reading.entry);
    case 'batch':
      return reading.entries.map(shown);
  }
}

function shown(entry: Extract<ReturnType<typeof readRequest>, { kind: 'single' }>['entry']) {
  const text = (bytes: Buffer | undefined) => bytes?.toString();
  if (entry.kind === 'refused')
    return { refused: entry.answer.fault, id: text(entry.id), message: entry.answer.message };
  const { id, method, params, ...rest } = entry.call;
  return { id: text(id), method, params: text(params), ...rest };
}

const sound = '"jsonrpc":"2.0","method":"m"';

describe('a single request', () => {
  test('is a call with the bytes the client sent', () => {
    expect(read('{"jsonrpc":"2.0","id":7,"method":"eth_call","params":[ {"to":"0x1"}, "latest" ]}')).toEqual({
      id: '7',
      method: 'eth_call',
      params: '[ {"to":"0x1"}, "latest" ]',
    });
  });

  test('may be written with white space anywhere and its members in any order', () => {
    const body = ' \r\n{ "params" :\t[ ] , "method":"m",\n"id" : "a" , "jsonrpc" : "2.0" } \n';
    expect(read(body)).toEqual({ id: '"a"', method: 'm', params: '[ ]' });
  });

  test('may begin with a byte order mark, which goes no further', () => {
    expect(read(`\ufeff{${sound},"id":1}`)).toMatchObject({ id: '1', method: 'm' });
  });

  test.each([
    '"a"',
    '""',
    '0',
    '-1',
    '1.0',
    '1e3',
    '9007199254740993',
    '1234567890'.repeat(20),
    'null',
    '"\\u0069\\n"',
  ])('F-077 F-081 keeps the id %s as it is written', (id) => {
    expect(read(`{${sound},"id":${id}}`)).toMatchObject({ id, method: 'm' });
  });

  test('F-079 keeps an id of 200 kB', () => {
    const id = `"${'x'.repeat(200_000)}"`;
    expect(read(`{${sound},"id":${id}}`)).toMatchObject({ id });
  });

  test('F-080 without an id is a notification', () => {
    expect(read(`{${sound}}`)).toEqual({ id: undefined, method: 'm', params: undefined });
  });

  test.each(['{}', '{"a":1}', '[]', '[1]', 'true', 'false'])('F-078 is refused for the id %s', (id) => {
    expect(read(`{${sound},"id":${id}}`)).toMatchObject({ refused: 'INVALID_REQUEST', id: undefined });
  });

  test.each(['[]', '[1,[2]]', '{}', '{"a":{}}', 'null'])('F-086 passes the params %s on', (params) => {
    expect(read(`{${sound},"id":1,"params":${params}}`)).toMatchObject({ params });
  });

  test.each(['5', '"x"', 'true', 'false', '-0.5'])('F-086 is refused for the params %s, under its own id', (params) => {
    expect(read(`{${sound},"id":1,"params":${params}}`)).toMatchObject({ refused: 'INVALID_REQUEST', id: '1' });
  });

  test.each(['', '"jsonrpc":"1.0",', '"jsonrpc":"2.00",', '"jsonrpc":2.0,', '"jsonrpc":12.00,', '"jsonrpc":["2.0"],'])(
    'F-082 is refused for the version in {%s…}',
    (version) => {
      expect(read(`{${version}"method":"m","id":1}`)).toMatchObject({ refused: 'INVALID_REQUEST', id: '1' });
    },
  );

  test('F-066 F-082 may spell names and version in escapes', () => {
    const body = '{"\\u006asonrpc":"2\\u002e0","\\u0069d":1,"m\\u0065thod":"\\u006d","p\\u0061rams":[]}';
    expect(read(body)).toEqual({ id: '1', method: 'm', params: '[]' });
  });

  test.each(['1', 'null', '""', '["m"]', '{}', 'true', `"${'m'.repeat(257)}"`, `"${'m'.repeat(10_000)}"`])(
    'F-083 is refused for the method %s, under its own id',
    (method) => {
      expect(read(`{"jsonrpc":"2.0","id":1,"method":${method}}`)).toMatchObject({
        refused: 'INVALID_REQUEST',
        id: '1',
      });
    },
  );

  test.each(['\\n', '\\u0000', '\\u001b[31m', '\\u007f', '\\u0085', '\u0085', '\u009f'])(
    'F-083 F-129 is refused for the control character %j in its method',
    (control) => {
      expect(read(`{"jsonrpc":"2.0","id":1,"method":"a${control}b"}`)).toMatchObject({ refused: 'INVALID_REQUEST' });
    },
  );

  test('F-083 may call a method of 256 characters, in whatever escapes', () => {
    expect(read(`{"jsonrpc":"2.0","id":1,"method":"${'\\u006d'.repeat(256)}"}`)).toMatchObject({
      method: 'm'.repeat(256),
    });
  });

  test('is refused without a method', () => {
    expect(read('{"jsonrpc":"2.0","id":1}')).toMatchObject({ refused: 'INVALID_REQUEST', id: '1' });
    expect(read('{}')).toMatchObject({ refused: 'INVALID_REQUEST', id: undefined });
  });

  test('F-088 F-070 drops members that mean nothing, repeated or not', () => {
    const body = `{"auth":"a","__proto__":{"id":9},"auth":"b","Method":"x","ID":3,${sound},"id":1}`;
    expect(read(body)).toEqual({ id: '1', method: 'm', params: undefined });
  });

  test.each([
    ['method', `{${sound},"id":1,"method":"eth_sendRawTransaction"}`, '1'],
    ['method', `{${sound},"id":1,"m\\u0065thod":"eth_sendRawTransaction"}`, '1'],
    ['params', `{${sound},"id":1,"params":[],"params":[]}`, '1'],
    ['jsonrpc', `{"jsonrpc":"2.0",${sound},"id":1}`, '1'],
    ['id', `{${sound},"id":1,"id":1}`, undefined],
    ['id', `{${sound},"id":1,"\\u0069d":2}`, undefined],
    ['id', `{${sound},"id":{},"id":2}`, undefined],
  ])('F-087 F-066 is refused when it repeats %s: %s', (name, body, id) => {
    expect(read(body)).toMatchObject({ refused: 'INVALID_REQUEST', id, message: expect.stringContaining(`"${name}"`) });
  });

  test('F-065 F-087 may repeat keys inside its params', () => {
    const params = '[{"id":1,"id":2,"method":3,"method":4}]';
    expect(read(`{${sound},"id":1,"params":${params}}`)).toMatchObject({ params });
  });
});

describe('a body that is no request', () => {
  test.each(notJson)('F-075 F-090 is a parse error: $name', ({ bytes }) => {
    expect(read(bytes)).toMatchObject({ refused: 'PARSE_ERROR' });
  });

  test.each(notJson.filter(({ bytes }) => bytes.toString().trim() !== ''))(
    'F-075 F-090 is a parse error with this in its params: $name',
    ({ bytes }) => {
      const body = [Buffer.from(`{${sound},"id":1,"params":[`), bytes, Buffer.from(' ]}')];
      expect(read(Buffer.concat(body))).toMatchObject({ refused: 'PARSE_ERROR' });
    },
  );

  test.each(['null', '123', '"x"', 'true', ' 0 '])('F-076 is an invalid request: %s', (body) => {
    expect(read(body)).toStrictEqual({
      refused: 'INVALID_REQUEST',
      message: expect.stringContaining('is no request object'),
    });
  });

  test('F-089 is a parse error where it nests too deep, and says how deep it may', () => {
    const deep = (levels: number) => `{${sound},"id":1,"params":${'['.repeat(levels)}${']'.repeat(levels)}}`;
    expect(read(deep(4), { maxNesting: 5 })).toMatchObject({ id: '1' });
    expect(read(deep(5), { maxNesting: 5 })).toMatchObject({
      refused: 'PARSE_ERROR',
      message: expect.stringContaining('nests deeper than 5 levels'),
    });
    expect(read('['.repeat(1_000_000))).toMatchObject({ refused: 'PARSE_ERROR' });
    expect(read(`{"a":`.repeat(1_000_000))).toMatchObject({ refused: 'PARSE_ERROR' });
  });

  test('F-074 F-128 is refused without a byte of it in the message', () => {
    const bodies = [
      '{"secret":',
      '"secret" x',
      '[secret]',
      '{"jsonrpc":"secret"}',
      '{"method":["secret"]}',
      '"secret"',
    ];
    for (const body of bodies) expect(JSON.stringify(read(body))).not.toContain('secret');
  });
});

describe('a batch', () => {
  test('F-095 must not be empty', () => {
    expect(read('[]')).toMatchObject({ refused: 'INVALID_REQUEST' });
    expect(read(' [ ] ')).toMatchObject({ refused: 'INVALID_REQUEST' });
  });

  test('F-096 has one refusal for each member that is no object', () => {
    const refused = { refused: 'INVALID_REQUEST', id: undefined };
    expect(read('[1,"x",[[]],null]')).toMatchObject([refused, refused, refused, refused]);
  });

  test('F-097 F-080 mixes calls, notifications and what is neither', () => {
    expect(read(`[{${sound},"id":1},{${sound}},{"foo":"boo"},{${sound},"id":1,"params":[2]}]`)).toMatchObject([
      { id: '1', method: 'm' },
      { id: undefined, method: 'm' },
      { refused: 'INVALID_REQUEST', id: undefined },
      { id: '1', params: '[2]' },
    ]);
  });

  test('F-100 may use one id twice', () => {
    expect(read(`[{${sound},"id":1},{${sound},"id":1}]`)).toMatchObject([{ id: '1' }, { id: '1' }]);
  });

  test('F-099 is refused whole where it holds one call too many', () => {
    const batch = (calls: number) => `[${Array.from({ length: calls }, () => `{${sound},"id":1}`).join(',')}]`;
    expect(read(batch(3), { maxBatchCalls: 3 })).toHaveLength(3);
    expect(read(batch(4), { maxBatchCalls: 3 })).toMatchObject({
      refused: 'BATCH_TOO_LARGE',
      message: expect.stringContaining('at most 3'),
    });
    expect(read(batch(100_000))).toMatchObject({ refused: 'BATCH_TOO_LARGE' });
  });

  test.each([
    `[{${sound},"id":1},]`,
    `[{${sound},"id":1}`,
    `[{${sound},"id":1}}`,
    `[{${sound},"id":1},{"jsonrpc"]`,
    `[{${sound},"id":1} {${sound}}]`,
    `[{${sound},"id":1}]]`,
    `[,]`,
    `[`,
    `[]x`,
  ])('F-075 is one parse error where any of it is no JSON: %s', (body) => {
    expect(read(body)).toMatchObject({ refused: 'PARSE_ERROR' });
  });

  test('F-089 counts its own brackets as nesting', () => {
    expect(read(`[{${sound},"id":1,"params":[]}]`, { maxNesting: 3 })).toMatchObject([{ id: '1' }]);
    expect(read(`[{${sound},"id":1,"params":[]}]`, { maxNesting: 2 })).toMatchObject({ refused: 'PARSE_ERROR' });
    expect(read(`[{${sound},"id":1}]`, { maxNesting: 1 })).toMatchObject({ refused: 'PARSE_ERROR' });
  });
});

describe('on a chain that takes the legacy envelope', () => {
  const legacy = { envelope: 'legacy' } as const;

  test.each(['', '"jsonrpc":"1.0",', '"jsonrpc":"1.1",'])(
    'F-082 takes {%s…} and remembers how it was asked',
    (version) => {
      expect(read(`{${version}"method":"m","id":"x"}`, legacy)).toMatchObject({ id: '"x"', envelope: 'legacy' });
    },
  );

  test('F-082 takes a 2.0 request as such, notifications too', () => {
    expect(read(`{${sound}}`, legacy)).toEqual({ id: undefined, method: 'm', params: undefined });
  });

  test('F-082 answers a request without an id with the id null: JSON-RPC 1.x has no such notifications', () => {
    expect(read('{"method":"m"}', legacy)).toMatchObject({ id: 'null', envelope: 'legacy' });
  });

  test.each(['"jsonrpc":"3.0",', '"jsonrpc":1.0,', '"jsonrpc":null,'])('F-082 refuses {%s…}', (version) => {
    expect(read(`{${version}"method":"m","id":1}`, legacy)).toMatchObject({ refused: 'INVALID_REQUEST', id: '1' });
  });
});
