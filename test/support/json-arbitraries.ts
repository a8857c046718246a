import fc from 'fast-check';

/** White space between tokens, mostly none. */
const space = fc.oneof(
  { weight: 6, arbitrary: fc.constant('') },
  { weight: 1, arbitrary: fc.stringMatching(/^[ \t\r\n]{1,3}$/) },
);

/** Numbers as text, in forms that no parser keeps: beyond 2^53, negative zero, beyond doubles, trailing zeros. */
const numberText = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.bigInt().map(String),
  fc.constantFrom('-0', '0.0', '1e400', '-1E-400', '1.10', '9007199254740993', '1e+5', '0e0', '123456789'.repeat(8)),
);

/** Strings as text: raw characters, short escapes, Unicode escapes whole and lone, in any mixture. */
const stringText = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }).map(inQuotes) },
      { weight: 2, arbitrary: fc.stringMatching(/^[0-9a-f]{0,70}$/) },
      { weight: 1, arbitrary: fc.constantFrom('\\"', '\\\\', '\\/', '\\b', '\\f', '\\n', '\\r', '\\t') },
      {
        weight: 1,
        arbitrary: fc.constantFrom('\\ud800', '\\udc00', '\\u0000', '\\u00E9', '\\ud83d\\ude00', '\\u0069'),
      },
    ),
    { maxLength: 4 },
  )
  .map((parts) => `"${parts.join('')}"`);

const scalarText = fc.oneof(fc.constantFrom('true', 'false', 'null'), numberText, stringText);

/** JSON documents as text: every form the grammar allows, keys repeated, white space anywhere between tokens. */
export const jsonText: fc.Arbitrary<string> = fc.letrec<{ value: string; array: string; object: string }>((tie) => ({
  value: fc.oneof({ maxDepth: 4, withCrossShrink: true }, scalarText, tie('array'), tie('object')),
  array: fc.tuple(fc.array(tie('value'), { maxLength: 4 }), space, space).map(([items, before, after]) => {
    return `[${before}${items.join(`${after},${before}`)}${after}]`;
  }),
  object: fc.tuple(fc.array(fc.tuple(stringText, tie('value')), { maxLength: 4 }), space, space).map(spellObject),
})).value;

/** Params: an array or an object of JSON. */
export const paramsText: fc.Arbitrary<string> = fc.oneof(
  fc.tuple(fc.array(jsonText, { maxLength: 3 }), space).map(([items, gap]) => `[${gap}${items.join(`${gap},`)}]`),
  fc.tuple(fc.array(fc.tuple(stringText, jsonText), { maxLength: 3 }), space, space).map(spellObject),
);

/** Bytes near to a text: some replaced, inserted, removed or cut off; sometimes none. */
export function mutationsOf(texts: fc.Arbitrary<string>): fc.Arbitrary<Buffer> {
  const change = fc.tuple(fc.nat(), fc.constantFrom('replace', 'insert', 'remove', 'cut'), anyByte());
  return fc
    .tuple(texts, fc.array(change, { maxLength: 3 }))
    .map(([text, changes]) => changes.reduce(applyChange, Buffer.from(text)));
}

/** Bytes that matter to the grammar more often than chance would have it. */
function anyByte(): fc.Arbitrary<number> {
  return fc.oneof(fc.constantFrom(...Buffer.from('"\\{}[]:,-+.eE0u \n/tfn\'#')), fc.integer({ min: 0, max: 255 }));
}

function applyChange(bytes: Buffer, [where, change, byte]: readonly [number, string, number]): Buffer {
  const at = where % (bytes.length + 1);
  if (change === 'cut') return bytes.subarray(0, at);
  const before = bytes.subarray(0, at);
  const after = bytes.subarray(change === 'insert' ? at : at + 1);
  return Buffer.concat(change === 'remove' ? [before, after] : [before, Buffer.of(byte), after]);
}

function spellObject([members, before, after]: readonly [
  readonly (readonly [string, string])[],
  string,
  string,
]): string {
  const spelled = members.map(([key, value]) => `${before}${key}${after}:${before}${value}${after}`);
  return `{${before}${spelled.join(',')}}`;
}

function inQuotes(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
