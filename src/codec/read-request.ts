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
import { type Members, membersOf, readMembers } from './members.ts';
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

/** Bodies longer than this are to be read in slices, and this is what is read in one turn of the loop: a few milliseconds of work. */
export const requestSliceBytes = 256 * 1024;

/**
 * Reads a client's body. The whole of it is checked against RFC 8259 before anything is believed, so whatever is forwarded is valid
 * JSON and valid UTF-8, with the client's own bytes: numbers of any size, order of keys, repeated keys inside params.
 *
 * Linear in the bytes, stack and memory bounded by `limits`; never throws.
 */
export function readRequest(body: Buffer, limits: RequestLimits): RequestReading {
  const request = beginRequest(body, limits);
  for (;;) {
    const reading = readOn(request, WHOLE);
    if (reading !== 'more') return reading;
  }
}

/**
 * The same for large bodies: awaits `yieldTurn` after each slice, so that other calls get their turn in between. Only a single string
 * or number longer than a slice holds the loop longer. Rejects only where `yieldTurn` does.
 */
export async function readRequestInSlices(
  body: Buffer,
  limits: RequestLimits,
  yieldTurn: () => Promise<void>,
): Promise<RequestReading> {
  const request = beginRequest(body, limits);
  for (;;) {
    const reading = readOn(request, request.walk.at + requestSliceBytes);
    if (reading !== 'more') return reading;
    await yieldTurn();
  }
}

/** One body on its way through the reader, from slice to slice. */
interface RequestWalk {
  readonly walk: JsonWalk;
  readonly limits: RequestLimits;
  /** What a batch held so far; undefined where the body is none. */
  readonly entries: Entry[] | undefined;
  /** The element being read. */
  element: Element | undefined;
}

/** A request object, or whatever stands in its place. */
interface Element {
  readonly start: number;
  /** Undefined where it is no object. */
  readonly members: Members | undefined;
}

function beginRequest(body: Buffer, limits: RequestLimits): RequestWalk {
  const walk = startWalk(body, limits.maxNesting);
  return { walk, limits, entries: byteAt(body, walk.at) === OPEN_ARRAY ? [] : undefined, element: undefined };
}

function readOn(request: RequestWalk, softEnd: number): RequestReading | 'more' {
  return request.entries === undefined
    ? readSingle(request, softEnd)
    : readBatch(request, { entries: request.entries, softEnd });
}

function readSingle(request: RequestWalk, softEnd: number): RequestReading | 'more' {
  const { walk } = request;
  const isObject = request.element?.members !== undefined || byteAt(walk.bytes, walk.at) === OPEN_OBJECT;
  const entry = readElement(request, softEnd);
  if (entry === 'more') return 'more';
  if (entry === 'broken' || !isAtEnd(walk)) return refused(refuseText(walk));
  return entry.kind === 'refused' && !isObject ? refused(entry.answer) : { kind: 'single', entry };
}

function readBatch(
  request: RequestWalk,
  { entries, softEnd }: { readonly entries: Entry[]; readonly softEnd: number },
): RequestReading | 'more' {
  const { walk, limits } = request;
  const isBegun = entries.length > 0 || request.element !== undefined;
  if (!isBegun && enterContainer(walk) === 'broken') return refused(refuseText(walk));
  for (let more = isBegun || byteAt(walk.bytes, walk.at) !== CLOSE_ARRAY; more; ) {
    if (entries.length === limits.maxBatchCalls) return refused(refuseBatch(limits.maxBatchCalls));
    const entry = readElement(request, softEnd);
    if (entry === 'more') return 'more';
    const next = entry === 'broken' ? 'broken' : passComma(walk);
    if (entry === 'broken' || next === 'broken') return refused(refuseText(walk));
    entries.push(entry);
    more = next === 'more';
  }
  leaveContainer(walk);
  if (!isAtEnd(walk)) return refused(refuseText(walk));
  return entries.length === 0 ? refused(refuseRequest('The batch is empty')) : { kind: 'batch', entries };
}

/** Reads one request, or goes on with the one it stopped in. */
function readElement(request: RequestWalk, softEnd: number): Entry | Exclude<Progress, 'done'> {
  const { walk, limits } = request;
  request.element ??= beginElement(walk);
  const { members, start } = request.element;
  const progress = members === undefined ? walkValue(walk, softEnd) : readMembers(members, softEnd);
  if (progress !== 'done') return progress;
  request.element = undefined;
  return members === undefined ? strayValue(start) : readEntry(members, limits.envelope);
}

function beginElement(walk: JsonWalk): Element {
  const start = walk.at;
  return { start, members: byteAt(walk.bytes, start) === OPEN_OBJECT ? membersOf(walk, requestNames) : undefined };
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
