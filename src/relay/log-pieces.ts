/** Blocks from `from` to `to`, both counted. */
export interface BlockRange {
  readonly from: number;
  readonly to: number;
}

/** Pieces one call may be asked in, those included that were refused in their turn. */
const maxPieces = 32;

/** Pieces that are asked at one time. */
const atOnce = 4;

interface Piece extends BlockRange {
  readonly state: 'waiting' | 'running' | 'answered';
}

/** A range that is asked piece by piece. Plain data. */
export interface PiecesState {
  /** In the order of their blocks, without a gap. */
  readonly pieces: readonly Piece[];
  /** Pieces asked so far. */
  readonly asked: number;
}

/** What became of a piece. `width`: how many blocks the refusal said may be asked at once. */
export type PiecesEvent =
  | { readonly kind: 'answered'; readonly piece: BlockRange }
  | { readonly kind: 'refused'; readonly piece: BlockRange; readonly width: number | undefined };

/** What is to be done: pieces to ask now; all is there to be joined; or the refusal stands, since smaller pieces cannot help. */
export type PiecesEffect =
  | { readonly kind: 'ask'; readonly pieces: readonly BlockRange[] }
  | { readonly kind: 'join' }
  | { readonly kind: 'stand' };

/** The pieces after an event, and what to do. */
export interface PiecesStep {
  readonly state: PiecesState;
  readonly effect: PiecesEffect;
}

/** Blocks in a range. */
export function widthOf({ from, to }: BlockRange): number {
  return to - from + 1;
}

/**
 * Takes a range apart that was refused for its width, or is known to be: in halves, or as wide as `width` allows where that is less.
 * Undefined where that cannot help: one block has no parts, and there are at most 32.
 */
export function startPieces(range: BlockRange, width: number | undefined): PiecesStep | undefined {
  const parts = partsOf(range, width);
  if (parts.length < 2) return undefined;
  return askMore({ pieces: parts.map(waiting), asked: 0 });
}

/**
 * Advances by one event. Whatever the order of events: each block is in one piece, no more than four pieces run, no more than 32 are
 * asked in all, and it ends once, by `join` or `stand`; events after `stand` must not come.
 */
export function stepPieces(state: PiecesState, event: PiecesEvent): PiecesStep {
  const at = state.pieces.findIndex(({ from, state: is }) => from === event.piece.from && is === 'running');
  const piece = state.pieces[at];
  if (piece === undefined) return { state, effect: { kind: 'ask', pieces: [] } };
  switch (event.kind) {
    case 'answered':
      return askMore({ ...state, pieces: state.pieces.with(at, { ...piece, state: 'answered' }) });
    case 'refused': {
      const parts = partsOf(piece, event.width).map(waiting);
      if (parts.length < 2) return { state, effect: { kind: 'stand' } };
      const pieces = narrowed(state.pieces.toSpliced(at, 1, ...parts), event.width);
      const toAsk = pieces.filter(({ state: is }) => is === 'waiting').length;
      if (state.asked + toAsk > maxPieces) return { state, effect: { kind: 'stand' } };
      return askMore({ ...state, pieces });
    }
  }
}

/** What is known to be refused is not asked first. */
function narrowed(pieces: readonly Piece[], width: number | undefined): readonly Piece[] {
  if (width === undefined) return pieces;
  return pieces.flatMap((piece) => {
    const parts = piece.state === 'waiting' && widthOf(piece) > width ? partsOf(piece, width) : [];
    return parts.length === 0 ? [piece] : parts.map(waiting);
  });
}

function askMore({ pieces, asked }: PiecesState): PiecesStep {
  let room = atOnce - pieces.filter(({ state }) => state === 'running').length;
  const now: BlockRange[] = [];
  const next = pieces.map((piece): Piece => {
    if (piece.state !== 'waiting' || room <= 0) return piece;
    room -= 1;
    now.push({ from: piece.from, to: piece.to });
    return { ...piece, state: 'running' };
  });
  const isWhole = next.every(({ state }) => state === 'answered');
  const effect: PiecesEffect = isWhole ? { kind: 'join' } : { kind: 'ask', pieces: now };
  return { state: { pieces: next, asked: asked + now.length }, effect };
}

/**
 * Parts of about the same width; none where one block is all there is, or where it would take too many. A stated width that what was
 * refused kept to already says nothing: then in halves.
 */
function partsOf(range: BlockRange, width: number | undefined): readonly BlockRange[] {
  const blocks = widthOf(range);
  const count = width !== undefined && width < blocks ? Math.ceil(blocks / width) : Math.min(2, blocks);
  if (count < 2 || count > maxPieces) return [];
  const step = Math.ceil(blocks / count);
  const parts: BlockRange[] = [];
  for (let from = range.from; from <= range.to; from += step) {
    parts.push({ from, to: Math.min(range.to, from + step - 1) });
  }
  return parts;
}

function waiting(range: BlockRange): Piece {
  return { from: range.from, to: range.to, state: 'waiting' };
}
