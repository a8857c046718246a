import { describe, expect, test } from 'vitest';
import type { Entry } from '../../../src/codec/read-entry.ts';
import {
  type RequestReading,
  readRequest,
  readRequestInSlices,
  requestSliceBytes,
} from '../../../src/codec/read-request.ts';

const limits = { maxBatchCalls: 1000, maxNesting: 32, envelope: '2.0' } as const;

/** Reads a body both ways; the yields are counted. */
async function readBothWays(text: string) {
  const body = Buffer.from(text);
  let yields = 0;
  const sliced = await readRequestInSlices(body, limits, async () => {
    yields += 1;
  });
  const whole = inWords(readRequest(body, limits));
  return { whole, sliced: inWords(sliced), yields, slices: body.length / requestSliceBytes };
}

/** All that a reading says, as one text: large buffers are not compared byte by byte. */
function inWords(reading: RequestReading): string {
  switch (reading.kind) {
    case 'refused':
      return JSON.stringify(reading);
    case 'single':
      return `single ${entryInWords(reading.entry)}`;
    case 'batch':
      return reading.entries.map(entryInWords).join('\n');
  }
}

function entryInWords(entry: Entry): string {
  if (entry.kind === 'refused') return `${entry.id} ${JSON.stringify(entry.answer)}`;
  const { id, method, params } = entry.call;
  return `${id} ${method} ${params}`;
}

function callWith(params: string, id = '1'): string {
  return `{"jsonrpc":"2.0","id":${id},"method":"m","params":${params}}`;
}

/** A million bytes and more of small values. */
const manyValues = `[${'{"a":[1,"b"]},'.repeat(80_000)}0]`;
const escapedKeys = Array.from({ length: 60_000 }, (_, i) => `"\\u0061\\u0062\\u00${10 + (i % 80)}":1`).join(',');

describe('a large body read in slices', () => {
  test.each([
    ['a call with large params', callWith(manyValues)],
    ['a call with many members that mean nothing, their names escaped', `{${escapedKeys},${callWith('[]').slice(1)}`],
    ['a call whose params have keys that are escaped', callWith(`[{${escapedKeys}}]`)],
    [
      'a batch of calls',
      `[${Array.from({ length: 900 }, (_, i) => callWith('[1,{"a":"bcdefghi"}]'.padEnd(1500), String(i))).join(',')}]`,
    ],
    ['a batch of large calls', `[${[1, 2, 3].map((id) => callWith(manyValues, String(id))).join(' , ')}]`],
    ['a batch with large values that are no calls', `[${manyValues},${callWith('[]')},${manyValues},7]`],
    ['a large value that is no call', `{"a":${manyValues}}`],
  ])('says the same as read at once, and yields every slice: %s', async (_, text) => {
    const { whole, sliced, yields, slices } = await readBothWays(text);
    expect(sliced === whole).toBe(true);
    expect(yields).toBeGreaterThanOrEqual(Math.floor(slices) - 1);
    expect(yields).toBeGreaterThan(0);
  });

  test.each([
    ['cut off', callWith(manyValues).slice(0, -3)],
    ['with more behind its end', `${callWith(manyValues)}]`],
    ['with a wrong byte near its end', callWith(`${manyValues.slice(0, -1)},tru]`)],
    ['nested too deep near its end', callWith(`[${manyValues},${'['.repeat(40)}${']'.repeat(40)}]`)],
    ['of too many calls', `[${Array.from({ length: 1001 }, () => callWith(`["${'x'.repeat(500)}"]`)).join(',')}]`],
    ['that is a batch cut off', `[${callWith(manyValues)},`],
    ['that repeats a member', `{"id":1,"params":${manyValues},"id":2,"jsonrpc":"2.0","method":"m"}`],
  ])('is refused for the same reason as at once: %s', async (_, text) => {
    const { whole, sliced } = await readBothWays(text);
    expect(sliced === whole).toBe(true);
    expect(sliced).toContain('"fault"');
  });

  test('one long string is read in one piece: it cannot be cut', async () => {
    const { whole, sliced, yields } = await readBothWays(callWith(`["${'x'.repeat(1_000_000)}"]`));
    expect(sliced === whole).toBe(true);
    expect(yields).toBe(0);
  });
});
