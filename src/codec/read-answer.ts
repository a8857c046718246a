import type { Answer } from '../model/answer.ts';
import { isAtEnd, type Progress, startWalk, troubleOf, WHOLE } from './json-walk.ts';
import { type Members, membersOf, readMembers } from './members.ts';
import { readError } from './read-error.ts';
import { readBothEnds } from './read-framed.ts';
import { isNull, isNumber, type Span, viewOf } from './span.ts';

/**
 * An upstream's body, read. `malformed`: not an answer to the call we sent; `detail` says why, without a byte of the body.
 * `errorWithoutId` is an error that came with no `id` member at all: not an answer, but what it says may explain it (a rate limit).
 */
export type AnswerReading =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'malformed'; readonly detail: string; readonly errorWithoutId?: Answer };

/** Containers that may be open at once in an answer. */
export const maxAnswerNesting = 512;

/** Bytes read in one turn of the loop: well under a millisecond of work. */
export const sliceBytes = 1024 * 1024;

const answerNames = ['jsonrpc', 'id', 'result', 'error'] as const;
const resultName = 2;
/** Longer numbers are no id of ours. */
const maxIdBytes = 24;

/**
 * Reads an upstream's answer to the call we sent under `id`. The whole body is checked against RFC 8259 first: cut off, two documents,
 * bytes that are no UTF-8, a bare NaN, and it is `malformed`. The result's bytes are a view into the body, unchanged.
 *
 * Tolerated, because nodes do it: no `jsonrpc` or another version, `"error":null` beside a result, a null id on an error. Of a result
 * and an error both, the error counts. Linear in the bytes; never throws.
 */
export function readAnswer(body: Buffer, id: number): AnswerReading {
  const members = membersOf(startWalk(body, maxAnswerNesting), answerNames);
  return conclude(members, readMembers(members, WHOLE), id);
}

/**
 * Reads an answer whose transfer is known to be complete. A large list of objects alike, as logs are, is then read at both ends only:
 * undefined where the body is nothing of the kind, and is to be read whole.
 */
export function readCompleteList(body: Buffer, id: number): AnswerReading | undefined {
  const members = membersOf(startWalk(body, maxAnswerNesting), answerNames);
  if (!readBothEnds(members, resultName)) return undefined;
  const reading = conclude(members, 'done', id);
  return reading.kind === 'answer' ? reading : undefined;
}

/**
 * Reads a large body as `readAnswer` does, but awaits `yieldTurn` after each MiB, so that other calls get their turn in between. Only a single string or
 * number longer than that holds the loop longer. Rejects only where `yieldTurn` does.
 */
export async function readAnswerInSlices(
  body: Buffer,
  id: number,
  yieldTurn: () => Promise<void>,
): Promise<AnswerReading> {
  const members = membersOf(startWalk(body, maxAnswerNesting), answerNames);
  let progress = readMembers(members, sliceBytes);
  while (progress === 'more') {
    await yieldTurn();
    progress = readMembers(members, members.walk.at + sliceBytes);
  }
  return conclude(members, progress, id);
}

function conclude(members: Members, progress: Progress, id: number): AnswerReading {
  const { walk, found, repeated } = members;
  if (progress !== 'done' || !isAtEnd(walk)) return malformed(`the answer ${troubleOf(walk)}`);
  if (repeated !== 0) return malformed('the answer repeats a member of its envelope');
  const [, echoed, result, error] = found;
  const answer = answerOf(walk.bytes, result, error);
  if (answer === undefined) return malformed('the answer has neither a result nor an error');
  if (echoed === undefined) return withoutId(answer);
  const isOurs = isSameId(walk.bytes, echoed, id) || (answer.kind === 'error' && isNull(walk.bytes, echoed));
  return isOurs ? { kind: 'answer', answer } : malformed('the answer carries another id than the one sent');
}

/** `"error":null` is how JSON-RPC 1.0 says that there is none. */
function answerOf(bytes: Buffer, result: Span | undefined, error: Span | undefined): Answer | undefined {
  if (error !== undefined && !isNull(bytes, error)) return readError(viewOf(bytes, error));
  return result === undefined ? undefined : { kind: 'result', result: viewOf(bytes, result) };
}

function withoutId(answer: Answer): AnswerReading {
  const detail = 'the answer carries no id';
  return answer.kind === 'error' ? { kind: 'malformed', detail, errorWithoutId: answer } : malformed(detail);
}

/** The same number, however written: some upstreams keep numbers as floats and echo `5.0`. */
function isSameId(bytes: Buffer, echoed: Span, id: number): boolean {
  if (!isNumber(bytes, echoed) || echoed.end - echoed.start > maxIdBytes) return false;
  return Number(bytes.toString('latin1', echoed.start, echoed.end)) === id;
}

function malformed(detail: string): AnswerReading {
  return { kind: 'malformed', detail };
}
