import { expect, it } from 'vitest';
import { readForeignBody } from '../../../src/classify/foreign-body.ts';

it('takes what starts with a bracket for a page, whose words mean nothing', () => {
  expect(readForeignBody(' \n<!DOCTYPE html><title>rate limit</title>')).toEqual({ kind: 'page' });
});

it('takes plain text as it stands', () => {
  expect(readForeignBody('no healthy upstream')).toEqual({
    kind: 'words',
    message: 'no healthy upstream',
    code: undefined,
  });
});

it.each([
  ['{"message":"slow down"}', 'slow down', undefined],
  ['{"error":"slow down"}', 'slow down', undefined],
  ['{"error":{"code":-32005,"message":"slow down"}}', 'slow down', -32005],
  ['{"statusCode":429,"error":"Too Many Requests","message":"slow down"}', 'slow down', 429],
  ['{"status":"429","title":"slow down"}', 'slow down', 429],
  ['{"code":0,"detail":"slow down"}', 'slow down', undefined],
])('picks the sentence and the code out of %s', (body, message, code) => {
  expect(readForeignBody(body)).toEqual({ kind: 'words', message, code });
});

it('takes JSON without a sentence, an array and JSON that was cut off for plain text', () => {
  for (const body of ['{"a":1}', '[{"message":"x"}]', '{"message":"x'])
    expect(readForeignBody(body)).toMatchObject({ kind: 'words', message: body });
});

it('knows the status object of a gRPC gateway', () => {
  expect(readForeignBody('{"code":5,"message":"gone","details":[]}')).toEqual({
    kind: 'status',
    message: 'gone',
    grpcCode: 5,
  });
  expect(readForeignBody('{"code":500,"message":"gone","details":[]}')).toMatchObject({ kind: 'words', code: 500 });
});
