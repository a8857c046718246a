import type { Answer } from '../model/answer.ts';
import { startWalk, WHOLE } from './json-walk.ts';
import { membersOf, readMembers } from './members.ts';
import { isNumber, isString, type Span, stringStartAt, viewOf } from './span.ts';

type ErrorAnswer = Extract<Answer, { kind: 'error' }>;

const errorNames = ['code', 'message', 'data'] as const;
const OPEN_OBJECT = 0x7b;
/** Code of an error that has no usable one of its own: the first of the range JSON-RPC leaves to implementations. */
const unknownCode = -32000;
const unknownMessage = 'error without a message';
/** As much of a message as is read into a text, as written. The bytes that go to the client are whole. */
const maxMessageBytes = 4096;
/** Longer numbers are no code of anybody's. */
const maxCodeBytes = 24;

/**
 * Reads the value of an answer's `error` member, checked before. An object with an integer `code` and a string `message` stays as it
 * is, byte for byte. Anything else, a bare string or a code in quotes, becomes such an object with the original whole in `data`.
 *
 * Where a member of it stands twice, the last one counts, as it does for JavaScript clients. Never throws.
 */
export function readError(error: Buffer): ErrorAnswer {
  const [code, message, data] = error[0] === OPEN_OBJECT ? membersOfError(error) : [];
  const value = code === undefined ? undefined : integerAt(error, code);
  const text = message === undefined || !isString(error, message) ? undefined : textAt(error, message);
  if (code === undefined || value === undefined || text === undefined || !isWrittenAsInteger(error, code))
    return rebuildError(error, value ?? unknownCode, text);
  return {
    kind: 'error',
    error,
    code: value,
    message: text,
    data: data === undefined ? undefined : viewOf(error, data),
  };
}

function membersOfError(error: Buffer): readonly (Span | undefined)[] {
  const members = membersOf(startWalk(error, WHOLE), errorNames);
  readMembers(members, WHOLE);
  return members.found;
}

function rebuildError(original: Buffer, code: number, text: string | undefined): ErrorAnswer {
  const whole = { start: 0, end: original.length };
  const message = text ?? (isString(original, whole) ? textAt(original, whole) : unknownMessage);
  const head = Buffer.from(`{"code":${code},"message":${JSON.stringify(message)},"data":`);
  const error = Buffer.concat([head, original, Buffer.from('}')]);
  return { kind: 'error', error, code, message, data: original };
}

function textAt(bytes: Buffer, span: Span): string {
  return stringStartAt(bytes, span, maxMessageBytes);
}

/** The integer a number stands for (`-32000`, `-32000.0`, `-3.2e4`); undefined where it is none that is exact. */
function integerAt(bytes: Buffer, span: Span): number | undefined {
  if (!isNumber(bytes, span) || span.end - span.start > maxCodeBytes) return undefined;
  const value = Number(viewOf(bytes, span).toString('latin1'));
  return Number.isSafeInteger(value) ? value + 0 : undefined;
}

/** Digits only: clients in typed languages refuse `-32000.0` for an integer. */
function isWrittenAsInteger(bytes: Buffer, span: Span): boolean {
  for (let at = span.start + 1; at < span.end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x30 || byte > 0x39) return false; // 0 to 9
  }
  return true;
}
