import {
  type EnvelopeStream,
  isResultBegun,
  isWholeResult,
  readPiece,
  startEnvelope,
} from '../codec/envelope-stream.ts';
import type { AnswerRest, RestPiece } from '../model/answer.ts';

/**
 * What the beginning of an answer that is too large to be held turned out to be. `result`: that of our call, as far as it came, and the
 * rest of it can be read. `too-large`: an error, or something else that is passed on whole or not at all.
 */
export type StreamedReading =
  | { readonly kind: 'result'; readonly rest: AnswerRest }
  | { readonly kind: 'malformed'; readonly detail: string }
  | { readonly kind: 'too-large' };

/** Bytes read in one turn of the loop: a few milliseconds of work, whatever they are. */
const turnBytes = 256 * 1024;

const malformed: RestPiece = Object.freeze({ kind: 'broken', failure: 'malformed' });

/**
 * Reads the beginning of an answer to the call sent under `id`, all of which was held, before a byte of it goes out. Awaits `yieldTurn`
 * now and then, so that other calls get their turn in between. Rejects only where `yieldTurn` does.
 *
 * An id that comes after the result (some upstreams write it last) is read when it comes: another's breaks the result off before its
 * end, as does anything that is no JSON, or a second result.
 */
export async function readStreamed(
  body: AnswerRest,
  id: number,
  yieldTurn: () => Promise<void>,
): Promise<StreamedReading> {
  const envelope = startEnvelope(id);
  const beginning: Buffer[] = [];
  let sinceTurn = 0;
  for (const piece of body.beginning) {
    const result = resultIn(envelope, piece);
    if (result !== undefined) beginning.push(result);
    sinceTurn += piece.length;
    if (sinceTurn < turnBytes) continue;
    sinceTurn = 0;
    await yieldTurn();
  }
  if (envelope.stage === 'broken') return { kind: 'malformed', detail: 'the answer is no JSON' };
  if (envelope.whose === 'anothers') {
    return { kind: 'malformed', detail: 'the answer carries another id than the one sent' };
  }
  return isResultBegun(envelope)
    ? { kind: 'result', rest: resultOf(body, { envelope, beginning }) }
    : { kind: 'too-large' };
}

/** Only the bytes of the result, of an answer that is read on. It ends only where the whole answer was as it should be. */
function resultOf(
  body: AnswerRest,
  { envelope, beginning }: { readonly envelope: EnvelopeStream; readonly beginning: readonly Buffer[] },
): AnswerRest {
  return {
    beginning,
    cancel: () => body.cancel(),
    async read() {
      for (;;) {
        const piece = await body.read();
        if (piece.kind === 'broken') return piece;
        if (piece.kind === 'ended') return isWholeResult(envelope) ? piece : malformed;
        const bytes = resultIn(envelope, piece.bytes);
        if (envelope.stage === 'broken' || envelope.whose === 'anothers') {
          body.cancel();
          return malformed;
        }
        if (bytes !== undefined) return { kind: 'bytes', bytes };
      }
    },
  };
}

function resultIn(envelope: EnvelopeStream, piece: Buffer): Buffer | undefined {
  const span = readPiece(envelope, piece);
  return span === undefined ? undefined : piece.subarray(span.start, span.end);
}
