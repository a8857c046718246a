import { describe, expect, test } from 'vitest';
import { createRedactor, createTextRedactor } from '../../../src/codec/redactor.ts';

const key = 'Sk/Live+42&<key>';
const redact = createRedactor([key, '1234567890', 'nabcdef']);
const redactText = createTextRedactor([key, `https://eth.example/v2/${key}`, 'eth.example']);

describe('the redactor of JSON bytes', () => {
  test.each([
    ['plain', key],
    ['lower case', key.toLowerCase()],
    ['upper case', key.toUpperCase()],
    ['percent-encoded', encodeURIComponent(key)],
    ['percent-encoded in lower case', encodeURIComponent(key).toLowerCase()],
    ['base64', Buffer.from(key).toString('base64').replace(/=+$/, '')],
    ['base64 behind one byte', Buffer.from(`:${key}`).toString('base64').slice(2, -2)],
    ['base64 behind two bytes', Buffer.from(`u:${key}`).toString('base64').slice(3)],
    ['base64url', Buffer.from(key).toString('base64url')],
    ['hex', Buffer.from(key).toString('hex')],
  ])('F-074 F-133 finds a secret that is %s', (_, spelling) => {
    const bytes = Buffer.from(JSON.stringify({ message: `at ${spelling} failed` }));
    const redacted = redact(bytes).toString();
    expect(redacted).toMatch(/^\{"message":"at \*\*\*.{0,2} failed"\}$/);
  });

  test.each([
    ['slashes escaped', JSON.stringify(key).replaceAll('/', '\\/')],
    [
      'HTML characters escaped',
      JSON.stringify(key).replaceAll('&', '\\u0026').replaceAll('<', '\\u003c').replaceAll('>', '\\u003e'),
    ],
  ])('F-133 finds a secret in JSON with %s', (_, written) => {
    expect(redact(Buffer.from(`{"message":${written}}`)).toString()).toBe('{"message":"***"}');
  });

  test('F-133 finds a secret outside ASCII in a writer that escapes it', () => {
    expect(
      createRedactor(['g\u00e9h\u00e9im'])(Buffer.from('["g\\u00e9h\\u00E9im","g\u00e9h\u00e9im"]')).toString(),
    ).toBe('["***","***"]');
  });

  test('F-130 hides the secret inside basic credentials', () => {
    const credentials = Buffer.from(`user:${key}`).toString('base64');
    const redacted = redact(Buffer.from(JSON.stringify(`Basic ${credentials}`))).toString();
    expect(redacted).toContain('***');
    expect(Buffer.from(redacted.replace(/^"Basic |"$/g, ''), 'base64').toString()).not.toContain(key.slice(1, -2));
  });

  test('leaves all other bytes as they are', () => {
    const bytes = Buffer.from(`{ "b":1.10, "m":"x ${key} y\\u0041", "a":[9007199254740993] }`);
    expect(redact(bytes).toString()).toBe('{ "b":1.10, "m":"x *** y\\u0041", "a":[9007199254740993] }');
  });

  test('answers the very same buffer where there is no secret', () => {
    const bytes = Buffer.from('{"code":3,"message":"execution reverted"}');
    expect(redact(bytes)).toBe(bytes);
    expect(createRedactor([])(bytes)).toBe(bytes);
  });

  test('keeps JSON valid where a secret is a number or a key', () => {
    expect(redact(Buffer.from('[71234567890.5,{"1234567890":1234567890}]')).toString()).toBe('["***",{"***":"***"}]');
  });

  test('keeps JSON valid where a secret begins inside an escape', () => {
    expect(redact(Buffer.from('["x\\nabcdef y",1]')).toString()).toBe('["***",1]');
  });

  test('takes what is no JSON as plain text', () => {
    expect(createRedactor(['https://a.example/k'])(Buffer.from('GET https://a.example/k failed,')).toString()).toBe(
      'GET *** failed,',
    );
  });

  test('does not look for texts too short to be secrets', () => {
    const bytes = Buffer.from('{"code":3}');
    expect(createRedactor(['3', 'code', 'abcde', ''])(bytes)).toBe(bytes);
  });

  test('finds a secret at either end', () => {
    expect(redact(Buffer.from(`"${key}"`)).toString()).toBe('"***"');
    expect(redact(Buffer.from(`["${key}","${key}${key}"]`)).toString()).toBe('["***","******"]');
  });
});

describe('the redactor of text', () => {
  test('F-132 F-133 hides the longest secret of several that begin alike', () => {
    expect(redactText(`POST https://eth.example/v2/${key}/x: ENOTFOUND eth.example`)).toBe('POST ***/x: ENOTFOUND ***');
  });

  test('hides secrets that overlap as one', () => {
    expect(createTextRedactor(['abcdef', 'defghijkl'])('-abcdefghijkl-')).toBe('-***-');
  });

  test('answers the same text where there is no secret', () => {
    expect(redactText('connection refused')).toBe('connection refused');
    expect(redactText('')).toBe('');
    expect(createTextRedactor([])(key)).toBe(key);
  });

  test('finds each of many secrets', () => {
    const secrets = Array.from({ length: 500 }, (_, i) => `https://host-${i}.example/key-${i}-${i * 7919}`);
    const redactMany = createTextRedactor(secrets);
    for (const secret of secrets) expect(redactMany(`at ${secret}!`)).toBe('at ***!');
  });
});
