import { describe, expect, test } from 'vitest';
import { readAnswer } from '../../src/codec/read-answer.ts';
import type { Entry } from '../../src/codec/read-entry.ts';
import { readRequest } from '../../src/codec/read-request.ts';
import { batchPieces, errorPieces, faultPieces, type Pieces, resultPieces } from '../../src/codec/reply-pieces.ts';
import { writeCall } from '../../src/codec/write-call.ts';
import { faults } from '../../src/model/faults.ts';
import { specificationExamples } from '../support/json-texts.ts';

/** The methods that the examples call. */
const methods: Readonly<Record<string, (params: never) => unknown>> = {
  subtract: (params: readonly [number, number] | { readonly minuend: number; readonly subtrahend: number }) =>
    'minuend' in params ? params.minuend - params.subtrahend : params[0] - params[1],
  sum: (params: readonly number[]) => params.reduce((total, term) => total + term, 0),
  get_data: () => ['hello', 5],
};

/** An upstream that knows those methods. */
function askUpstream(body: Buffer): Buffer {
  const { id, method, params } = JSON.parse(body.toString());
  const run = methods[method];
  const outcome =
    run === undefined ? { error: { code: -32601, message: 'Method not found' } } : { result: run(params as never) };
  return Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...outcome, id }));
}

let lastId = 0;

/** The way of one call through the codec; a notification gets no reply. */
function replyTo(entry: Entry): Pieces | undefined {
  if (entry.kind === 'refused') return faultPieces(entry.id, entry.answer, faults[entry.answer.fault].code);
  lastId += 1;
  const reading = readAnswer(askUpstream(writeCall(entry.call, lastId)), lastId);
  if (reading.kind === 'malformed') throw new Error(reading.detail);
  if (entry.call.id === undefined) return undefined;
  const { answer } = reading;
  return answer.kind === 'result'
    ? resultPieces(entry.call.id, answer.result)
    : errorPieces(entry.call.id, answer.error);
}

function respond(body: string): string | null {
  const reading = readRequest(Buffer.from(body), { maxBatchCalls: 10, maxNesting: 32, envelope: '2.0' });
  const pieces =
    reading.kind === 'refused'
      ? faultPieces(undefined, reading.answer, faults[reading.answer.fault].code)
      : reading.kind === 'single'
        ? (replyTo(reading.entry) ?? [])
        : batchPieces(reading.entries.map(replyTo).filter((reply) => reply !== undefined));
  return pieces.length === 0 ? null : Buffer.concat(pieces).toString();
}

/** The response, with the words of errors left to the implementation, as the specification leaves them. */
function meaningOf(response: string | null): unknown {
  return JSON.parse(response ?? 'null', (key, value) => (key === 'error' ? value.code : value));
}

describe('the examples of the JSON-RPC 2.0 specification', () => {
  test('are all there', () => {
    expect(specificationExamples).toHaveLength(15);
  });

  test.each(specificationExamples)('$name', ({ request, response }) => {
    expect(meaningOf(respond(request))).toEqual(meaningOf(response));
  });
});
