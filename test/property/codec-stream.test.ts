import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isResultBegun, isWholeResult, readPiece, startEnvelope } from '../../src/codec/envelope-stream.ts';
import { readAnswer } from '../../src/codec/read-answer.ts';
import { jsonText, mutationsOf } from '../support/json-arbitraries.ts';

const id = 5;

const envelopeMember = fc.constantFrom(
  '"jsonrpc":"2.0"',
  '"id":5',
  '"\\u0069d" : 5.0',
  '"id":6',
  '"error":null',
  ' "id"\t:\n5 ',
);

const valueMember = fc
  .tuple(fc.constantFrom('"result":', '"result" : ', '"error": ', '"extra":'), jsonText)
  .map(([name, value]) => name + value);

const goodMembers = jsonText.chain((value) =>
  fc.shuffledSubarray(['"jsonrpc":"2.0"', '"id":5', `"result":${value}`, '"error":null'], { minLength: 3 }),
);

/** Answers as they should be, their members in any order, and others with some left out, some twice. */
const answerText: fc.Arbitrary<string> = fc
  .oneof(goodMembers, fc.array(fc.oneof(envelopeMember, valueMember), { maxLength: 5 }))
  .map((members) => ` {${members.join(',')}}\n`);

interface Streamed {
  readonly isWhole: boolean;
  readonly result: Buffer;
  readonly wasBegun: boolean;
}

/** Reads bytes piece by piece, cut at the given places. */
function stream(bytes: Buffer, cuts: readonly number[]): Streamed {
  const envelope = startEnvelope(id);
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  const result: Buffer[] = [];
  let wasBegun = false;
  for (const [at, end] of places.slice(1).entries()) {
    const piece = bytes.subarray(places[at], end);
    const span = readPiece(envelope, piece);
    if (span !== undefined) result.push(piece.subarray(span.start, span.end));
    wasBegun ||= isResultBegun(envelope);
  }
  return { isWhole: isWholeResult(envelope), result: Buffer.concat(result), wasBegun };
}

function held(bytes: Buffer): Buffer | undefined {
  const reading = readAnswer(bytes, id);
  return reading.kind === 'answer' && reading.answer.kind === 'result' ? reading.answer.result : undefined;
}

const cutsOf = fc.array(fc.nat({ max: 400 }), { maxLength: 12 });

test('however an answer is cut, it is streamed as a result exactly where it would be one when held, byte for byte', () => {
  const seen = { results: 0, others: 0 };
  fc.assert(
    fc.property(
      fc.oneof(
        answerText.map((text) => Buffer.from(text)),
        mutationsOf(answerText),
      ),
      cutsOf,
      (bytes, cuts) => {
        const streamed = stream(bytes, cuts);
        const whole = held(bytes);
        seen[whole === undefined ? 'others' : 'results'] += 1;
        expect(streamed.isWhole).toBe(whole !== undefined);
        if (whole !== undefined) expect(streamed.result.equals(whole)).toBe(true);
        if (whole !== undefined) expect(streamed.wasBegun).toBe(true);
      },
    ),
    { numRuns: 20_000 },
  );
  expect(Math.min(seen.results, seen.others)).toBeGreaterThan(1000);
});

test('an answer that is cut off is never whole', () => {
  fc.assert(
    fc.property(jsonText, fc.nat(), cutsOf, (value, length, cuts) => {
      const bytes = Buffer.from(`{"jsonrpc":"2.0","id":5,"result":${value}}`);
      expect(stream(bytes.subarray(0, length % bytes.length), cuts).isWhole).toBe(false);
    }),
    { numRuns: 5000 },
  );
});
