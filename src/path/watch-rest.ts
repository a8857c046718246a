import type { AnswerRest, RestPiece } from '../model/answer.ts';

/** How the reading of what was too large to be held came to its end. */
export type RestEnd = Exclude<RestPiece, { readonly kind: 'bytes' }> | { readonly kind: 'cancelled' };

/** The same bytes; `whenOver` is told once how it ended (read to the end, broken off, or cancelled by whoever read), and after how many. */
export function watchRest(rest: AnswerRest, whenOver: (end: RestEnd, bytes: number) => void): AnswerRest {
  let isOver = false;
  let bytes = 0;
  const conclude = (end: RestEnd): void => {
    if (isOver) return;
    isOver = true;
    whenOver(end, bytes);
  };
  return {
    beginning: rest.beginning,
    async read() {
      const piece = await rest.read();
      if (piece.kind === 'bytes') bytes += piece.bytes.length;
      else conclude(piece);
      return piece;
    },
    cancel() {
      conclude({ kind: 'cancelled' });
      rest.cancel();
    },
  };
}
