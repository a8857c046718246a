import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compactParams } from '../../src/codec/compact-params.ts';
import { readAnswer } from '../../src/codec/read-answer.ts';
import { readRequest } from '../../src/codec/read-request.ts';
import { createRedactor } from '../../src/codec/redactor.ts';
import { batchPieces, errorPieces, resultPieces } from '../../src/codec/reply-pieces.ts';
import { writeCall } from '../../src/codec/write-call.ts';
import { jsonText, mutationsOf, paramsText } from '../support/json-arbitraries.ts';

const limits = { maxBatchCalls: 100, maxNesting: 128, envelope: '2.0' } as const;
const ownId = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const methodName = fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' });
const clientId = fc.oneof(
  fc.string().map((text) => JSON.stringify(text)),
  fc.constantFrom('0', '-1', '1.0', '1e3', '9007199254740993', 'null', '""', '"\\u0069"', '7'.repeat(200)),
);

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** What the language itself reads; undefined where it cannot. */
function parsed(bytes: Buffer): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(utf8.decode(bytes)) };
  } catch {
    return undefined;
  }
}

function callIn(body: string) {
  const reading = readRequest(Buffer.from(body), limits);
  if (reading.kind !== 'single' || reading.entry.kind !== 'call') throw new Error(`no call: ${body}`);
  return reading.entry.call;
}

test('F-061 params reach the upstream byte for byte, under our id and the method the client meant', () => {
  fc.assert(
    fc.property(paramsText, methodName, ownId, (params, method, id) => {
      fc.pre(!/\p{Cc}/u.test(method));
      const call = callIn(`{"jsonrpc":"2.0","params":${params},"id":"x","method":${JSON.stringify(method)}}`);
      expect(call.method).toBe(method);
      expect(writeCall(call, id).toString()).toBe(
        `{"jsonrpc":"2.0","id":${id},"method":${JSON.stringify(method)},"params":${params}}`,
      );
    }),
  );
});

test('F-061 F-077 results reach the client byte for byte, under the id as the client wrote it', () => {
  fc.assert(
    fc.property(jsonText, ownId, clientId, (result, id, written) => {
      const call = callIn(`{"jsonrpc":"2.0","method":"m","id":${written}}`);
      const reading = readAnswer(Buffer.from(`{"jsonrpc":"2.0","id":${id},"result":${result}}`), id);
      if (reading.kind !== 'answer' || reading.answer.kind !== 'result' || call.id === undefined)
        throw new Error('lost');
      const reply = Buffer.concat(resultPieces(call.id, reading.answer.result)).toString();
      expect(reply).toBe(`{"jsonrpc":"2.0","id":${written},"result":${result}}`);
    }),
  );
});

test('an error object with an integer code and a message passes byte for byte', () => {
  fc.assert(
    fc.property(fc.integer(), fc.string(), jsonText, (code, message, data) => {
      const error = `{ "data":${data}, "code" : ${code},"message":${JSON.stringify(message)} }`;
      const reading = readAnswer(Buffer.from(`{"id":5,"error":${error}}`), 5);
      if (reading.kind !== 'answer' || reading.answer.kind !== 'error') throw new Error('lost');
      expect(reading.answer).toMatchObject({ code, message });
      expect(Buffer.concat(errorPieces(Buffer.from('1'), reading.answer.error)).toString()).toBe(
        `{"jsonrpc":"2.0","id":1,"error":${error}}`,
      );
    }),
  );
});

test('F-060 whatever an upstream writes as its error, what goes on is an object with an integer code and a message', () => {
  fc.assert(
    fc.property(jsonText, (error) => {
      fc.pre(error !== 'null');
      const reading = readAnswer(Buffer.from(`{"id":5,"error":${error}}`), 5);
      if (reading.kind !== 'answer' || reading.answer.kind !== 'error') throw new Error('lost');
      const sent: unknown = JSON.parse(reading.answer.error.toString());
      expect(sent).toMatchObject({ code: reading.answer.code, message: expect.any(String) });
      expect(Number.isSafeInteger(reading.answer.code)).toBe(true);
    }),
  );
});

test('the calls of a batch come out in their order, and their replies make one array', () => {
  fc.assert(
    fc.property(fc.array(paramsText, { minLength: 1, maxLength: 8 }), (all) => {
      const calls = all.map((params, i) => `{"jsonrpc":"2.0","id":${i},"method":"m","params":${params}}`);
      const reading = readRequest(Buffer.from(`[${calls.join(' , ')}]`), limits);
      if (reading.kind !== 'batch') throw new Error('no batch');
      const replies = reading.entries.map((entry) => {
        if (entry.kind !== 'call' || entry.call.id === undefined) throw new Error('no call');
        return resultPieces(entry.call.id, entry.call.params ?? Buffer.from('null'));
      });
      const expected = all.map((params, i) => `{"jsonrpc":"2.0","id":${i},"result":${params}}`);
      expect(Buffer.concat(batchPieces(replies)).toString()).toBe(`[${expected.join(',')}]`);
    }),
  );
});

test('F-075 a request is refused as unreadable exactly where JSON.parse cannot read it', () => {
  const request = paramsText.map((params) => `{"jsonrpc":"2.0","id":1,"method":"m","params":${params}}`);
  fc.assert(
    fc.property(mutationsOf(fc.oneof(request, jsonText)), (bytes) => {
      const reading = readRequest(bytes, limits);
      const isUnreadable = reading.kind === 'refused' && reading.answer.fault === 'PARSE_ERROR';
      expect(isUnreadable).toBe(parsed(bytes) === undefined);
    }),
    { numRuns: 5000 },
  );
});

test('F-050 F-062 F-063 what is taken for an answer is JSON with our id, and its result is what JSON.parse finds', () => {
  let answered = 0;
  const answers = jsonText.map((result) => `{"jsonrpc":"2.0","id":5,"result":${result}}`);
  fc.assert(
    fc.property(mutationsOf(answers), (bytes) => {
      const reading = readAnswer(bytes, 5);
      if (reading.kind !== 'answer' || reading.answer.kind !== 'result') return;
      answered += 1;
      const result: unknown = JSON.parse(reading.answer.result.toString());
      expect(parsed(bytes)).toEqual({ value: expect.objectContaining({ id: 5, result }) });
    }),
    { numRuns: 5000 },
  );
  expect(answered).toBeGreaterThan(500);
});

test('F-052 no answer is taken for a call with another id', () => {
  fc.assert(
    fc.property(jsonText, fc.nat(), fc.nat(), (result, theirs, ours) => {
      fc.pre(theirs !== ours);
      expect(readAnswer(Buffer.from(`{"jsonrpc":"2.0","id":${theirs},"result":${result}}`), ours).kind).toBe(
        'malformed',
      );
    }),
  );
});

test('params without their white space mean the same, and lose nothing when compacted again', () => {
  fc.assert(
    fc.property(paramsText, (text) => {
      const params = Buffer.from(text);
      const compact = compactParams(params);
      expect(JSON.parse(compact.toString())).toEqual(JSON.parse(text));
      expect(compactParams(compact)).toBe(compact);
      expect(params.toString()).toBe(text);
    }),
  );
});

test('params that differ in white space alone become the same bytes', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.integer({ min: 1, max: 4 }), (value, indent) => {
      fc.pre(!Object.is(value, -0));
      const spread = Buffer.from(JSON.stringify(value, null, indent));
      expect(compactParams(spread).toString()).toBe(JSON.stringify(value));
    }),
  );
});

test('F-133 no secret is left in an answer, and the answer stays JSON', () => {
  const secret = fc.stringMatching(/^[A-Za-z0-9/_+&-]{6,24}$/);
  fc.assert(
    fc.property(secret, jsonText, fc.string({ maxLength: 8 }), (key, other, before) => {
      const spellings = [key, encodeURIComponent(key), Buffer.from(key).toString('base64'), key.toLowerCase()];
      const echoed = spellings.map((spelling) => JSON.stringify(`${before}${spelling}!`)).join(',');
      const redacted = createRedactor([key])(Buffer.from(`[${echoed},${other}]`)).toString();
      expect(() => JSON.parse(redacted)).not.toThrow();
      for (const spelling of spellings) expect(redacted.toLowerCase()).not.toContain(spelling.toLowerCase());
    }),
  );
});
