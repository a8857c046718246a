import { describe, expect, test } from 'vitest';
import { readError } from '../../../src/codec/read-error.ts';

function read(error: string) {
  const answer = readError(Buffer.from(error));
  return { error: answer.error.toString(), code: answer.code, message: answer.message, data: answer.data?.toString() };
}

describe('an error of an upstream', () => {
  test.each([
    ['{"code":-32000,"message":"header not found"}', undefined],
    ['{"code":3,"message":"execution reverted","data":"0x08c379a0"}', '"0x08c379a0"'],
    ['{"data" : {"a":[1.10]}, "message":"m" , "code":0, "extra":true}', '{"a":[1.10]}'],
    ['{"code":429,"message":"","data":null}', 'null'],
  ])('F-060 stays as it is where it is sound: %s', (error, data) => {
    const { code, message } = JSON.parse(error);
    expect(read(error)).toEqual({ error, code, message, data });
  });

  test.each([
    ['"slow down"', -32000, 'slow down'],
    ['{"message":"no code"}', -32000, 'no code'],
    ['{"code":"-32005","message":"code in quotes"}', -32000, 'code in quotes'],
    ['{"code":null,"message":"null code"}', -32000, 'null code'],
    ['{"code":1.5,"message":"half a code"}', -32000, 'half a code'],
    ['{"code":1e400,"message":"no double"}', -32000, 'no double'],
    [`{"code":1.${'0'.repeat(100)},"message":"too long"}`, -32000, 'too long'],
    ['{"code":9007199254740993,"message":"not exact"}', -32000, 'not exact'],
    ['{"code":-32000.0,"message":"a float"}', -32000, 'a float'],
    ['{"code":-3.2005e4,"message":"an exponent"}', -32005, 'an exponent'],
    ['{"code":-32601}', -32601, 'error without a message'],
    ['{"code":-32601,"message":{"text":"m"}}', -32601, 'error without a message'],
    ['{}', -32000, 'error without a message'],
    ['["a",1]', -32000, 'error without a message'],
    ['-32005', -32000, 'error without a message'],
    ['true', -32000, 'error without a message'],
  ])('F-060 becomes an object with an integer code, the original in data: %s', (original, code, message) => {
    const error = `{"code":${code},"message":${JSON.stringify(message)},"data":${original}}`;
    expect(read(error)).toMatchObject({ code, message });
    expect(read(original)).toEqual({ error, code, message, data: original });
  });

  test('has its message read with the escapes undone', () => {
    const error = '{"code":1,"message":"a\\u0062\\n\\"\\ud83d\\ude00"}';
    expect(read(error)).toMatchObject({ error, message: 'ab\n"\u{1f600}' });
  });

  test('counts the last of two members of one name, as JavaScript clients do', () => {
    const error = '{"code":1,"message":"a","code":2,"message":"b"}';
    expect(read(error)).toMatchObject({ error, code: 2, message: 'b' });
  });

  test('has the code zero for negative zero', () => {
    expect(Object.is(read('{"code":-0,"message":"m"}').code, 0)).toBe(true);
  });

  test.each(['x', '\\n', '\\u00e9', '\u00e9', '\u{1f600}'])(
    'F-073 keeps the whole of a huge message of %j, and reads its beginning',
    (unit) => {
      const error = `{"code":1,"message":"a${unit.repeat(100_000)}"}`;
      const { error: kept, message } = read(error);
      const whole: string = JSON.parse(error).message;
      expect(kept).toBe(error);
      expect(message.length).toBeGreaterThan(500);
      expect(message.length).toBeLessThanOrEqual(4096);
      expect(whole.startsWith(message)).toBe(true);
    },
  );
});
