import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isAtEnd, startWalk, WHOLE, walkValue } from '../../src/codec/json-walk.ts';
import { membersOf, readMembers } from '../../src/codec/members.ts';
import { jsonText, mutationsOf } from '../support/json-arbitraries.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** What the language itself takes for JSON in UTF-8. */
function isJsonToParser(bytes: Buffer): boolean {
  try {
    JSON.parse(utf8.decode(bytes));
    return true;
  } catch {
    return false;
  }
}

function isJsonToWalk(bytes: Buffer): boolean {
  const walk = startWalk(bytes, 512);
  return walkValue(walk, WHOLE) === 'done' && isAtEnd(walk);
}

test('every document is walked to its end', () => {
  fc.assert(
    fc.property(jsonText, (text) => {
      expect(isJsonToWalk(Buffer.from(text))).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test('whatever is changed in a document, the walk accepts and refuses what JSON.parse does', () => {
  const seen = { accepted: 0, refused: 0 };
  fc.assert(
    fc.property(mutationsOf(jsonText), (bytes) => {
      const isJson = isJsonToParser(bytes);
      seen[isJson ? 'accepted' : 'refused'] += 1;
      expect(isJsonToWalk(bytes)).toBe(isJson);
    }),
    { numRuns: 20_000 },
  );
  expect(Math.min(seen.accepted, seen.refused)).toBeGreaterThan(2000);
});

test('whatever bytes come, the walk accepts and refuses what JSON.parse does', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
      expect(isJsonToWalk(Buffer.from(bytes))).toBe(isJsonToParser(Buffer.from(bytes)));
    }),
    { numRuns: 5000 },
  );
});

test('strings of any bytes are accepted exactly where they are UTF-8 without control characters', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 9 }), (inside) => {
      const bytes = Buffer.concat([Buffer.from('"'), inside, Buffer.from('"')]);
      expect(isJsonToWalk(bytes)).toBe(isJsonToParser(bytes));
    }),
    { numRuns: 20_000 },
  );
});

test('a broken walk stands on a byte of the text or at its end', () => {
  fc.assert(
    fc.property(mutationsOf(jsonText), (bytes) => {
      const walk = startWalk(bytes, 512);
      if (walkValue(walk, WHOLE) === 'done' && isAtEnd(walk)) return;
      expect(walk.trouble).not.toBe('none');
      expect(walk.at).toBeGreaterThanOrEqual(0);
      expect(walk.at).toBeLessThanOrEqual(bytes.length);
    }),
    { numRuns: 5000 },
  );
});

test('members are found alike in one go and in slices of any size', () => {
  const object = fc.tuple(jsonText, jsonText, jsonText).map(([a, b, c]) => `{"id":${a},"x":${b},"result":${c}}`);
  const body = fc.oneof(
    object.map((text) => Buffer.from(text)),
    fc.tuple(object, fc.nat()).map(([text, cut]) => Buffer.from(text).subarray(0, cut % text.length)),
  );
  fc.assert(
    fc.property(body, fc.integer({ min: 1, max: 40 }), (bytes, sliceBytes) => {
      const whole = membersOf(startWalk(bytes, 512), ['id', 'result']);
      const sliced = membersOf(startWalk(bytes, 512), ['id', 'result']);
      const expected = readMembers(whole, WHOLE);
      let progress = readMembers(sliced, sliceBytes);
      for (let turns = 0; progress === 'more'; turns += 1) {
        expect(turns).toBeLessThanOrEqual(bytes.length);
        progress = readMembers(sliced, sliced.walk.at + sliceBytes);
      }
      expect(progress).toBe(expected);
      expect(sliced.found).toEqual(whole.found);
      expect(sliced.walk.at).toBe(whole.walk.at);
    }),
    { numRuns: 2000 },
  );
});
