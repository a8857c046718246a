import { isOver, type JsonStream, readOn, startStream } from './json-stream.ts';
import { isSpace } from './json-text.ts';
import { maxAnswerNesting } from './read-answer.ts';
import type { Span } from './span.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

const names = ['jsonrpc', 'id', 'result', 'error'] as const;

/** A member of an answer's envelope; `other` for all that mean nothing. */
type Member = (typeof names)[number] | 'other';

/** What is looked at of a key or an id, in bytes: more than any that we know is long, each character escaped. */
const maxCaptured = 64;
const maxIdBytes = 24;

/** What an answer is read for next. From `closed` on only white space may follow. */
export type EnvelopeStage =
  | 'opening'
  | 'first-key'
  | 'before-key'
  | 'key'
  | 'before-colon'
  | 'before-value'
  | 'value'
  | 'after-value'
  | 'closed'
  | 'broken';

/**
 * A strict reader's place in an upstream's answer that arrives in pieces, cut anywhere. It tells the result's bytes from those of the
 * envelope, keeps neither, and knows in the end whether the whole was an answer to the call sent under `id`.
 */
export interface EnvelopeStream {
  readonly id: number;
  stage: EnvelopeStage;
  /** Reads the present key or value. */
  value: JsonStream;
  member: Member;
  /** The beginning of the present key or value, where it is looked at. */
  captured: string;
  /** Members that were begun. */
  readonly seen: Set<Member>;
  /** Whose answer it is, once its id was read. */
  whose: 'unknown' | 'ours' | 'anothers';
  /** An error other than null was read. */
  isError: boolean;
}

/** Starts before the first byte of an answer to the call sent under `id`. */
export function startEnvelope(id: number): EnvelopeStream {
  return {
    id,
    stage: 'opening',
    value: startStream(maxAnswerNesting),
    member: 'other',
    captured: '',
    seen: new Set(),
    whose: 'unknown',
    isError: false,
  };
}

/**
 * Reads the next piece, and answers where the result's bytes stand in it (they are one run); undefined where none do. Linear in the bytes;
 * never throws. Once the stage is `broken`, the answer is none and nothing more of it counts.
 */
export function readPiece(envelope: EnvelopeStream, piece: Buffer): Span | undefined {
  let result: Span | undefined;
  let at = 0;
  while (at < piece.length && envelope.stage !== 'broken') {
    if (envelope.stage !== 'value' && envelope.stage !== 'key') at = takeMark(envelope, piece, at);
    else {
      const end = readOn(envelope.value, piece, at);
      if (envelope.stage === 'value' && envelope.member === 'result' && end > at) result = { start: at, end };
      capture(envelope, piece, { start: at, end });
      at = end;
      if (isOver(envelope.value)) concludeValue(envelope);
    }
  }
  return result;
}

/** True where the result has begun and nothing speaks against its being ours: an id that comes after it is still to be read. */
export function isResultBegun({ seen, whose, isError, stage, member }: EnvelopeStream): boolean {
  const mayBeError = isError || (stage === 'value' && member === 'error');
  return seen.has('result') && whose !== 'anothers' && !mayBeError && stage !== 'broken';
}

/** True once the whole answer was read, is ours, and is a result. */
export function isWholeResult({ stage, whose, seen, isError }: EnvelopeStream): boolean {
  return stage === 'closed' && whose === 'ours' && seen.has('result') && !isError;
}

/** Takes one byte between keys and values; answers where reading goes on. */
function takeMark(envelope: EnvelopeStream, bytes: Buffer, at: number): number {
  const byte = bytes[at] ?? 0;
  if (isSpace(byte)) return at + 1;
  switch (envelope.stage) {
    case 'opening':
      return takeOpening(envelope, bytes, at);
    case 'first-key':
      return byte === CLOSE_OBJECT ? pass(envelope, 'closed', at) : beginKey(envelope, byte, at);
    case 'before-key':
      return beginKey(envelope, byte, at);
    case 'before-colon':
      return pass(envelope, byte === COLON ? 'before-value' : 'broken', at);
    case 'before-value':
      return beginValue(envelope, at);
    case 'after-value':
      if (byte === COMMA) return pass(envelope, 'before-key', at);
      return pass(envelope, byte === CLOSE_OBJECT ? 'closed' : 'broken', at);
    default:
      return pass(envelope, 'broken', at);
  }
}

function pass(envelope: EnvelopeStream, stage: EnvelopeStage, at: number): number {
  envelope.stage = stage;
  return at + 1;
}

/** A byte order mark is passed over, as in answers that are held; it stands whole in the first piece. */
function takeOpening(envelope: EnvelopeStream, bytes: Buffer, at: number): number {
  const hasMark = at === 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  if (hasMark) return 3;
  return pass(envelope, bytes[at] === OPEN_OBJECT ? 'first-key' : 'broken', at);
}

function beginKey(envelope: EnvelopeStream, byte: number, at: number): number {
  if (byte !== QUOTE) return pass(envelope, 'broken', at);
  begin(envelope, 'key');
  return at;
}

function beginValue(envelope: EnvelopeStream, at: number): number {
  const { member, seen } = envelope;
  const isRepeated = member !== 'other' && seen.has(member);
  if (isRepeated) return pass(envelope, 'broken', at);
  seen.add(member);
  begin(envelope, 'value');
  return at;
}

function begin(envelope: EnvelopeStream, stage: 'key' | 'value'): void {
  envelope.stage = stage;
  envelope.captured = '';
  envelope.value = startStream(maxAnswerNesting);
}

/** Keys are looked at, and of the values an id and whether an error is `null`. */
function capture(envelope: EnvelopeStream, bytes: Buffer, { start, end }: Span): void {
  const { stage, member, captured } = envelope;
  const isRead = stage === 'key' || member === 'id' || member === 'error';
  if (isRead)
    envelope.captured += bytes.toString('latin1', start, Math.min(end, start + maxCaptured - captured.length));
}

function concludeValue(envelope: EnvelopeStream): void {
  const { stage, member, captured, value } = envelope;
  if (value.phase === 'broken') envelope.stage = 'broken';
  else if (stage === 'key') {
    envelope.member = memberOf(captured);
    envelope.stage = 'before-colon';
  } else {
    if (member === 'id') envelope.whose = isSameId(captured, envelope.id) ? 'ours' : 'anothers';
    if (member === 'error') envelope.isError = captured !== 'null';
    envelope.stage = 'after-value';
  }
}

/** The same number, however written: some upstreams keep numbers as floats and echo `5.0`. Longer ones are no id of ours. */
function isSameId(echoed: string, id: number): boolean {
  return echoed.length <= maxIdBytes && Number(echoed) === id;
}

/** Escapes are undone first: `"\u0069d"` spells `id`. What was cut off is none that we know. */
function memberOf(key: string): Member {
  if (key.length === maxCaptured) return 'other';
  const name: unknown = JSON.parse(key);
  return names.find((known) => known === name) ?? 'other';
}
