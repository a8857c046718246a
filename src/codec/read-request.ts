import type { Envelope } from '../model/call.ts';
import type { FaultAnswer } from '../model/faults.ts';
import { byteAt, skipSpace } from './json-text.ts';
import {
  breakWalk,
  enterContainer,
  isAtEnd,
  type JsonWalk,
  leaveContainer,
  type Progress,
  startWalk,
  WHOLE,
  walkValue,
} from './json-walk.ts';
import { membersOf, readMembers } from './members.ts';
import { type Entry, readEntry, requestNames } from './read-entry.ts';
import { refuseBatch, refuseRequest, refuseText } from './refusal.ts';

const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;

/** What a client may send, and which dialect its chain takes. */
export interface RequestLimits {
  readonly maxBatchCalls: number;
  /** Objects and arrays open at once, the envelope and the batch included. */
  readonly maxNesting: number;
  readonly envelope: Envelope;
}

/** A body, read. `refused` is one answer to the whole of it, with the id null. Bytes inside are views into the body. */
export type RequestReading =
  | { readonly kind: 'single'; readonly entry: Entry }
  | { readonly kind: 'batch'; readonly entries: readonly Entry[] }
  | { readonly kind: 'refused'; readonly answer: FaultAnswer };

/**
 * Reads a client's body. The whole of it is checked against RFC 8259 before anything is believed, so whatever is forwarded is valid
 * JSON and valid UTF-8, with the client's own bytes: numbers of any size, order of keys, repeated keys inside params.
 *
 * Linear in the bytes, stack and memory bounded by `limits`; never throws.
 */
export function readRequest(body: Buffer, limits: RequestLimits): RequestReading {
  const walk = startWalk(body, limits.maxNesting);
  return byteAt(body, walk.at) === OPEN_ARRAY ? readBatch(walk, limits) : readSingle(walk, limits);
}

function readSingle(walk: JsonWalk, limits: RequestLimits): RequestReading {
  const isObject = byteAt(walk.bytes, walk.at) === OPEN_OBJECT;
  const entry = readElement(walk, limits.envelope);
  if (entry === undefined || !isAtEnd(walk)) return refused(refuseText(walk));
  return entry.kind === 'refused' && !isObject ? refused(entry.answer) : { kind: 'single', entry };
}

function readBatch(walk: JsonWalk, limits: RequestLimits): RequestReading {
  if (enterContainer(walk) === 'broken') return refused(refuseText(walk));
  const entries: Entry[] = [];
  for (let more = byteAt(walk.bytes, walk.at) !== CLOSE_ARRAY; more; ) {
    if (entries.length === limits.maxBatchCalls) return refused(refuseBatch(limits.maxBatchCalls));
    const entry = readElement(walk, limits.envelope);
    const next = entry === undefined ? 'broken' : passComma(walk);
    if (entry === undefined || next === 'broken') return refused(refuseText(walk));
    entries.push(entry);
    more = next === 'more';
  }
  leaveContainer(walk);
  if (!isAtEnd(walk)) return refused(refuseText(walk));
  return entries.length === 0 ? refused(refuseRequest('The batch is empty')) : { kind: 'batch', entries };
}

/** Reads one request; undefined where the walk broke. */
function readElement(walk: JsonWalk, envelope: Envelope): Entry | undefined {
  const start = walk.at;
  if (byteAt(walk.bytes, start) !== OPEN_OBJECT)
    return walkValue(walk, WHOLE) === 'done' ? strayValue(start) : undefined;
  const members = membersOf(walk, requestNames);
  return readMembers(members, WHOLE) === 'done' ? readEntry(members, envelope) : undefined;
}

/** After an element: `more` where a comma follows, `done` where the array closes. */
function passComma(walk: JsonWalk): Progress {
  walk.at = skipSpace(walk.bytes, walk.at);
  const next = byteAt(walk.bytes, walk.at);
  if (next === CLOSE_ARRAY) return 'done';
  if (next !== COMMA) return breakWalk(walk, ~walk.at);
  walk.at = skipSpace(walk.bytes, walk.at + 1);
  return 'more';
}

function strayValue(at: number): Entry {
  return { kind: 'refused', answer: refuseRequest(`The value at byte ${at} is no request object`), id: undefined };
}

function refused(answer: FaultAnswer): RequestReading {
  return { kind: 'refused', answer };
}
